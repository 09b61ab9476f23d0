/** Reads ELF64 executables for RISC-V: what to load where, and the symbols (System V gABI; RISC-V psABI chapter 8). */
import { HartbeatError } from "../errors.ts";

const EHDR_BYTES = 64;
const PHDR_BYTES = 56;
const SHDR_BYTES = 64;
const SYM_BYTES = 24;

const ELFCLASS32 = 1;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
const ELFDATA2MSB = 2;
const EV_CURRENT = 1;
const ET_REL = 1;
const ET_EXEC = 2;
const ET_DYN = 3;
const ET_CORE = 4;
const EM_RISCV = 243;
const PT_LOAD = 1;
const PF_X = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHN_UNDEF = 0;

/** Longer symbol names are taken for damage. */
const MAX_NAME_BYTES = 4096;

const FILE_TYPES = new Map([
  [ET_REL, "a relocatable object"],
  [ET_CORE, "a core dump"],
]);

const MACHINES = new Map([
  [3, "x86"],
  [8, "MIPS"],
  [20, "PowerPC"],
  [21, "PowerPC64"],
  [22, "S/390"],
  [40, "Arm"],
  [62, "x86-64"],
  [183, "AArch64"],
  [258, "LoongArch"],
]);

export interface ElfSegment {
  /** Physical and virtual address of the first byte. */
  readonly paddr: number;
  readonly vaddr: bigint;
  /** The bytes in the file; the segment's memory is zero behind them up to `memSize`. */
  readonly bytes: Uint8Array;
  readonly memSize: number;
  readonly executable: boolean;
}

export type SymbolType = "notype" | "object" | "func";

export interface ElfSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly size: number;
  readonly type: SymbolType;
  readonly global: boolean;
}

export interface Elf {
  /** The entry point as the file has it, and as the physical address it is loaded to. */
  readonly entry: bigint;
  readonly physicalEntry: number;
  readonly segments: readonly ElfSegment[];
  readonly symbols: readonly ElfSymbol[];
}

const SYMBOL_TYPES: readonly (SymbolType | undefined)[] = ["notype", "object", "func"];

export function looksLikeElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** The little-endian fields of one file, with every access checked. */
class ElfFile {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly what: string;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.what = what;
  }

  fail(problem: string): never {
    throw new HartbeatError(`The ${this.what} cannot be used: ${problem}.`);
  }

  /** The `length` bytes at `offset`, which hold `part`. */
  slice(offset: number, length: number, part: string): Uint8Array {
    if (offset + length > this.bytes.length) {
      this.fail(
        `it is truncated: ${part} reaches to byte ${offset + length}, but the file ends at ${this.bytes.length}`,
      );
    }
    return this.bytes.subarray(offset, offset + length);
  }

  u8(offset: number): number {
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  u32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  u64(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  /** A 64-bit offset, size or physical address, all of which are far below 2^53 in a sound file. */
  extent(offset: number, part: string): number {
    const value = this.u64(offset);
    if (value > BigInt(Number.MAX_SAFE_INTEGER) / 2n) this.fail(`${part} is 0x${value.toString(16)}`);
    return Number(value);
  }
}

function checkHeader(file: ElfFile): void {
  if (file.bytes.length === 0) file.fail("it is empty");
  if (!looksLikeElf(file.bytes)) file.fail("it is not an ELF file");
  file.slice(0, EHDR_BYTES, "its ELF header");
  const elfClass = file.u8(4);
  if (elfClass === ELFCLASS32) file.fail("it is a 32-bit ELF file; this machine runs 64-bit code");
  if (elfClass !== ELFCLASS64) file.fail(`its ELF class is ${elfClass}`);
  const data = file.u8(5);
  if (data === ELFDATA2MSB) file.fail("it is a big-endian ELF file; this machine is little-endian");
  if (data !== ELFDATA2LSB) file.fail(`its ELF byte order is ${data}`);
  const machine = file.u16(18);
  if (machine !== EM_RISCV) {
    file.fail(`it is made for ${MACHINES.get(machine) ?? `ELF machine ${machine}`}, not for RISC-V`);
  }
  const type = file.u16(16);
  if (type !== ET_EXEC && type !== ET_DYN) {
    file.fail(`it is ${FILE_TYPES.get(type) ?? `an ELF file of type ${type}`}, not an executable`);
  }
  if (file.u8(6) !== EV_CURRENT || file.u32(20) !== EV_CURRENT) file.fail("its ELF version is not 1");
}

function readSegments(file: ElfFile): ElfSegment[] {
  const tableOffset = file.extent(32, "the program header offset");
  const count = file.u16(56);
  if (count > 0 && file.u16(54) !== PHDR_BYTES) {
    file.fail(`its program headers are ${file.u16(54)} bytes long, not ${PHDR_BYTES}`);
  }
  file.slice(tableOffset, count * PHDR_BYTES, "the program header table");
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index += 1) {
    const header = tableOffset + index * PHDR_BYTES;
    if (file.u32(header) !== PT_LOAD) continue;
    const memSize = file.extent(header + 40, `the memory size of segment ${index}`);
    const fileSize = file.extent(header + 32, `the file size of segment ${index}`);
    const fileOffset = file.extent(header + 8, `the file offset of segment ${index}`);
    const paddr = file.extent(header + 24, `the physical address of segment ${index}`);
    if (fileSize > memSize) file.fail(`segment ${index} has more bytes in the file than in memory`);
    if (memSize === 0) continue;
    segments.push({
      paddr,
      vaddr: file.u64(header + 16),
      bytes: file.slice(fileOffset, fileSize, `segment ${index}`),
      memSize,
      executable: (file.u32(header + 4) & PF_X) !== 0,
    });
  }
  if (segments.length === 0) file.fail("it has no segment to load");
  return segments;
}

