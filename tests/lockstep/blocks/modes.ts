/** Changes of privilege level, and of everything that M-mode decides: delegation, paging, protection, interrupts. */
import { INTERRUPT, MSTATUS_BIT, PRIVILEGE } from "../../../spec/riscv.ts";
import { csrNumber } from "../../core/encode.ts";
import { SUPERVISOR_INTERRUPTS, TIMER_ENABLE } from "../clock.ts";
import type { Context, Mode } from "../context.ts";
import { CODE, MSIP, PROTECTED, TABLES, USER_CODE } from "../map.ts";
import { MPP_M } from "../runtime.ts";
import { interruptBit } from "./csrs.ts";

const ECALL_CAUSES: Readonly<Record<Mode, number>> = { u: 8, s: 9, m: 11 };
const BREAKPOINT = 3;
/** Lowest bit of mstatus.FS. */
const FS_BIT = 13;
const bit = (name: keyof typeof MSTATUS_BIT): number => 1 << MSTATUS_BIT[name];
/** All that the generator sets in mstatus, apart from MPP. */
const STATUS_BITS = ["SIE", "MIE", "MPRV", "SUM", "MXR", "TVM", "TW", "TSR"] as const;
const STATUS_MASK = STATUS_BITS.reduce((sum, name) => sum | bit(name), 0);

/** Traps into M-mode, by a cause that is not delegated. */
export function enterMachineMode(context: Context): void {
  const { a, reserved, mode, medeleg, random } = context;
  if (mode === "m") return;
  const causes = [ECALL_CAUSES[mode], BREAKPOINT].filter((cause) => !((medeleg >> cause) & 1));
  a.op("addi", { rd: reserved.request, rs1: 0, imm: 1 });
  context.emit(random.pick(causes) === BREAKPOINT ? "ebreak" : "ecall");
  context.mode = "m";
}

/** In a clocked program the timer may interrupt what comes below M-mode, and mostly does. */
function startClock(context: Context): void {
  const { a, reserved, random, runtime } = context;
  if (runtime.interrupt === undefined || random.chance(0.1)) return;
  context.csr("csrrci", "mstatus", { zimm: bit("MIE") });
  a.li(reserved.t1, TIMER_ENABLE | runtime.interrupt);
  context.csr("csrrs", "mie", { rs1: reserved.t1 });
}

/** From M-mode down, by mret or sret, to the next instruction as `mode` sees it. */
function leaveMachineMode(context: Context, mode: Mode): void {
  const { a, reserved, random } = context;
  const { t0, t1 } = reserved;
  const next = a.fresh();
  if (mode !== "m") startClock(context);
  a.address(t0, next);
  if (mode === "u" && context.satpOn) {
    a.li(t1, USER_CODE - BigInt(CODE.base));
    a.op("add", { rd: t0, rs1: t0, rs2: t1 });
  }
  if (mode !== "m" && random.chance(0.5)) {
    context.csr("csrrw", "sepc", { rs1: t0 });
    a.li(t1, bit("SPP"));
    context.csr(mode === "s" ? "csrrs" : "csrrc", "mstatus", { rs1: t1 });
    context.emit("sret");
  } else {
    context.csr("csrrw", "mepc", { rs1: t0 });
    a.li(t1, MPP_M);
    context.csr("csrrc", "mstatus", { rs1: t1 });
    a.li(t1, PRIVILEGE[mode.toUpperCase() as "U" | "S" | "M"] << MSTATUS_BIT.MPP);
    context.csr("csrrs", "mstatus", { rs1: t1 });
    context.emit("mret");
  }
  a.label(next);
  context.mode = mode;
}

/** From S-mode to U-mode without help from M-mode. */
function supervisorToUser(context: Context): void {
  const { a, reserved } = context;
  const next = a.fresh();
  // An interrupt would overwrite sepc.
  if (context.clocked) context.csr("csrrci", "sstatus", { zimm: bit("SIE") });
  a.address(reserved.t0, next);
  if (context.satpOn) {
    a.li(reserved.t1, USER_CODE - BigInt(CODE.base));
    a.op("add", { rd: reserved.t0, rs1: reserved.t0, rs2: reserved.t1 });
  }
  context.csr("csrrw", "sepc", { rs1: reserved.t0 });
  a.li(reserved.t1, bit("SPP"));
  context.csr("csrrc", "sstatus", { rs1: reserved.t1 });
  context.emit("sret");
  a.label(next);
  context.mode = "u";
}

function delegate(context: Context, mask: number): void {
  context.medeleg = mask;
  context.csr("csrrw", "medeleg", { rs1: context.constant(mask) });
}

