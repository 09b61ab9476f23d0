/** Reads a device-tree blob back into a tree, trusting nothing in it (Devicetree Specification 0.4, chapter 5). */
import { HartbeatError } from "../errors.ts";
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_HEADER_BYTES,
  FDT_LAST_COMPATIBLE_VERSION,
  FDT_MAGIC,
  FDT_NOP,
  FDT_PROP,
  FDT_VERSION,
  FdtNode,
  type FdtReservation,
} from "./fdt-writer.ts";

/** Deeper nesting than any real tree has; keeps recursion over a hostile one bounded. */
const MAX_DEPTH = 64;

/** Longer names are refused: the specification allows 31 characters, practice a few more. */
const MAX_NAME_LENGTH = 255;

const RESERVATION_BYTES = 16;

export interface Fdt {
  readonly root: FdtNode;
  readonly reservations: readonly FdtReservation[];
  readonly bootCpu: number;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function garbage(what: string, offset?: number): HartbeatError {
  const where = offset === undefined ? "" : ` at offset ${hex(offset)}`;
  return new HartbeatError(`The device tree is damaged: ${what}${where}.`);
}

interface Block {
  readonly offset: number;
  readonly end: number;
}

interface Header {
  readonly structure: Block;
  readonly strings: Block;
  readonly reservationsOffset: number;
  readonly totalSize: number;
  readonly bootCpu: number;
}

function readHeader(view: DataView): Header {
  if (view.byteLength < FDT_HEADER_BYTES) {
    throw garbage(`${view.byteLength} bytes are too few for its header`);
  }
  const field = (index: number): number => view.getUint32(4 * index);
  if (field(0) !== FDT_MAGIC) throw garbage(`its magic is ${hex(field(0))}, not ${hex(FDT_MAGIC)}`, 0);
  const totalSize = field(1);
  if (totalSize < FDT_HEADER_BYTES || totalSize > view.byteLength) {
    throw garbage(`its header tells of ${totalSize} bytes but there are ${view.byteLength}`, 4);
  }
  if (field(5) < FDT_VERSION || field(6) > FDT_VERSION || field(6) < FDT_LAST_COMPATIBLE_VERSION) {
    throw garbage(`version ${field(5)} (compatible with ${field(6)}) is not version ${FDT_VERSION}`, 20);
  }
  const block = (what: string, offset: number, size: number, alignment: number): Block => {
    if (offset < FDT_HEADER_BYTES || offset + size > totalSize) {
      throw garbage(`its ${what} block (${size} bytes) lies outside the blob`, offset);
    }
    if (offset % alignment !== 0) throw garbage(`its ${what} block is not ${alignment}-byte aligned`, offset);
    return { offset, end: offset + size };
  };
  const structure = block("structure", field(2), field(9), 4);
  if (field(9) % 4 !== 0) throw garbage(`its structure block is ${field(9)} bytes long`, 36);
  return {
    structure,
    strings: block("strings", field(3), field(8), 1),
    reservationsOffset: block("memory reservation", field(4), RESERVATION_BYTES, 8).offset,
    totalSize,
    bootCpu: field(7),
  };
}

function readReservations(view: DataView, header: Header): FdtReservation[] {
  const reservations: FdtReservation[] = [];
  for (let offset = header.reservationsOffset; ; offset += RESERVATION_BYTES) {
    if (offset + RESERVATION_BYTES > header.totalSize) {
      throw garbage("its memory reservation block has no end", offset);
    }
    const address = view.getBigUint64(offset);
    const size = view.getBigUint64(offset + 8);
    if (address === 0n && size === 0n) return reservations;
    reservations.push({ address, size });
  }
}

/** Walks the structure block once, from its first token to FDT_END. */
class StructureReader {
  private offset: number;
  /** For each node that is open, the names of the children it has so far. */
  private readonly namesByDepth: Set<string>[] = [];
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly header: Header;

  constructor(bytes: Uint8Array, view: DataView, header: Header) {
    this.bytes = bytes;
    this.view = view;
    this.header = header;
    this.offset = header.structure.offset;
  }