/** psABI mapping symbols and the assembler's local labels say nothing to a reader of backtraces. */
function isNoise(name: string): boolean {
  return name === "" || name.startsWith("$") || name.startsWith(".L");
}

function readSymbolTable(file: ElfFile, tables: SectionTable, index: number): ElfSymbol[] {
  const symtab = tables.block(index);
  const strings = tables.strings(tables.link(index));
  if (symtab.length % SYM_BYTES !== 0)
    file.fail(`its symbol table (section ${index}) is not made of symbols`);
  const view = new DataView(symtab.buffer, symtab.byteOffset, symtab.byteLength);
  const decoder = new TextDecoder();
  const symbols: ElfSymbol[] = [];
  for (let offset = 0; offset < symtab.length; offset += SYM_BYTES) {
    const info = view.getUint8(offset + 4);
    const type = SYMBOL_TYPES[info & 0xf];
    if (type === undefined || view.getUint16(offset + 6, true) === SHN_UNDEF) continue;
    const nameOffset = view.getUint32(offset, true);
    const nameEnd = strings.indexOf(0, nameOffset);
    if (nameOffset >= strings.length || nameEnd < 0 || nameEnd - nameOffset > MAX_NAME_BYTES) {
      file.fail(`the name of symbol ${offset / SYM_BYTES} lies outside its string table`);
    }
    const name = decoder.decode(strings.subarray(nameOffset, nameEnd));
    if (isNoise(name)) continue;
    symbols.push({
      name,
      address: view.getBigUint64(offset + 8, true),
      size: Number(view.getBigUint64(offset + 16, true)),
      type,
      global: info >> 4 !== 0,
    });
  }
  return symbols;
}

class SectionTable {
  private readonly file: ElfFile;
  private readonly offset: number;
  readonly count: number;

  constructor(file: ElfFile) {
    this.file = file;
    this.offset = file.extent(40, "the section header offset");
    this.count = file.u16(60);
    if (this.count > 0 && file.u16(58) !== SHDR_BYTES) {
      file.fail(`its section headers are ${file.u16(58)} bytes long, not ${SHDR_BYTES}`);
    }
    file.slice(this.offset, this.count * SHDR_BYTES, "the section header table");
  }

  private header(index: number): number {
    return this.offset + index * SHDR_BYTES;
  }

  type(index: number): number {
    return this.file.u32(this.header(index) + 4);
  }

  link(index: number): number {
    return this.file.u32(this.header(index) + 40);
  }

  block(index: number): Uint8Array {
    const offset = this.file.extent(this.header(index) + 24, `the file offset of section ${index}`);
    const size = this.file.extent(this.header(index) + 32, `the size of section ${index}`);
    return this.file.slice(offset, size, `section ${index}`);
  }

  strings(index: number): Uint8Array {
    if (index >= this.count || this.type(index) !== SHT_STRTAB) {
      this.file.fail(`section ${index} should be the string table of its symbols`);
    }
    return this.block(index);
  }
}

/** The gABI allows one SHT_SYMTAB section; a stripped file has none. */
function readSymbols(file: ElfFile): ElfSymbol[] {
  const sections = new SectionTable(file);
  for (let index = 0; index < sections.count; index += 1) {
    if (sections.type(index) === SHT_SYMTAB) return readSymbolTable(file, sections, index);
  }
  return [];
}

/** Where the entry point is before address translation is on: in the segment that holds it, by physical address. */
function physicalEntry(file: ElfFile, entry: bigint, segments: readonly ElfSegment[]): number {
  for (const { vaddr, paddr, memSize, executable } of segments) {
    const offset = entry - vaddr;
    if (executable && offset >= 0n && offset < BigInt(memSize)) return paddr + Number(offset);
  }
  return file.fail(`its entry point 0x${entry.toString(16)} lies in none of its executable segments`);
}

/** The executable in `bytes`; `what` names it in errors, as in "kernel 'vmlinux'". */
export function readElf(bytes: Uint8Array, what: string): Elf {
  const file = new ElfFile(bytes, what);
  checkHeader(file);
  const segments = readSegments(file);
  const entry = file.u64(24);
  return {
    entry,
    physicalEntry: physicalEntry(file, entry, segments),
    segments,
    symbols: readSymbols(file),
  };
}

/** Physical address of a symbol; undefined when the file does not have it in memory. */
export function physicalSymbol(elf: Elf, name: string): number | undefined {
  const symbol = elf.symbols.find((candidate) => candidate.name === name);
  if (!symbol) return undefined;
  // A symbol may stand at the very end of its segment.
  const segment = elf.segments.find(
    ({ vaddr, memSize }) => symbol.address >= vaddr && symbol.address <= vaddr + BigInt(memSize),
  );
  return segment && segment.paddr + Number(symbol.address - segment.vaddr);
}
