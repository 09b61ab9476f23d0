/** Files of modules, and what can be wrong with them: copies in which single fields of the ELF format are changed. */

const EHDR = { machine: 18, shoff: 40, shentsize: 58, shnum: 60, shstrndx: 62 };
const SHDR = { name: 0, type: 4, offset: 24, size: 32, info: 44, align: 48 } as const;
const SHDR_SIZE = 64;
const SYM_SIZE = 24;
const RELA_SIZE = 24;

/** A module's file, to be changed in place. */
export class ModuleFile {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = new Uint8Array(bytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  header(field: keyof typeof EHDR, value: number): this {
    if (field === "shoff") this.#view.setBigUint64(EHDR.shoff, BigInt(value), true);
    else this.#view.setUint16(EHDR[field], value, true);
    return this;
  }

  section(name: string, field: keyof typeof SHDR, value: bigint): this {
    const at = this.#sectionAt(name) + SHDR[field];
    if (field === "name" || field === "type" || field === "info")
      this.#view.setUint32(at, Number(value), true);
    else this.#view.setBigUint64(at, value, true);
    return this;
  }

  /** Offset, symbol or type of the first relocation that applies to a section. */
  relocation(section: string, field: "offset" | "symbol" | "type", value: number, index = 0): this {
    const at = this.#dataAt(`.rela${section}`) + index * RELA_SIZE;
    if (field === "offset") this.#view.setBigUint64(at, BigInt(value), true);
    else this.#view.setUint32(at + (field === "type" ? 8 : 12), value, true);
    return this;
  }

  symbol(index: number, field: "name" | "section", value: number): this {
    const at = this.#dataAt(".symtab") + index * SYM_SIZE;
    if (field === "name") this.#view.setUint32(at, value, true);
    else this.#view.setUint16(at + 6, value, true);
    return this;
  }

  /** Puts a text of the same length where another stands. */
  text(old: string, replacement: string): this {
    const at = Buffer.from(this.bytes.buffer).indexOf(`${old}\0`, 0, "latin1");
    if (at < 0 || old.length !== replacement.length) throw new Error(`no place for '${replacement}'`);
    Buffer.from(this.bytes.buffer).write(replacement, at, "latin1");
    return this;
  }

  #sectionAt(wanted: string): number {
    const table = Number(this.#view.getBigUint64(EHDR.shoff, true));
    const names = this.#offsetOf(table + this.#view.getUint16(EHDR.shstrndx, true) * SHDR_SIZE);
    for (let i = 0; i < this.#view.getUint16(EHDR.shnum, true); i++) {
      const at = table + i * SHDR_SIZE;
      const name = names + this.#view.getUint32(at, true);
      const text = Buffer.from(this.bytes.subarray(name, this.bytes.indexOf(0, name))).toString("latin1");
      if (text === wanted) return at;
    }
    throw new Error(`the module has no section ${wanted}`);
  }

  #offsetOf(header: number): number {
    return Number(this.#view.getBigUint64(header + SHDR.offset, true));
  }

  #dataAt(section: string): number {
    return this.#offsetOf(this.#sectionAt(section));
  }
}

/** A way to spoil a module, and what the kernel says to it. */
export interface Damage {
  readonly name: string;
  readonly errno: "Exec format error" | "No such file or directory" | "Invalid argument";
  readonly says: RegExp;
  readonly spoil: (file: ModuleFile) => ModuleFile | Uint8Array;
}

const ENOEXEC = "Exec format error";
const HUGE = 1n << 62n;

