/** What the generator knows while it writes a program: mode, mapping, registers, and how to fill in operands. */
import { matches } from "../../spec/isa/check.ts";
import type { Encoding } from "../../spec/isa/reader.ts";
import type { Assembler } from "../core/assembler.ts";
import { csrNumber, encode, INSTRUCTION_SET, type Operands } from "../core/encode.ts";
import {
  CODE,
  DATA_PAGES,
  NOWHERE,
  OPEN_PAGE,
  PROTECTED,
  RAM_BASE,
  RAM_BYTES,
  type Reserved,
  TABLES,
  USER_CODE,
} from "./map.ts";
import type { PageTables } from "./page-tables.ts";
import type { Random } from "./random.ts";
import type { Runtime } from "./runtime.ts";

export type Mode = "m" | "s" | "u";

/** Lines that QEMU 7.2 executes otherwise, see README.md. */
export const AVOIDED: ReadonlySet<string> = new Set(["ctzw"]);

/** Lines by timing class; a compressed line has that of its expansion. */
const CLASSES: ReadonlyMap<string, readonly Encoding[]> = (() => {
  const timing = new Map(INSTRUCTION_SET.instructions.map((line) => [line.name, line.timing]));
  const groups = new Map<string, Encoding[]>();
  const add = (name: string, line: Encoding): void => {
    groups.set(name, [...(groups.get(name) ?? []), line]);
  };
  for (const line of INSTRUCTION_SET.instructions) if (!AVOIDED.has(line.name)) add(line.timing, line);
  for (const line of INSTRUCTION_SET.compressed) add(timing.get(line.expandsTo) ?? "", line);
  return groups;
})();

/** The lines of some timing classes. */
export function linesOf(...classes: string[]): readonly Encoding[] {
  return classes.flatMap((name) => CLASSES.get(name) ?? []);
}

/** Bytes of a memory access, from the instruction's name. */
export function accessSize(name: string): number {
  const letter = /^(?:c\.)?f?[ls]([bhwd])/.exec(name)?.[1] ?? /\.([wd])$/.exec(name)?.[1] ?? "d";
  return { b: 1, h: 2, w: 4, d: 8 }[letter] ?? 8;
}

export class Context {
  readonly random: Random;
  readonly a: Assembler;
  readonly reserved: Reserved;
  readonly tables: PageTables;
  readonly runtime: Runtime;
  /** Where execution is, as far as the program has been written. */
  mode: Mode = "m";
  /** satp selects Sv39; it holds below M-mode only. */
  satpOn = false;
  medeleg = 0;
  /** Bits of mstatus that make S-mode instructions trap. */
  tvm = false;
  tw = false;
  tsr = false;
  readonly #untouchable: Set<number>;

  constructor(random: Random, a: Assembler, reserved: Reserved, tables: PageTables, runtime: Runtime) {
    this.runtime = runtime;
    this.random = random;
    this.a = a;
    this.reserved = reserved;
    this.tables = tables;
    this.#untouchable = new Set(Object.values(reserved));
  }

  /** The timer interrupts at any instruction. */
  get clocked(): boolean {
    return this.runtime.interrupt !== undefined;
  }

  get paged(): boolean {
    return this.satpOn && this.mode !== "m";
  }

  /** While `body` runs, generated instructions do not write `register`. */
  holding(register: number, body: () => void): void {
    const fresh = !this.#untouchable.has(register);
    this.#untouchable.add(register);
    body();
    if (fresh) this.#untouchable.delete(register);
  }

