/**
 * A program that reads and writes every CSR at every privilege level. For each level, register and value it notes what the
 * register was, what it is after the value was written, and the cause of the last trap on the way; then it puts back what was there.
 */
import { CSRS, type CsrRow } from "../../spec/csrs.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { MENVCFG_BIT, MSTATUS_BIT, PRIVILEGE } from "../../spec/riscv.ts";
import { Assembler } from "../core/assembler.ts";
import { csrNumber } from "../core/encode.ts";
import { type Level, powerOff } from "../core/harness.ts";
import { Random } from "../lockstep/random.ts";

export const LEVELS: readonly Level[] = ["M", "S", "U"];
export const RAM_BYTES = 32 * 2 ** 20;

/** Offsets in memory of the values and of what was noted: before, after, cause + 1 (0 for none). */
const VALUES = 0x2_0000;
const NOTES = 0x10_0000;
const NOTE_BYTES = 24;

/** One register at one level with one value. */
export interface Access {
  readonly level: Level;
  readonly row: CsrRow;
  readonly written: bigint;
}

/** What came of an access. */
export interface Outcome {
  readonly before: bigint;
  readonly after: bigint;
  /** Cause of the last trap. */
  readonly cause?: bigint;
}

const BITS = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit));
const ALL = (1n << 64n) - 1n;

/** Each bit alone, all but each, every field value of the narrow fields, and noise. */
function allValues(random: Random): bigint[] {
  const modes = Array.from({ length: 16 }, (_, mode) => BigInt(mode) << 60n);
  const low = Array.from({ length: 64 }, (_, value) => BigInt(value));
  const privileges = [0n, 1n, 2n, 3n].map((level) => level << BigInt(MSTATUS_BIT.MPP));
  const noise = Array.from({ length: 40 }, () => random.bits64());
  return [0n, ALL, ...BITS, ...BITS.map((bit) => ALL ^ bit), ...modes, ...low, ...privileges, ...noise];
}

/** No entry gets locked: it would stay so. */
const UNLOCKED = 0x7f7f_7f7f_7f7f_7f7fn;
/** Paging on would take the program's own addresses away. */
const BARE = (1n << 60n) - 1n;

function valuesFor({ name }: CsrRow, level: Level, values: readonly bigint[]): readonly bigint[] {
  if (name.startsWith("pmpcfg")) return values.map((value) => value & UNLOCKED);
  if (name === "satp" && level === "S")
    return values.map((value) => ([8n, 9n, 10n].includes(value >> 60n) ? value & BARE : value));
  return values;
}

/** Registers of the program: next value, next note, end of values, request of M-mode, cause + 1. */
const [VALUE, NOTE, END, REQUEST, CAUSE, BEFORE, AFTER, WRITTEN, TEMPORARY] = [
  10, 11, 12, 26, 27, 8, 9, 31, 5,
] as const;

export const REGISTERS = { NOTE, REQUEST, CAUSE } as const;

/** Skips what trapped and notes the cause; with the request register set, goes on in M-mode. */
function emitHandler(a: Assembler): void {
  const [epc, cause, status] = ["mepc", "mcause", "mstatus"].map(csrNumber) as [number, number, number];
  a.label("handler").op("csrrs", { rd: CAUSE, csr: cause }).op("addi", { rd: CAUSE, rs1: CAUSE, imm: 1 });
  a.op("csrrs", { rd: TEMPORARY, csr: epc }).op("addi", { rd: TEMPORARY, rs1: TEMPORARY, imm: 4 });
  a.op("csrrw", { csr: epc, rs1: TEMPORARY }).to("back", "beq", { rs1: REQUEST });
  a.li(TEMPORARY, 3 << MSTATUS_BIT.MPP).op("csrrs", { csr: status, rs1: TEMPORARY });
  a.label("back").op("mret");
}

/** Goes on at a lower level, or this one. */
export function enter(a: Assembler, level: Level): void {
  const next = a.fresh();
  a.li(TEMPORARY, 3 << MSTATUS_BIT.MPP).op("csrrc", { csr: csrNumber("mstatus"), rs1: TEMPORARY });
  a.li(TEMPORARY, PRIVILEGE[level] << MSTATUS_BIT.MPP);
  a.op("csrrs", { csr: csrNumber("mstatus"), rs1: TEMPORARY }).address(TEMPORARY, next);
  a.op("csrrw", { csr: csrNumber("mepc"), rs1: TEMPORARY })
    .op("mret")
    .label(next);
}

