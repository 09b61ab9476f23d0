/**
 * The clock of a clocked program: M-mode's timer interrupts at any instruction below M-mode, and in M-mode where it is let.
 * Times to compare with are in a table, some far apart and some close; the handler goes on to the next one, and now
 * and then it passes an interrupt on to S-mode, as firmware does. It changes no register.
 *
 * On QEMU an instruction lasts 256 ns (`-icount shift=8`), so that the timer may be due at any. Here it lasts 1 ns, and
 * the first time in the table lies behind the program's end: our own timer stays silent, and compare.ts speaks for it.
 */

import { INTERRUPT } from "../../spec/riscv.ts";
import type { Assembler } from "../core/assembler.ts";
import { csrNumber } from "../core/encode.ts";
import { CELLS, CLOCK_CELL, CLOCK_TABLE, MTIMECMP, type Reserved } from "./map.ts";
import type { Random } from "./random.ts";

/** For QEMU's `-icount`: 2 to the power of it are the nanoseconds of an instruction. */
export const CLOCK_SHIFT = 8;
/** Ticks of 100 ns: 8,000 instructions there, 2,000,000 here. */
const FIRST = 20_000;
const NEVER = 1n << 62n;

/** Bits of mie, mip and mideleg. */
export const TIMER_ENABLE = 1 << INTERRUPT.MTI;
/** In a clocked program all of S-mode's interrupts are delegated. */
export const SUPERVISOR_INTERRUPTS = (1 << INTERRUPT.SSI) | (1 << INTERRUPT.STI) | (1 << INTERRUPT.SEI);

/** The bit of the interrupt that is passed on to S-mode; with Sstc, STIP is not M-mode's to write. */
export function supervisorInterrupt(random: Random, sstc: boolean): number {
  return (
    1 << random.pick(sstc ? [INTERRUPT.SSI, INTERRUPT.SEI] : [INTERRUPT.SSI, INTERRUPT.STI, INTERRUPT.SEI])
  );
}

/** The times to compare with, in order. */
export function clockTable(random: Random): BigUint64Array {
  let time = FIRST;
  const table = BigUint64Array.from({ length: CLOCK_TABLE.bytes / 8 }, () => {
    time += random.int(0, random.pick([64, 300, 300, 2000]));
    return BigInt(time);
  });
  table[table.length - 1] = NEVER;
  return table;
}

/** Sets the timer to the first time. */
export function emitClockStart(a: Assembler, { t0, t1 }: Reserved): void {
  a.li(t0, BigInt(CLOCK_TABLE.base)).li(t1, BigInt(CELLS)).op("sd", { rs1: t1, rs2: t0, imm: CLOCK_CELL });
  a.op("ld", { rd: t1, rs1: t0 }).li(t0, MTIMECMP).op("sd", { rs1: t0, rs2: t1 });
  a.li(t0, SUPERVISOR_INTERRUPTS).op("csrrw", { csr: csrNumber("mideleg"), rs1: t0 });
}

/**
 * The handler, at label `vector`, and at `clock` for who has put t0 into mscratch. `interrupt` is what S-mode gets. Returns
 * the address of the instruction that reads whether the timer is due.
 */
export function emitClockHandler(a: Assembler, { t0, t1 }: Reserved, interrupt: number): number {
  const [scratch, value] = [csrNumber("mscratch"), csrNumber("mtval")];
  a.label("vector").op("csrrw", { csr: scratch, rs1: t0 });
  a.label("clock").op("csrrw", { csr: value, rs1: t1 });
  const next = a.fresh();
  a.label(next).li(t0, BigInt(CELLS));
  // A reservation ends here, as in any change of context; the manual lets a trap end it or not.
  a.op("sc.d", { rd: 0, rs1: t0, rs2: 0 }).op("ld", { rd: t1, rs1: t0, imm: CLOCK_CELL });
  a.op("addi", { rd: t1, rs1: t1, imm: 8 }).op("sd", { rs1: t0, rs2: t1, imm: CLOCK_CELL });
  a.op("ld", { rd: t1, rs1: t1 }).li(t0, MTIMECMP).op("sd", { rs1: t0, rs2: t1 });
  // Times that have passed are left out.
  const asks = a.here;
  a.op("csrrs", { rd: t0, csr: csrNumber("mip") }).op("andi", { rd: t0, rs1: t0, imm: TIMER_ENABLE });
  a.to(next, "bne", { rs1: t0, rs2: 0 });
  const done = a.fresh();
  a.op("andi", { rd: t1, rs1: t1, imm: 3 }).to(done, "bne", { rs1: t1, rs2: 0 });
  a.li(t1, interrupt).op("csrrw", { csr: csrNumber("mip"), rs1: t1 });
  a.op("csrrs", { csr: csrNumber("mie"), rs1: t1 });
  a.label(done).op("csrrs", { rd: t1, csr: value }).op("csrrs", { rd: t0, csr: scratch }).op("mret");
  return asks;
}