  /** A register that may be written; x0 now and then. */
  target(): number {
    for (;;) {
      const register = this.random.int(0, 31);
      if (!this.#untouchable.has(register)) return register;
    }
  }

  /** A register that may be written and keeps what is written. `compressed`: one of x8..x15. */
  variable(compressed = false): number {
    for (;;) {
      const register = compressed ? this.random.int(8, 15) : this.random.int(1, 31);
      if (!this.#untouchable.has(register)) return register;
    }
  }

  /** Loads a constant into some register and names it. */
  constant(value: bigint | number, compressed = false): number {
    const register = this.variable(compressed);
    this.a.li(register, value);
    return register;
  }

  csr(name: string, csr: string | number, operands: Operands = {}): void {
    this.emit(name, { ...operands, csr: typeof csr === "string" ? csrNumber(csr) : csr });
  }

  emit(name: string, operands: Operands = {}): void {
    this.a.op(name, operands);
  }

  /** Random operands that the line allows; `fixed` ones are kept. */
  operands(line: Encoding, fixed: Operands = {}): Operands {
    for (;;) {
      const operands: Record<string, number> = {};
      for (const { name, width } of line.fields) {
        const plain = name.replace("'", "");
        const prime = name.endsWith("'");
        if (plain === "rd") operands[plain] = prime ? this.variable(true) : this.target();
        else if (/^f[ds]\d?$/.test(plain))
          operands[plain] = prime ? this.random.int(8, 15) : this.random.int(0, 31);
        else if (plain.startsWith("rs"))
          operands[plain] = prime ? this.random.int(8, 15) : this.random.int(0, 31);
        else operands[plain] = this.random.int(0, 2 ** width - 1);
      }
      if (line.immediate) operands.imm = this.immediate(line);
      Object.assign(operands, fixed);
      try {
        if (matches(line, encode(line.name, operands))) return operands;
      } catch (error) {
        if (!String(error).includes("excluded")) throw error;
      }
    }
  }

  /** An immediate that the line can hold; edges come often. */
  immediate(line: Encoding): number {
    if (!line.immediate) return 0;
    const { pieces, signed, width } = line.immediate;
    const choice = this.random.int(0, 4);
    let value = 0;
    for (const piece of pieces) {
      const all = 2 ** piece.width - 1;
      const bits = choice === 0 ? 0 : choice === 1 ? all : this.random.int(0, all);
      value += bits * 2 ** piece.to;
    }
    return signed && value >= 2 ** (width - 1) ? value - 2 ** width : value;
  }

  /** Emits a line with random operands. */
  any(line: Encoding, fixed: Operands = {}): void {
    this.emit(line.name, this.operands(line, fixed));
  }

  /** An offset in a page, mostly near an edge. `aligned`: a multiple of `size`. */
  pageOffset(size: number, aligned: boolean): number {
    const { random } = this;
    const offset = random.pick([
      random.int(0, 16),
      4096 - size,
      4096 - random.int(1, 16),
      random.int(0, 4095),
      random.int(0, 511) * 8,
    ]);
    return aligned ? offset - (offset % size) : offset;
  }

  /** An offset in a page for an access that stays on it, often near an edge of a small PMP entry. */
  offsetInPage(size: number, natural: boolean): number {
    const { random } = this;
    const offset = Math.min(random.pick([random.int(0, 24), random.int(0, 4095), 4096 - size]), 4096 - size);
    return natural || random.chance(0.5) ? offset - (offset % size) : offset;
  }

  /**
   * An address for an AMO, LR or SC. In a clocked program QEMU executes them as a load and a store, which fault
   * like these; so there it is one where they do not fault.
   */
  atomicAddress(size: number): bigint {
    return this.clocked ? this.openAddress(size) : this.dataAddress(size, this.paged, true, true);
  }

  /** An address for an aligned access that does not fault. */
  openAddress(size: number): bigint {
    return this.fixedAddress(OPEN_PAGE + this.pageOffset(size, true));
  }

  /** Where the present mode sees a physical address of the program's fixed pages. */
  fixedAddress(physical: number): bigint {
    return BigInt(physical) + (this.paged && this.mode === "u" ? USER_CODE - BigInt(CODE.base) : 0n);
  }

  /**
   * An address for an access of `size` bytes that both sides answer the same way. `translated` says whether
   * it is looked up in page tables; stores keep away from what programs need.
   */
  dataAddress(size: number, translated: boolean, store: boolean, natural = false): bigint {
    const { random } = this;
    if (random.chance(0.15)) {
      const pages = PROTECTED.bytes / 4096;
      const page = translated
        ? random.pick(this.tables.protectedPages)
        : BigInt(PROTECTED.base + 4096 * random.int(0, pages - 1));
      return page + BigInt(this.offsetInPage(size, natural));
    }
    const aligned = natural ? random.chance(0.9) : random.chance(0.6);
    const offset = BigInt(this.pageOffset(size, aligned));
    if (translated) {
      // A misaligned access to nowhere may be told by its parts.
      if (random.chance(0.03) && !natural) return this.tables.nowhere + offset - (offset % BigInt(size));
      if (random.chance(0.85)) return random.pick(this.tables.pages) + offset;
      return BigInt(random.pick(DATA_PAGES)) + offset;
    }
    const kind = random.int(0, 19);
    if (kind === 0 && !natural) return random.pick(NOWHERE) + offset - (offset % BigInt(size));
    if (kind === 1) return BigInt(RAM_BASE + RAM_BYTES - size - random.int(0, 8) * (aligned ? size : 1));
    if (kind === 2 && !store) return BigInt(random.pick([RAM_BASE, TABLES.base])) + offset;
    if (kind === 3) return BigInt(RAM_BASE + 0x20_0000 + 4096 * random.int(0, 8)) + offset;
    return BigInt(random.pick(DATA_PAGES)) + offset;
  }
}
