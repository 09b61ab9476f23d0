/** Builds a device tree in memory and flattens it to a device-tree blob (Devicetree Specification 0.4, chapter 5). */

export const FDT_MAGIC = 0xd00dfeed;
export const FDT_VERSION = 17;
export const FDT_LAST_COMPATIBLE_VERSION = 16;
export const FDT_HEADER_BYTES = 40;

export const FDT_BEGIN_NODE = 1;
export const FDT_END_NODE = 2;
export const FDT_PROP = 3;
export const FDT_NOP = 4;
export const FDT_END = 9;

const CELL_MAX = 0xffff_ffff;

/** A node of a device tree: properties in the order of their first setting, then children. */
export class FdtNode {
  readonly properties = new Map<string, Uint8Array>();
  readonly children: FdtNode[] = [];
  readonly name: string;
  readonly parent: FdtNode | undefined;
  /** The last phandle handed out; kept in the root only. */
  private lastPhandle = 0;

  constructor(name = "", parent?: FdtNode) {
    this.name = name;
    this.parent = parent;
  }

  get root(): FdtNode {
    let node: FdtNode = this;
    while (node.parent) node = node.parent;
    return node;
  }

  /** Adds a child node, after the children that are there. */
  child(name: string): FdtNode {
    const node = new FdtNode(name, this);
    this.children.push(node);
    return node;
  }

  bytes(property: string, value: Uint8Array): this {
    this.properties.set(property, value);
    return this;
  }

  /** A property without a value: its presence says it all. */
  flag(property: string): this {
    return this.bytes(property, new Uint8Array(0));
  }

  /** One or more 32-bit cells. */
  cells(property: string, ...values: number[]): this {
    const value = new Uint8Array(4 * values.length);
    const view = new DataView(value.buffer);
    values.forEach((cell, index) => {
      if (!Number.isInteger(cell) || cell < 0 || cell > CELL_MAX) {
        throw new RangeError(`${property}: ${cell} does not fit a device-tree cell`);
      }
      view.setUint32(4 * index, cell);
    });
    return this.bytes(property, value);
  }

  /** 64-bit numbers, each as two cells: `reg` under #address-cells = #size-cells = 2. */
  wide(property: string, ...values: number[]): this {
    return this.cells(property, ...values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]));
  }

  strings(property: string, ...values: string[]): this {
    return this.bytes(property, new TextEncoder().encode(values.map((value) => `${value}\0`).join("")));
  }

  /** A phandle that no other node of this tree has. */
  newPhandle(): number {
    const root = this.root;
    root.lastPhandle += 1;
    return root.lastPhandle;
  }
}

/** Memory that the client program must leave alone (the blob's memory reservation block). */
export interface FdtReservation {
  readonly address: bigint;
  readonly size: bigint;
}

export interface FdtOptions {
  readonly reservations?: readonly FdtReservation[];
  /** The `reg` of the hart that boots. */
  readonly bootCpu?: number;
}

/** Grows a big-endian byte string. */
class BlobBuilder {
  private bytes = new Uint8Array(4096);
  length = 0;

  private reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + extra));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  u32(value: number): void {
    this.reserve(4);
    new DataView(this.bytes.buffer).setUint32(this.length, value);
    this.length += 4;
  }

  u64(value: bigint): void {
    this.u32(Number(BigInt.asUintN(32, value >> 32n)));
    this.u32(Number(BigInt.asUintN(32, value)));
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  text(value: string): void {
    this.append(new TextEncoder().encode(`${value}\0`));
  }

  align(boundary: number): void {
    const padding = (boundary - (this.length % boundary)) % boundary;
    this.append(new Uint8Array(padding));
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

function flattenNode(node: FdtNode, structure: BlobBuilder, nameOffset: (name: string) => number): void {
  structure.u32(FDT_BEGIN_NODE);
  structure.text(node.name);
  structure.align(4);
  for (const [name, value] of node.properties) {
    structure.u32(FDT_PROP);
    structure.u32(value.length);
    structure.u32(nameOffset(name));
    structure.append(value);
    structure.align(4);
  }
  for (const child of node.children) flattenNode(child, structure, nameOffset);
  structure.u32(FDT_END_NODE);
}

/** The blob of the tree under `root`. */
export function flattenFdt(root: FdtNode, options: FdtOptions = {}): Uint8Array {
  const strings = new BlobBuilder();
  const offsets = new Map<string, number>();
  const nameOffset = (name: string): number => {
    let offset = offsets.get(name);
    if (offset === undefined) {
      offset = strings.length;
      offsets.set(name, offset);
      strings.text(name);
    }
    return offset;
  };

  const reservations = new BlobBuilder();
  for (const { address, size } of [...(options.reservations ?? []), { address: 0n, size: 0n }]) {
    reservations.u64(address);
    reservations.u64(size);
  }

  const structure = new BlobBuilder();
  flattenNode(root, structure, nameOffset);
  structure.u32(FDT_END);

  const structureOffset = FDT_HEADER_BYTES + reservations.length;
  const stringsOffset = structureOffset + structure.length;
  const blob = new BlobBuilder();
  blob.u32(FDT_MAGIC);
  blob.u32(stringsOffset + strings.length);
  blob.u32(structureOffset);
  blob.u32(stringsOffset);
  blob.u32(FDT_HEADER_BYTES);
  blob.u32(FDT_VERSION);
  blob.u32(FDT_LAST_COMPATIBLE_VERSION);
  blob.u32(options.bootCpu ?? 0);
  blob.u32(strings.length);
  blob.u32(structure.length);
  blob.append(reservations.finish());
  blob.append(structure.finish());
  blob.append(strings.finish());
  return blob.finish();
}