/** mstatus.FS, mostly on; returns to Initial or Clean so that what makes it Dirty shows. */
function setFloatState(context: Context): void {
  const { a, reserved, random } = context;
  a.li(reserved.t0, 3 << FS_BIT);
  context.csr("csrrc", "mstatus", { rs1: reserved.t0 });
  a.li(reserved.t0, random.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 3]) << FS_BIT);
  context.csr("csrrs", "mstatus", { rs1: reserved.t0 });
}

/** Some bits of mstatus, all others of STATUS_BITS off. */
function setStatus(context: Context, names: ReadonlyArray<(typeof STATUS_BITS)[number]>): void {
  const { a, reserved } = context;
  a.li(reserved.t0, STATUS_MASK);
  context.csr("csrrc", "mstatus", { rs1: reserved.t0 });
  a.li(
    reserved.t0,
    names.reduce((sum, name) => sum | bit(name), 0),
  );
  context.csr("csrrs", "mstatus", { rs1: reserved.t0 });
  context.tvm = names.includes("TVM");
  context.tw = names.includes("TW");
  context.tsr = names.includes("TSR");
}

/** Writes satp; 0 turns paging off. */
export function setPaging(context: Context, root: bigint): void {
  context.csr("csrrw", "satp", { rd: context.target(), rs1: context.constant(root) });
  context.emit("sfence.vma");
  context.satpOn = root !== 0n;
}

/** Rewrites some page-table entries. */
function editTables(context: Context): void {
  const { random, a } = context;
  for (let n = random.int(1, 4); n > 0; n--) {
    const leaf = random.pick(context.tables.leaves);
    const at = context.constant(leaf.at);
    context.holding(at, () => {
      const entry = context.constant(leaf.random(random));
      a.op("sd", { rs1: at, rs2: entry });
    });
    const whole = random.chance(0.5);
    context.emit("sfence.vma", {
      rs1: whole ? 0 : context.constant(leaf.va),
      rs2: random.chance(0.3) ? context.variable() : 0,
    });
    // The second window sees the same entry at another address.
    if (!whole) context.emit("sfence.vma");
  }
}

/** Rewrites a PMP entry: a stretch of the data, or the page table of a window. */
function editProtection(context: Context): void {
  const { random } = context;
  const entry = random.int(0, 7);
  const odd = entry % 2 === 1;
  const page = PROTECTED.base + 4096 * random.int(0, 6);
  const shape = random.int(0, 4);
  let address = BigInt(page) >> 2n;
  let config = random.pick([0, 1, 3, 4, 5, 7]);
  if (shape === 0) config |= 2 << 3;
  else if (shape === 1 && odd) {
    // From the address of the even entry before, which stays among the protected pages.
    config |= 1 << 3;
    const from = BigInt(PROTECTED.base + random.int(0, PROTECTED.bytes / 4) * 4) >> 2n;
    context.csr("csrrw", `pmpaddr${entry - 1}`, { rs1: context.constant(from) });
  } else if (shape === 2 && odd) {
    address = (BigInt(TABLES.base + 4096 * random.int(3, 4)) >> 2n) | 0x1ffn;
    config = 3 << 3;
  } else {
    // NAPOT of 8 bytes to 8 KiB.
    const ones = random.int(0, 10);
    address = (address & ~((1n << BigInt(ones + 1)) - 1n)) | ((1n << BigInt(ones)) - 1n);
    config |= 3 << 3;
  }
  if (random.chance(0.2)) config = 0;
  context.csr("csrrw", `pmpaddr${entry}`, { rd: context.target(), rs1: context.constant(address) });
  const clear = context.constant(0xffn << BigInt(entry * 8));
  context.csr("csrrc", "pmpcfg0", { rs1: clear });
  const set = context.constant(BigInt(config) << BigInt(entry * 8));
  context.csr("csrrs", "pmpcfg0", { rs1: set });
  context.emit("sfence.vma");
}

/** Makes interrupts pending and enables some; they come in M-mode at once or when the mode is left. */
function raiseInterrupts(context: Context): void {
  const { random, a } = context;
  const { t0, t1 } = context.reserved;
  context.csr("csrrw", "mideleg", { rs1: context.constant(random.bits32() & 0x222) });
  context.csr(random.pick(["csrrw", "csrrs"]), "mip", { rs1: context.constant(random.bits32() & 0x222) });
  if (random.chance(0.3)) {
    // QEMU, without -icount, would take the interrupt at the end of the block that has the store.
    context.csr("csrrci", "mie", { zimm: 1 << INTERRUPT.MSI });
    a.li(t0, MSIP).op("addi", { rd: t1, rs1: 0, imm: random.int(0, 1) });
    a.op("sw", { rs1: t0, rs2: t1 });
  }
  context.csr("csrrw", "mie", { rs1: context.constant(interruptBit(random)) });
  if (random.chance(0.3)) context.csr("csrrsi", "mstatus", { zimm: bit("MIE") });
  if (random.chance(0.3)) context.csr("csrrsi", "sstatus", { zimm: bit("SIE") });
}

