/** Builds small ELF64 files for the boot tests. */

export interface SegmentSpec {
  readonly paddr: number;
  readonly vaddr?: bigint;
  readonly bytes: Uint8Array;
  readonly memSize?: number;
}

export interface SymbolSpec {
  readonly name: string;
  readonly address: bigint;
  readonly size: number;
  /** st_info: binding << 4 | type. */
  readonly info: number;
  readonly section?: number;
}

export interface ElfSpec {
  readonly entry?: bigint;
  readonly segments: readonly SegmentSpec[];
  readonly symbols?: readonly SymbolSpec[];
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
};

/** Header, program headers, segment bytes, symbols, strings, section headers (null, symtab, strtab). */
export function buildElf(spec: ElfSpec): Uint8Array {
  const symbols = spec.symbols ?? [];
  let names = "\0";
  const symtab = new DataView(new ArrayBuffer(24 * symbols.length));
  symbols.forEach((symbol, index) => {
    symtab.setUint32(24 * index, names.length, true);
    names += `${symbol.name}\0`;
    symtab.setUint8(24 * index + 4, symbol.info);
    symtab.setUint16(24 * index + 6, symbol.section ?? 1, true);
    symtab.setBigUint64(24 * index + 8, symbol.address, true);
    symtab.setBigUint64(24 * index + 16, BigInt(symbol.size), true);
  });
  const strtab = new TextEncoder().encode(names);

  const header = new DataView(new ArrayBuffer(64 + 56 * spec.segments.length));
  let fileOffset = header.byteLength;
  spec.segments.forEach((segment, index) => {
    const at = 64 + 56 * index;
    header.setUint32(at, 1, true);
    header.setUint32(at + 4, 5, true);
    header.setBigUint64(at + 8, BigInt(fileOffset), true);
    header.setBigUint64(at + 16, segment.vaddr ?? BigInt(segment.paddr), true);
    header.setBigUint64(at + 24, BigInt(segment.paddr), true);
    header.setBigUint64(at + 32, BigInt(segment.bytes.length), true);
    header.setBigUint64(at + 40, BigInt(segment.memSize ?? segment.bytes.length), true);
    fileOffset += segment.bytes.length;
  });
  const sections = new DataView(new ArrayBuffer(3 * 64));
  const section = (index: number, type: number, link: number, offset: number, size: number): void => {
    sections.setUint32(64 * index + 4, type, true);
    sections.setBigUint64(64 * index + 24, BigInt(offset), true);
    sections.setBigUint64(64 * index + 32, BigInt(size), true);
    sections.setUint32(64 * index + 40, link, true);
  };
  section(1, 2, 2, fileOffset, symtab.byteLength);
  section(2, 3, 0, fileOffset + symtab.byteLength, strtab.length);

  header.setUint32(0, 0x7f454c46);
  header.setUint8(4, 2);
  header.setUint8(5, 1);
  header.setUint8(6, 1);
  header.setUint16(16, 2, true);
  header.setUint16(18, 243, true);
  header.setUint32(20, 1, true);
  const first = spec.segments[0];
  header.setBigUint64(24, spec.entry ?? first?.vaddr ?? BigInt(first?.paddr ?? 0), true);
  header.setBigUint64(32, 64n, true);
  header.setBigUint64(40, BigInt(fileOffset + symtab.byteLength + strtab.length), true);
  header.setUint16(52, 64, true);
  header.setUint16(54, 56, true);
  header.setUint16(56, spec.segments.length, true);
  header.setUint16(58, 64, true);
  header.setUint16(60, 3, true);
  return concat([
    new Uint8Array(header.buffer),
    ...spec.segments.map((segment) => segment.bytes),
    new Uint8Array(symtab.buffer),
    strtab,
    new Uint8Array(sections.buffer),
  ]);
}
