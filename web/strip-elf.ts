/** Makes small copies of an ELF executable: one with what boots and the symbols, one with its line table alone. */
import { type Elf, readElf } from "../host/boot/elf.ts";
import { elfSections, type Inflate } from "../host/dwarf/elf-sections.ts";
import { LINE_SECTIONS } from "../host/dwarf/line-table.ts";

const EHDR_BYTES = 64;
const PHDR_BYTES = 56;
const SHDR_BYTES = 64;
const SYM_BYTES = 24;
const ET_EXEC = 2;
const EM_RISCV = 243;
const PT_LOAD = 1;
const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHN_ABS = 0xfff1;
const SYMBOL_TYPES = { notype: 0, object: 1, func: 2 } as const;

interface Section {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Index of the section that this one refers to. */
  readonly link?: number;
  readonly entrySize?: number;
}

/** Strings one after another, each closed by a zero, and the offset of each. */
function stringTable(names: readonly string[]): { bytes: Uint8Array; offsets: number[] } {
  const offsets: number[] = [];
  let text = "\0";
  for (const name of names) {
    offsets.push(text.length);
    text += `${name}\0`;
  }
  return { bytes: new TextEncoder().encode(text), offsets };
}

function symbolSections({ symbols }: Elf): Section[] {
  const ordered = [...symbols].sort((a, b) => Number(a.global) - Number(b.global));
  const strings = stringTable(ordered.map(({ name }) => name));
  const bytes = new Uint8Array((ordered.length + 1) * SYM_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, { address, size, type, global }] of ordered.entries()) {
    const at = (index + 1) * SYM_BYTES;
    view.setUint32(at, strings.offsets[index] as number, true);
    view.setUint8(at + 4, (global ? 0x10 : 0) | SYMBOL_TYPES[type]);
    view.setUint16(at + 6, SHN_ABS, true);
    view.setBigUint64(at + 8, address, true);
    view.setBigUint64(at + 16, BigInt(size), true);
  }
  return [
    { name: ".symtab", type: SHT_SYMTAB, bytes, link: 2, entrySize: SYM_BYTES },
    { name: ".strtab", type: SHT_STRTAB, bytes: strings.bytes },
  ];
}

const align = (offset: number): number => (offset + 7) & ~7;

/** Lays out header, program headers, segments, sections and section headers, in this order. */
function writeElf(elf: Pick<Elf, "entry" | "segments">, kept: readonly Section[]): Uint8Array {
  const names = stringTable([...kept.map(({ name }) => name), ".shstrtab"]);
  const sections = [...kept, { name: ".shstrtab", type: SHT_STRTAB, bytes: names.bytes } as Section];
  const blocks = [...elf.segments.map(({ bytes }) => bytes), ...sections.map(({ bytes }) => bytes)];
  let end = align(EHDR_BYTES + elf.segments.length * PHDR_BYTES);
  const offsets = blocks.map((block) => {
    const offset = end;
    end = align(end + block.length);
    return offset;
  });
  const file = new Uint8Array(end + (sections.length + 1) * SHDR_BYTES);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, ET_EXEC, true);
  view.setUint16(18, EM_RISCV, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, elf.entry, true);
  view.setBigUint64(32, BigInt(elf.segments.length > 0 ? EHDR_BYTES : 0), true);
  view.setBigUint64(40, BigInt(end), true);
  view.setUint16(52, EHDR_BYTES, true);
  view.setUint16(54, PHDR_BYTES, true);
  view.setUint16(56, elf.segments.length, true);
  view.setUint16(58, SHDR_BYTES, true);
  view.setUint16(60, sections.length + 1, true);
  view.setUint16(62, sections.length, true);
  for (const [index, block] of blocks.entries()) file.set(block, offsets[index]);
  for (const [index, { executable, vaddr, paddr, bytes, memSize }] of elf.segments.entries()) {
    const at = EHDR_BYTES + index * PHDR_BYTES;
    view.setUint32(at, PT_LOAD, true);
    view.setUint32(at + 4, executable ? 5 : 6, true);
    view.setBigUint64(at + 8, BigInt(offsets[index] as number), true);
    view.setBigUint64(at + 16, vaddr, true);
    view.setBigUint64(at + 24, BigInt(paddr), true);
    view.setBigUint64(at + 32, BigInt(bytes.length), true);
    view.setBigUint64(at + 40, BigInt(memSize), true);
    view.setBigUint64(at + 48, 8n, true);
  }
  for (const [index, { type, bytes, link = 0, entrySize = 0 }] of sections.entries()) {
    const at = end + (index + 1) * SHDR_BYTES;
    view.setUint32(at, names.offsets[index] as number, true);
    view.setUint32(at + 4, type, true);
    view.setBigUint64(at + 24, BigInt(offsets[elf.segments.length + index] as number), true);
    view.setBigUint64(at + 32, BigInt(bytes.length), true);
    view.setUint32(at + 40, link, true);
    view.setBigUint64(at + 48, 8n, true);
    view.setBigUint64(at + 56, BigInt(entrySize), true);
  }
  return file;
}

/** The executable with its segments and symbols only. It loads to the same memory. */
export function stripDebug(bytes: Uint8Array, what: string): Uint8Array {
  const elf = readElf(bytes, what);
  return writeElf(elf, symbolSections(elf));
}

/** The line table of an executable, in an ELF file of its own; undefined when it has none. */
export async function lineTableOnly(bytes: Uint8Array, inflate: Inflate): Promise<Uint8Array | undefined> {
  const sections = await elfSections(bytes, LINE_SECTIONS, inflate);
  if (!sections.has(".debug_line")) return undefined;
  const kept = LINE_SECTIONS.flatMap((name) => {
    const section = sections.get(name);
    return section ? [{ name, type: SHT_PROGBITS, bytes: section }] : [];
  });
  return writeElf({ entry: 0n, segments: [] }, kept);
}