/** An interrupt that is pending and enabled, but not taken, ends a wfi at once. */
function waitForPending(context: Context): void {
  context.csr("csrrci", "mstatus", { zimm: bit("MIE") });
  context.csr("csrrsi", "mip", { zimm: 2 });
  context.csr("csrrwi", "mie", { zimm: 2 });
  context.emit("wfi");
  context.csr("csrrci", "mip", { zimm: 2 });
}

/** Brings everything that M-mode decides, except PMP, back to how it was at the start. */
export function normalize(context: Context): void {
  const { a, reserved } = context;
  enterMachineMode(context);
  setStatus(context, []);
  delegate(context, 0);
  a.li(reserved.t0, context.clocked ? SUPERVISOR_INTERRUPTS : 0);
  context.csr("csrrw", "mideleg", { rs1: reserved.t0 });
  for (const name of ["mie", "mip"]) context.csr("csrrw", name);
  a.li(reserved.t0, MSIP).op("sw", { rs1: reserved.t0, rs2: 0 });
  setPaging(context, 0n);
}

/** Goes to M-mode, changes some of what it decides, and goes on in some mode. */
export function environment(context: Context): void {
  const { random } = context;
  // The clock interrupts M-mode in interruptible() only, and S-mode's handlers must work.
  const allowed = (name: string): boolean =>
    name !== "MPRV" && !(context.clocked && (name === "MIE" || name === "TSR"));
  enterMachineMode(context);
  setStatus(
    context,
    STATUS_BITS.filter((name) => allowed(name) && random.chance(name === "SUM" ? 0.5 : 0.25)),
  );
  if (random.chance(0.5)) setFloatState(context);
  // Handlers of S-mode return by sret, so there are none while it traps.
  if (context.tsr) {
    delegate(context, 0);
    context.csr("csrrw", "mideleg");
  } else {
    const way = random.pick([0x300, 1 << BREAKPOINT]);
    delegate(context, random.bits32() & 0xb3ff & ~way);
  }
  if (random.chance(0.6)) setPaging(context, random.chance(0.3) ? 0n : random.pick(context.tables.roots));
  if (random.chance(0.5)) editTables(context);
  if (random.chance(0.3)) editProtection(context);
  if (random.chance(0.3)) waitForPending(context);
  if (random.chance(0.4) && !context.tsr && !context.clocked) raiseInterrupts(context);
  leaveMachineMode(context, random.pick(["m", "s", "s", "u", "u"]));
}

/** Reads a counter below M-mode that mcounteren or scounteren hides. */
export function hiddenCounter(context: Context): void {
  const { random } = context;
  enterMachineMode(context);
  const mode = random.pick(["s", "u"] as const);
  const byMachine = mode === "s" || random.chance(0.5);
  context.csr("csrrw", "mcounteren", { rs1: context.constant(byMachine ? 0 : 0xffff_ffff) });
  context.csr("csrrw", "scounteren", { rs1: context.constant(byMachine ? 0xffff_ffff : 0) });
  leaveMachineMode(context, mode);
  context.csr("csrrs", csrNumber("cycle") + random.int(0, 31), { rd: context.target() });
}

/** A change of mode alone. */
export function changeMode(context: Context): void {
  const { random, mode } = context;
  if (mode === "s" && !context.tsr && random.chance(0.5)) {
    supervisorToUser(context);
    return;
  }
  enterMachineMode(context);
  leaveMachineMode(context, random.pick(["m", "s", "u"]));
}

/** S-mode forgets translations, at once or by the steps of Svinval. */
export function supervisorFences(context: Context): void {
  const { random, mode, tvm } = context;
  if (mode === "u") return;
  const rs1 = random.chance(0.5) ? 0 : context.constant(random.pick(context.tables.pages));
  const rs2 = random.int(0, 31);
  if (random.chance(0.5) && !(mode === "s" && tvm)) {
    context.emit("sfence.w.inval");
    context.emit("sinval.vma", { rs1, rs2 });
    context.emit("sfence.inval.ir");
  } else context.emit("sfence.vma", { rs1, rs2 });
  if (mode === "s" && !tvm) context.csr("csrrs", "satp", { rd: context.target() });
}
