/** A program that keeps several harts busy with each other: locks, atomics, timers, interprocessor interrupts, wfi. */
import { MACHINE_MAP, RAM_BASE } from "../../spec/machine-map.ts";
import type { Assembler } from "./assembler.ts";
import { csrNumber as csr } from "./encode.ts";
import { powerOff } from "./harness.ts";

const CLINT = MACHINE_MAP.clint.base;
/** Shared words: a count by amoadd, one by lr and sc, one under a lock, the lock, harts that are done. */
export const SHARED = RAM_BASE + 0x10_0000;
export const BY_AMO = 0;
export const BY_LRSC = 8;
export const BY_LOCK = 16;
const LOCK = 24;
const DONE = 32;
/** What each hart keeps for itself: traps taken, a hash over the times that it read. */
export const OWN = RAM_BASE + 0x10_1000;
export const OWN_BYTES = 64;

/** Registers. */
const [T0, T1, ID, LEFT, HARTS, BASE, MINE, COMPARE, SUM] = [5, 6, 8, 9, 18, 19, 20, 21, 22];
/** Registers of the handler alone. */
const [H0, H1, H2] = [28, 29, 30];

/** Emits `rounds` rounds for each of `harts` harts, then a power-off by hart 0. */
export function workload(a: Assembler, harts: number, rounds: number): void {
  const address = (rd: number, value: number): void => {
    a.li(rd, value).op("slli", { rd, rs1: rd, imm: 32 }).op("srli", { rd, rs1: rd, imm: 32 });
  };
  a.op("addi", { rd: ID, rs1: 10 }).li(HARTS, harts).li(LEFT, rounds).li(SUM, 0);
  address(BASE, SHARED);
  address(MINE, OWN);
  a.op("slli", { rd: T0, rs1: ID, imm: 6 }).op("add", { rd: MINE, rs1: MINE, rs2: T0 });
  a.li(COMPARE, CLINT + 0x4000).op("slli", { rd: T0, rs1: ID, imm: 3 });
  a.op("add", { rd: COMPARE, rs1: COMPARE, rs2: T0 });
  a.address(T0, "handler").op("csrrw", { csr: csr("mtvec"), rs1: T0 });
  a.op("sd", { rs1: COMPARE, rs2: 0 })
    .li(T0, 0x88)
    .op("csrrw", { csr: csr("mie"), rs1: T0 });
  a.op("csrrsi", { csr: csr("mstatus"), zimm: 8 });

  a.label("round").li(T1, 1).op("amoadd.d", { rs1: BASE, rs2: T1 });
  a.op("addi", { rd: T0, rs1: BASE, imm: BY_LRSC });
  a.label("retry").op("lr.d", { rd: T1, rs1: T0 }).op("addi", { rd: T1, rs1: T1, imm: 1 });
  a.op("sc.d", { rd: T1, rs1: T0, rs2: T1 }).to("retry", "bne", { rs1: T1, rs2: 0 });
  a.op("addi", { rd: T0, rs1: BASE, imm: LOCK }).label("taken").li(T1, 1);
  a.op("amoswap.w", { rd: T1, rs1: T0, rs2: T1, aq: 1 }).to("taken", "bne", { rs1: T1, rs2: 0 });
  a.op("ld", { rd: T1, rs1: BASE, imm: BY_LOCK }).op("addi", { rd: T1, rs1: T1, imm: 1 });
  a.op("sd", { rs1: BASE, rs2: T1, imm: BY_LOCK }).op("amoswap.w", { rs1: T0, rs2: 0, rl: 1 });
  // Wakes the next hart, mixes what time it is into a sum, and sleeps every eighth round.
  a.op("addi", { rd: T0, rs1: ID, imm: 1 }).op("remu", { rd: T0, rs1: T0, rs2: HARTS });
  a.op("slli", { rd: T0, rs1: T0, imm: 2 }).li(T1, CLINT).op("add", { rd: T0, rs1: T0, rs2: T1 });
  a.li(T1, 1).op("sw", { rs1: T0, rs2: T1 });
  a.op("csrrs", { rd: T0, csr: csr("cycle") }).op("add", { rd: SUM, rs1: SUM, rs2: T0 });
  a.op("mul", { rd: SUM, rs1: SUM, rs2: SUM }).op("addi", { rd: SUM, rs1: SUM, imm: 1 });
  a.op("sd", { rs1: MINE, rs2: SUM, imm: 8 });
  a.op("andi", { rd: T0, rs1: LEFT, imm: 7 })
    .to("awake", "bne", { rs1: T0, rs2: 0 })
    .op("wfi")
    .label("awake");
  a.op("addi", { rd: LEFT, rs1: LEFT, imm: -1 }).to("round", "bne", { rs1: LEFT, rs2: 0 });

  a.op("addi", { rd: T0, rs1: BASE, imm: DONE }).li(T1, 1).op("amoadd.d", { rs1: T0, rs2: T1 });
  a.label("finished").op("wfi").to("finished", "bne", { rs1: ID, rs2: 0 });
  a.op("ld", { rd: T0, rs1: BASE, imm: DONE }).to("finished", "bne", { rs1: T0, rs2: HARTS });
  powerOff(a);

  a.label("handler").op("ld", { rd: H0, rs1: MINE }).op("addi", { rd: H0, rs1: H0, imm: 1 });
  a.op("sd", { rs1: MINE, rs2: H0 }).op("csrrs", { rd: H0, csr: csr("mcause") });
  a.op("andi", { rd: H0, rs1: H0, imm: 4 }).to("timer", "bne", { rs1: H0, rs2: 0 });
  a.li(H0, CLINT).op("slli", { rd: H1, rs1: ID, imm: 2 }).op("add", { rd: H0, rs1: H0, rs2: H1 });
  a.op("sw", { rs1: H0, rs2: 0 }).op("mret");
  // The next timer interrupt: some 13 ticks from now.
  a.label("timer")
    .op("csrrs", { rd: H2, csr: csr("time") })
    .op("addi", { rd: H2, rs1: H2, imm: 13 });
  a.op("add", { rd: H2, rs1: H2, rs2: ID }).op("sd", { rs1: COMPARE, rs2: H2 }).op("mret");
}