export const DAMAGES: readonly Damage[] = [
  ...[64, 500, 2000].map((length) => ({
    name: `cut off after ${length} bytes`,
    errno: ENOEXEC as typeof ENOEXEC,
    says: /module: its section headers lie beyond its end/,
    spoil: (file: ModuleFile) => file.bytes.slice(0, length),
  })),
  {
    name: "no ELF file",
    errno: ENOEXEC,
    says: /module: not an ELF file/,
    spoil: () => new TextEncoder().encode("#!/bin/sh\n".repeat(20)),
  },
  {
    name: "of another machine",
    errno: ENOEXEC,
    says: /module: not a relocatable object for this machine/,
    spoil: (file) => file.header("machine", 62),
  },
  {
    name: "section headers far beyond the end",
    errno: ENOEXEC,
    says: /module: its section headers lie beyond its end/,
    spoil: (file) => file.header("shoff", 2 ** 50),
  },
  {
    name: "more sections than there are",
    errno: ENOEXEC,
    says: /module: its section headers lie beyond its end/,
    spoil: (file) => file.header("shnum", 60_000),
  },
  {
    name: "section headers of another size",
    errno: ENOEXEC,
    says: /module: its section headers lie beyond its end/,
    spoil: (file) => file.header("shentsize", 40),
  },
  {
    name: "names of sections in no section",
    errno: ENOEXEC,
    says: /module: no names of sections/,
    spoil: (file) => file.header("shstrndx", 9999),
  },
  {
    name: "a section longer than the file",
    errno: ENOEXEC,
    says: /module: section \d+ makes no sense/,
    spoil: (file) => file.section(".text", "size", 1_000_000n),
  },
  {
    name: "a section whose end is beyond 2^64",
    errno: ENOEXEC,
    says: /module: section \d+ makes no sense/,
    spoil: (file) => file.section(".text", "offset", 0xffff_ffff_ffff_ff00n),
  },
  {
    name: "a name of a section beyond all names",
    errno: ENOEXEC,
    says: /module: section \d+ makes no sense/,
    spoil: (file) => file.section(".text", "name", 0xffff_fff0n),
  },
  {
    name: "an alignment that is none",
    errno: ENOEXEC,
    says: /module: section \d+ makes no sense/,
    spoil: (file) => file.section(".text", "align", 3n),
  },
  {
    name: "a .bss that fits into no memory",
    errno: ENOEXEC,
    says: /crc32: section \.bss is too large: 4611686018427387904 bytes/,
    spoil: (file) => file.section(".bss", "size", HUGE),
  },
  {
    name: "relocations of a section that is not there",
    errno: ENOEXEC,
    says: /module: section \d+ makes no sense/,
    spoil: (file) => file.section(".rela.text", "info", 9999n),
  },
  {
    name: "half a relocation",
    errno: ENOEXEC,
    says: /module: section \d+ makes no sense/,
    spoil: (file) => file.section(".rela.text", "size", 25n),
  },
  {
    name: "no symbol table",
    errno: ENOEXEC,
    says: /module: no usable symbol table/,
    spoil: (file) => file.section(".symtab", "type", 1n),
  },
  {
    name: "half a symbol",
    errno: ENOEXEC,
    says: /module: no usable symbol table/,
    spoil: (file) => file.section(".symtab", "size", 25n),
  },
  {
    name: "a name of a symbol beyond all names",
    errno: ENOEXEC,
    says: /module: symbol 3 makes no sense/,
    spoil: (file) => file.symbol(3, "name", 0x7fff_ffff),
  },
  {
    name: "a symbol in a section that is not there",
    errno: ENOEXEC,
    says: /module: symbol 2 makes no sense/,
    spoil: (file) => file.symbol(2, "section", 0xf000),
  },
  {
    name: "a struct module of another size",
    errno: ENOEXEC,
    says: /module: no struct module of this kernel in it/,
    spoil: (file) => file.section(".gnu.linkonce.this_module", "size", 8n),
  },
  {
    name: "a .modinfo without an end",
    errno: ENOEXEC,
    says: /module: section \.modinfo does not end with a string/,
    spoil: (file) => file.section(".modinfo", "size", 5n),
  },
  {
    name: "made for another kernel",
    errno: ENOEXEC,
    says: /crc32: version magic '5\.10\.0-hartbeat SMP preempt mod_unload armv8' should be '.* riscv'/,
    spoil: (file) => file.text("mod_unload riscv", "mod_unload armv8"),
  },
  {
    name: "an unknown relocation",
    errno: ENOEXEC,
    says: /crc32: Unknown relocation type 77/,
    spoil: (file) => file.relocation(".text", "type", 77),
  },
  {
    name: "a relocation outside its section",
    errno: ENOEXEC,
    says: /crc32: a relocation of type \d+ at offset ffffff leads out of its section/,
    spoil: (file) => file.relocation(".text", "offset", 0xffffff),
  },
  {
    name: "a relocation with a symbol that is not there",
    errno: ENOEXEC,
    says: /crc32: a relocation of type \d+ at offset [0-9a-f]+ leads out of its section/,
    spoil: (file) => file.relocation(".text", "symbol", 0x00ff_ffff),
  },
  {
    name: "a low part without its high one",
    errno: ENOEXEC,
    says: /crc32: no R_RISCV_PCREL_HI20 for the low part/,
    spoil: (file) => file.relocation(".text", "type", 24),
  },
];
