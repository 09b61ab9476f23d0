/** Names for addresses and addresses for names, over several ELF files that one machine runs. */
import type { Elf, ElfSegment, ElfSymbol } from "../boot/elf.ts";

/** What an ELF file gives to the table. */
export type SymbolSource = Pick<Elf, "segments" | "symbols">;

export interface SymbolAt {
  /** Label of the ELF file, as in "kernel". */
  readonly image: string;
  readonly name: string;
  /** Bytes past the symbol. */
  readonly offset: number;
}

/** A symbol with the addresses that belong to it: up to the next symbol, or the end of the segment. */
export interface SymbolSpan {
  readonly image: string;
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
}

const PAGE = 4096n;

/** The suffixes that GCC gives to copies of a function which it specialised. */
const CLONE = /\.(?:isra|constprop|part)\.\d+/g;

class Image {
  readonly label: string;
  readonly segments: readonly ElfSegment[];
  readonly #symbols: readonly ElfSymbol[];
  // Most machines run without anybody asking for a symbol.
  #namesRead: ReadonlyMap<string, bigint> | undefined;
  #sorted: readonly ElfSymbol[] | undefined;

  constructor(label: string, { segments, symbols }: SymbolSource) {
    this.label = label;
    this.segments = segments;
    this.#symbols = symbols;
  }

  get #byName(): ReadonlyMap<string, bigint> {
    if (this.#namesRead) return this.#namesRead;
    const found = new Map<string, bigint>();
    for (const { name, address, global } of this.#symbols) {
      if (global || !found.has(name)) found.set(name, address);
    }
    for (const { name, address } of this.#symbols) {
      const plain = name.replace(CLONE, "");
      if (!found.has(plain)) found.set(plain, address);
    }
    this.#namesRead = found;
    return found;
  }

  get #byAddress(): readonly ElfSymbol[] {
    this.#sorted ??= this.#symbols
      .filter(({ address }) => this.segmentAt(address) !== undefined)
      .sort((a, b) => (a.address === b.address ? rank(a) - rank(b) : a.address < b.address ? -1 : 1));
    return this.#sorted;
  }

  lookup(name: string): bigint | undefined {
    return this.#byName.get(name);
  }

  /** Names of what lies in memory. */
  names(): string[] {
    return this.#byAddress.map(({ name }) => name);
  }

  segmentAt(address: bigint): ElfSegment | undefined {
    return this.segments.find(({ vaddr, memSize }) => within(address, vaddr, memSize));
  }

  segmentLoadedAt(address: bigint): ElfSegment | undefined {
    return this.segments.find(({ paddr, memSize }) => within(address, BigInt(paddr), memSize));
  }

  /** The last symbol at or before `address`; of several at one place the last of the order, the best. */
  span(address: bigint): SymbolSpan | undefined {
    const sorted = this.#byAddress;
    const index = below(sorted, address);
    const symbol = sorted[index];
    const segment = this.segmentAt(address);
    if (symbol === undefined || segment === undefined) return undefined;
    const limit = segment.vaddr + BigInt(segment.memSize);
    const next = sorted[index + 1]?.address ?? limit;
    return {
      image: this.label,
      name: symbol.name,
      start: symbol.address,
      end: next < limit ? next : limit,
    };
  }
}

/** Index of the last symbol at or before `address`, -1 when there is none. */
function below(sorted: readonly ElfSymbol[], address: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const symbol = sorted[middle];
    if (symbol !== undefined && symbol.address <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Functions over objects over labels, then global over local names. */
function rank({ type, global }: ElfSymbol): number {
  return ["notype", "object", "func"].indexOf(type) * 2 + (global ? 1 : 0);
}

function within(address: bigint, start: bigint, size: number): boolean {
  return address >= start && address < start + BigInt(size);
}

export class SymbolTable {
  readonly #images: Image[] = [];

  /** Adds a file under a label such as "kernel" or "firmware"; a later file of the same label replaces it. */
  add(label: string, source: SymbolSource): void {
    const image = new Image(label, source);
    const old = this.#images.findIndex((other) => other.label === label);
    if (old >= 0) this.#images[old] = image;
    else this.#images.push(image);
  }

  get images(): string[] {
    return this.#images.map(({ label }) => label);
  }

  /** The link address of a name, in one file or in the first that has it. A GCC clone answers to its plain name. */
  lookup(name: string, image?: string): bigint | undefined {
    for (const candidate of this.#chosen(image)) {
      const address = candidate.lookup(name);
      if (address !== undefined) return address;
    }
    return undefined;
  }

  /** The symbol that `address` belongs to, taken as a link address or else as the place a segment was loaded to. */
  span(address: bigint, image?: string): SymbolSpan | undefined {
    for (const candidate of this.#chosen(image)) {
      const found = candidate.span(address);
      if (found !== undefined) return found;
    }
    for (const candidate of this.#chosen(image)) {
      const segment = candidate.segmentLoadedAt(address);
      if (segment === undefined) continue;
      const moved = segment.vaddr - BigInt(segment.paddr);
      const found = candidate.span(address + moved);
      if (found !== undefined) return { ...found, start: found.start - moved, end: found.end - moved };
    }
    return undefined;
  }

  /** The same with the distance from its start. */
  symbolize(address: bigint, image?: string): SymbolAt | undefined {
    const span = this.span(address, image);
    return span && { image: span.image, name: span.name, offset: Number(address - span.start) };
  }

  /** The file that `address` belongs to, and the link address there: of a link address itself, or of a place loaded to. */
  locate(address: bigint): { readonly image: string; readonly linked: bigint } | undefined {
    const linked = this.#images.find((image) => image.segmentAt(address));
    if (linked) return { image: linked.label, linked: address };
    for (const image of this.#images) {
      const segment = image.segmentLoadedAt(address);
      if (segment) return { image: image.label, linked: address - BigInt(segment.paddr) + segment.vaddr };
    }
    return undefined;
  }

  /** Up to `most` names that begin with `prefix`, in the order of the alphabet. */
  names(prefix: string, most: number): string[] {
    const found = new Set<string>();
    for (const image of this.#images) {
      for (const name of image.names()) if (name.startsWith(prefix)) found.add(name);
    }
    return [...found].sort().slice(0, most);
  }

  /** `name+0x12`, or the bare address where no symbol is near. */
  describe(address: bigint): string {
    const symbol = this.symbolize(address);
    if (symbol === undefined) return `0x${address.toString(16)}`;
    return symbol.offset === 0 ? symbol.name : `${symbol.name}+0x${symbol.offset.toString(16)}`;
  }

  /** Where the loader put what is linked at `address`, or on the same page as the end of it, as page tables will have it. */
  loadAddress(address: bigint): number | undefined {
    for (const at of [address, address & -PAGE]) {
      for (const image of this.#images) {
        const segment = image.segmentAt(at);
        if (segment !== undefined) return segment.paddr + Number(address - segment.vaddr);
      }
    }
    return undefined;
  }

  /** Bytes of a file's code at a link address, up to `length`; empty where it has none. */
  codeAt(address: bigint, length: number, image: string): Uint8Array {
    const segment = this.#chosen(image)[0]?.segmentAt(address);
    const offset = Number(address - (segment?.vaddr ?? 0n));
    return segment?.bytes.subarray(offset, offset + length) ?? new Uint8Array(0);
  }

  #chosen(label: string | undefined): Image[] {
    return label === undefined ? this.#images : this.#images.filter((image) => image.label === label);
  }
}