  read(): FdtNode {
    let root: FdtNode | undefined;
    let node: FdtNode | undefined;
    for (;;) {
      const at = this.offset;
      const token = this.cell();
      if (token === FDT_NOP) continue;
      if (token === FDT_BEGIN_NODE) {
        if (root && !node) throw garbage("it has a second root node", at);
        if (this.namesByDepth.length === MAX_DEPTH) {
          throw garbage(`its nodes nest deeper than ${MAX_DEPTH}`, at);
        }
        const name = this.nodeName(node);
        this.namesByDepth.push(new Set());
        node = node ? node.child(name) : new FdtNode(name);
        root ??= node;
      } else if (token === FDT_END_NODE) {
        if (!node) throw garbage("a node ends that never began", at);
        this.namesByDepth.pop();
        node = node.parent;
      } else if (token === FDT_PROP) {
        if (!node) throw garbage("a property stands outside every node", at);
        if (node.children.length > 0) throw garbage("a property follows a child node", at);
        this.property(node);
      } else if (token === FDT_END) {
        if (!root || node) throw garbage("it ends inside a node", at);
        if (this.offset !== this.header.structure.end) throw garbage("there is more after its end token", at);
        return root;
      } else {
        throw garbage(`unknown token ${hex(token)}`, at);
      }
    }
  }

  private cell(): number {
    if (this.offset + 4 > this.header.structure.end) {
      throw garbage("its structure block breaks off", this.offset);
    }
    const value = this.view.getUint32(this.offset);
    this.offset += 4;
    return value;
  }

  private nodeName(parent: FdtNode | undefined): string {
    const at = this.offset;
    const name = this.text(at, this.header.structure.end, "a node name");
    this.skip(name.length + 1);
    if ((name === "") !== (parent === undefined) || name.includes("/")) {
      throw garbage(`'${name}' is no name for ${parent ? "a node below the root" : "the root node"}`, at);
    }
    const siblings = this.namesByDepth.at(-1);
    if (siblings?.has(name)) throw garbage(`two nodes of one parent are called '${name}'`, at);
    siblings?.add(name);
    return name;
  }

  private property(node: FdtNode): void {
    const at = this.offset;
    const length = this.cell();
    const nameOffset = this.header.strings.offset + this.cell();
    if (nameOffset >= this.header.strings.end)
      throw garbage("a property name lies outside the strings block", at);
    const name = this.text(nameOffset, this.header.strings.end, "a property name");
    if (name === "") throw garbage("a property has no name", at);
    if (node.properties.has(name)) throw garbage(`property '${name}' is given twice`, at);
    const start = this.offset;
    this.skip(length);
    node.bytes(name, Uint8Array.from(this.bytes.subarray(start, start + length)));
  }

  /** Steps over `length` bytes and the padding to the next token. */
  private skip(length: number): void {
    if (this.offset + length > this.header.structure.end) {
      throw garbage(`${length} bytes of data run over the end of the structure block`, this.offset);
    }
    this.offset += length + ((4 - (length % 4)) % 4);
  }

  /** The NUL-terminated printable ASCII text at `offset`. */
  private text(offset: number, end: number, what: string): string {
    let text = "";
    for (let at = offset; at < end; at += 1) {
      const code = this.bytes[at] as number;
      if (code === 0) return text;
      if (text.length === MAX_NAME_LENGTH) throw garbage(`${what} is too long`, offset);
      if (code < 0x20 || code > 0x7e) throw garbage(`${what} has an unprintable character`, at);
      text += String.fromCharCode(code);
    }
    throw garbage(`${what} has no end`, offset);
  }
}

/** The tree in `bytes`; a HartbeatError says what is wrong and where. */
export function readFdt(bytes: Uint8Array): Fdt {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view);
  return {
    reservations: readReservations(view, header),
    root: new StructureReader(bytes, view, header).read(),
    bootCpu: header.bootCpu,
  };
}

/** The node at an absolute path such as `/soc/serial@10000000`. */
export function findNode(root: FdtNode, path: string): FdtNode | undefined {
  let node: FdtNode | undefined = root;
  for (const name of path.split("/").filter((part) => part !== "")) {
    node = node?.children.find((child) => child.name === name);
  }
  return node;
}

/** A property as 32-bit cells; undefined when the node does not have it. */
export function propertyCells(node: FdtNode, property: string): number[] | undefined {
  const value = node.properties.get(property);
  if (value === undefined) return undefined;
  if (value.length % 4 !== 0) {
    throw new HartbeatError(
      `Property '${property}' of device-tree node '${node.name}' is not made of cells.`,
    );
  }
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.length / 4 }, (_, index) => view.getUint32(4 * index));
}

/** A property as its NUL-terminated strings; undefined when the node does not have it. */
export function propertyStrings(node: FdtNode, property: string): string[] | undefined {
  const value = node.properties.get(property);
  if (value === undefined) return undefined;
  if (value.at(-1) !== 0) {
    throw new HartbeatError(`Property '${property}' of device-tree node '${node.name}' is not text.`);
  }
  return new TextDecoder().decode(value.subarray(0, -1)).split("\0");
}