export function set(a: Assembler, name: string, value: bigint): void {
  a.li(TEMPORARY, value).op("csrrw", { csr: csrNumber(name), rs1: TEMPORARY });
}

/** The handler, and all of memory open below M-mode. */
export function beginProgram(a: Assembler): void {
  a.to("start", "jal");
  emitHandler(a);
  a.label("start")
    .address(TEMPORARY, "handler")
    .op("csrrw", { csr: csrNumber("mtvec"), rs1: TEMPORARY });
  set(a, "pmpaddr15", ALL);
  set(a, "pmpcfg2", 0x1fn << 56n);
}

/** All values for one register. */
function emitAccesses(a: Assembler, csr: number, from: number, to: number): void {
  const next = a.fresh();
  a.li(VALUE, BigInt(from)).li(END, BigInt(to)).label(next);
  for (const register of [BEFORE, AFTER, CAUSE]) a.op("addi", { rd: register });
  a.op("ld", { rd: WRITTEN, rs1: VALUE }).op("csrrs", { rd: BEFORE, csr });
  a.op("csrrw", { csr, rs1: WRITTEN }).op("csrrs", { rd: AFTER, csr }).op("csrrw", { csr, rs1: BEFORE });
  for (const [index, register] of [BEFORE, AFTER, CAUSE].entries())
    a.op("sd", { rs1: NOTE, rs2: register, imm: 8 * index });
  a.op("addi", { rd: NOTE, rs1: NOTE, imm: NOTE_BYTES }).op("addi", { rd: VALUE, rs1: VALUE, imm: 8 });
  a.to(next, "bne", { rs1: VALUE, rs2: END });
}

/** The program's memory image, and what it notes one after the other. */
export function csrProgram(rows: readonly CsrRow[] = CSRS): { image: Uint8Array; accesses: Access[] } {
  const values = allValues(new Random(1));
  const a = new Assembler(RAM_BASE);
  const tables: bigint[] = [];
  const accesses: Access[] = [];
  beginProgram(a);
  // Nothing is pending, and counters stand.
  a.li(TEMPORARY, 0x200_4000).op("addi", { rd: WRITTEN, imm: -1 }).op("sd", { rs1: TEMPORARY, rs2: WRITTEN });
  set(a, "stimecmp", ALL);
  set(a, "mcountinhibit", 5n);
  set(a, "mideleg", 0x222n);
  set(a, "mstatus", 3n << BigInt(MSTATUS_BIT.FS));
  a.li(NOTE, BigInt(RAM_BASE + NOTES)).op("addi", { rd: REQUEST });
  for (const level of LEVELS) {
    if (level === "S") {
      set(a, "menvcfg", 1n << BigInt(MENVCFG_BIT.STCE));
      set(a, "stimecmp", ALL);
      for (const name of ["mcounteren", "scounteren"]) set(a, name, ALL);
    }
    enter(a, level);
    for (const row of rows) {
      const chosen = valuesFor(row, level, values);
      const at = RAM_BASE + VALUES + tables.length * 8;
      tables.push(...(chosen === values && tables.length > 0 ? [] : chosen));
      const from = chosen === values ? RAM_BASE + VALUES : at;
      emitAccesses(a, row.address, from, from + chosen.length * 8);
      for (const written of chosen) accesses.push({ level, row, written });
    }
    a.op("addi", { rd: REQUEST, imm: 1 }).op("ecall").op("addi", { rd: REQUEST });
  }
  powerOff(a);
  const code = a.bytes();
  const image = new Uint8Array(VALUES + tables.length * 8);
  if (code.length > VALUES) throw new Error("the program runs into its values");
  image.set(code);
  image.set(new Uint8Array(BigUint64Array.from(tables).buffer), VALUES);
  return { image, accesses };
}

/** Reads the notes from memory after the program's end. */
export function outcomes(ram: Uint8Array, accesses: readonly Access[]): Outcome[] {
  const view = new DataView(ram.buffer, ram.byteOffset, ram.length);
  return accesses.map((_, index) => {
    const [before, after, cause] = [0, 8, 16].map((offset) =>
      view.getBigUint64(NOTES + index * NOTE_BYTES + offset, true),
    ) as [bigint, bigint, bigint];
    return cause === 0n ? { before, after } : { before, after, cause: cause - 1n };
  });
}
