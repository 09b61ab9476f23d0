/**
 * The fixed part of a generated program: prologue and trap handlers. A handler goes on behind the instruction
 * that trapped, whose length it finds in a table; after a fetch fault it goes on at the link register. A trap with
 * the request register set goes on in M-mode behind the instruction. Interrupts are ended by clearing the enables.
 */

import { INTERRUPT, MENVCFG_BIT, MSTATUS_BIT } from "../../spec/riscv.ts";
import type { Assembler } from "../core/assembler.ts";
import { csrNumber } from "../core/encode.ts";
import { emitClockHandler, emitClockStart, supervisorInterrupt, TIMER_ENABLE } from "./clock.ts";
import { BODY, CODE, LENGTHS, MTIMECMP, type Reserved } from "./map.ts";
import type { Random } from "./random.ts";

/** Vector tables have an entry for each interrupt code up to 11. */
const VECTORS = 12;
/** mstatus.MPP = M. */
export const MPP_M = 3 << MSTATUS_BIT.MPP;

type Level = "m" | "s";

/** Emits the exception handler of one level. */
function handler(a: Assembler, level: Level, reserved: Reserved, clocked: boolean): void {
  const { t0, t1, request, link } = reserved;
  const csr = (name: string): number => csrNumber(`${level}${name}`);
  a.label(`${level}trap`);
  a.op("csrrw", { rd: t0, csr: csr("scratch"), rs1: t0 }).op("csrrs", { rd: t0, csr: csr("cause") });
  a.to(`${level}exception`, "bge", { rs1: t0, rs2: 0 });
  if (level === "m" && clocked) {
    a.op("andi", { rd: t0, rs1: t0, imm: 15 }).op("addi", { rd: t0, rs1: t0, imm: -INTERRUPT.MTI });
    a.to("clock", "beq", { rs1: t0, rs2: 0 });
  }
  a.op("csrrw", { rd: t0, csr: csr("scratch"), rs1: t0 });
  a.label(`${level}interrupt`);
  a.op("csrrw", { csr: csr("ie") }).op(`${level}ret`);

  a.label(`${level}exception`);
  if (level === "m") {
    a.op("lui", { rd: t1, imm: 1 << MSTATUS_BIT.MPRV }).op("csrrc", { csr: csr("status"), rs1: t1 });
    a.to("switch", "bne", { rs1: request, rs2: 0 });
  }
  a.op("addi", { rd: request, rs1: 0, imm: 0 });
  // Causes 0, 1 and 12: nothing was fetched.
  a.li(t1, 0x1003).op("srl", { rd: t1, rs1: t1, rs2: t0 }).op("andi", { rd: t1, rs1: t1, imm: 1 });
  a.to(`${level}landing`, "bne", { rs1: t1, rs2: 0 });
  a.op("csrrs", { rd: t1, csr: csr("epc") });
  a.op("slli", { rd: t1, rs1: t1, imm: 64 - 17 }).op("srli", { rd: t1, rs1: t1, imm: 64 - 16 });
  const distance = LENGTHS - a.here;
  const low = (distance << 20) >> 20;
  a.op("auipc", { rd: t0, imm: distance - low }).op("add", { rd: t1, rs1: t1, rs2: t0 });
  a.op("lbu", { rd: t1, rs1: t1, imm: low });
  a.op("csrrs", { rd: t0, csr: csr("epc") }).op("add", { rd: t0, rs1: t0, rs2: t1 });
  a.op("csrrw", { csr: csr("epc"), rs1: t0 }).op(`${level}ret`);

  a.label(`${level}landing`)
    .op("csrrw", { csr: csr("epc"), rs1: link })
    .op(`${level}ret`);
  if (level === "s") return;
  // To M-mode, behind the 4-byte instruction that asked for it, at its physical address.
  a.label("switch");
  if (clocked) a.li(t1, TIMER_ENABLE).op("csrrc", { csr: csr("ie"), rs1: t1 });
  a.op("csrrs", { rd: t0, csr: csr("epc") });
  a.op("slli", { rd: t0, rs1: t0, imm: 64 - 17 }).op("srli", { rd: t0, rs1: t0, imm: 64 - 17 });
  a.op("addi", { rd: t1, rs1: 0, imm: 1 }).op("slli", { rd: t1, rs1: t1, imm: 31 });
  a.op("add", { rd: t0, rs1: t0, rs2: t1 }).op("addi", { rd: t0, rs1: t0, imm: 4 });
  a.op("csrrw", { csr: csr("epc"), rs1: t0 })
    .li(t1, MPP_M)
    .op("csrrs", { csr: csr("status"), rs1: t1 });
  a.op("addi", { rd: request, rs1: 0, imm: 0 }).op("mret");
}

/** What a program was started with. */
export interface Runtime {
  /** menvcfg.STCE is set, so that stimecmp is in force. */
  readonly sstc: boolean;
  /** In a clocked program, the bit of the interrupt that M-mode's timer passes on to S-mode. */
  readonly interrupt?: number;
  /** Addresses of the insides of handlers: from the first to before the second. */
  readonly handlers: ReadonlyArray<readonly [number, number]>;
}

/** Emits all up to BODY: the entry at the base of the code window, handlers, vector tables. */
export function emitRuntime(a: Assembler, reserved: Reserved, random: Random, clocked: boolean): Runtime {
  const start = "start";
  a.to(start, "jal");
  handler(a, "m", reserved, clocked);
  handler(a, "s", reserved, clocked);
  const handlers: [number, number][] = [[CODE.base, a.here]];
  for (const level of ["m", "s"] as const) {
    a.skipTo(CODE.base + (level === "m" ? 0x200 : 0x280));
    a.label(`${level}vectors`);
    for (let cause = 0; cause < VECTORS; cause++) {
      const clock = clocked && level === "m" && cause === INTERRUPT.MTI;
      a.to(cause === 0 ? `${level}trap` : clock ? "vector" : `${level}interrupt`, "jal");
    }
  }
  a.skipTo(CODE.base + 0x300).label(start);
  const { t0, t1 } = reserved;
  // The timer compares with 0 after reset on the peer.
  a.li(t0, MTIMECMP).op("addi", { rd: t1, rs1: 0, imm: -1 }).op("sd", { rs1: t0, rs2: t1 });
  a.address(t0, "mvectors").op("addi", { rd: t0, rs1: t0, imm: random.int(0, 1) });
  a.op("csrrw", { csr: csrNumber("mtvec"), rs1: t0 });
  a.address(t0, "svectors").op("addi", { rd: t0, rs1: t0, imm: random.int(0, 1) });
  a.op("csrrw", { csr: csrNumber("stvec"), rs1: t0 });
  // The last PMP entry grants all to S and U.
  a.op("addi", { rd: t0, rs1: 0, imm: -1 }).op("csrrw", { csr: csrNumber("pmpaddr15"), rs1: t0 });
  a.li(t0, 0x1fn << 56n).op("csrrw", { csr: csrNumber("pmpcfg2"), rs1: t0 });
  // menvcfg: the timer of Sstc in some programs; memory types of Svpbmt, and A and D by hardware, in all.
  a.op("csrrw", { csr: csrNumber("stimecmp"), rs1: t1 });
  const sstc = random.chance(0.5);
  const bits = [MENVCFG_BIT.PBMTE, MENVCFG_BIT.ADUE, ...(sstc ? [MENVCFG_BIT.STCE] : [])];
  a.li(
    t0,
    bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n),
  );
  a.op("csrrw", { csr: csrNumber("menvcfg"), rs1: t0 });
  a.op("csrrw", { csr: csrNumber("stimecmp"), rs1: t1 });
  if (clocked) emitClockStart(a, reserved);
  a.op("addi", { rd: reserved.request, rs1: 0, imm: 0 });
  a.op("addi", { rd: reserved.link, rs1: 0, imm: 0 });
  const written = new Set<number>([0, ...Object.values(reserved)]);
  for (let x = 1; x < 32; x++) if (!written.has(x)) a.li(x, random.operand());
  a.to("body", "jal");
  const interrupt = supervisorInterrupt(random, sstc);
  if (clocked) {
    const from = a.here;
    const asks = emitClockHandler(a, reserved, interrupt);
    handlers.push([from, asks], [asks + 4, a.here]);
  }
  a.skipTo(BODY).label("body");
  return clocked ? { sstc, interrupt, handlers } : { sstc, handlers };
}
