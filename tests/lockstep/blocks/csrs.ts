/** CSR instructions on every register that both sides have, with values that both keep. */
import { INTERRUPT, MSTATUS_BIT } from "../../../spec/riscv.ts";
import type { Context, Mode } from "../context.ts";
import type { Random } from "../random.ts";

const WRITES = ["csrrw", "csrrs", "csrrc"] as const;
const IMMEDIATES = ["csrrwi", "csrrsi", "csrrci"] as const;

/** Registers that keep any value (of 32 bits when so marked) and change nothing else. */
const SCRATCH_M = ["mscratch", "mcause", "mtval"];
const SCRATCH_S = ["sscratch", "scause", "stval"];
const WORD_M = ["mcounteren"];
const WORD_S = ["scounteren"];
const PMP_SPARE = [8, 9, 10, 11, 12, 13, 14].map((n) => `pmpaddr${n}`);

/** Registers whose writes are undone at once, each with the bits that may be written. */
interface Window {
  readonly name: string;
  readonly mask: bigint;
  /** Holds one bit at most, so that no two interrupts are due at a time. */
  readonly single?: boolean;
}
const WINDOWS_M: readonly Window[] = [
  { name: "mtvec", mask: ~0n },
  { name: "stvec", mask: ~0n },
  { name: "medeleg", mask: 0xb3ffn },
  { name: "mideleg", mask: 0x222n },
  { name: "mie", mask: 0xaaan, single: true },
  { name: "mip", mask: 0x222n },
  { name: "satp", mask: (8n << 60n) | ((1n << 60n) - 1n) },
  { name: "satp", mask: (9n << 60n) | 0xffffn },
  { name: "mstatus", mask: 0x7e69a2n },
  { name: "mstatus", mask: 0x7e61aan },
  { name: "sstatus", mask: 0xc6122n },
  { name: "sie", mask: 0xaaan, single: true },
  { name: "sip", mask: 0x222n },
  { name: "senvcfg", mask: 1n },
  { name: "mcountinhibit", mask: 5n },
  ...PMP_SPARE.map((name) => ({ name, mask: (1n << 54n) - 1n })),
];
const WINDOWS_S: readonly Window[] = [
  { name: "stvec", mask: ~0n },
  { name: "sstatus", mask: 0xc6122n },
  { name: "sip", mask: 0x222n },
  { name: "sie", mask: 0xaaan, single: true },
  { name: "senvcfg", mask: 1n },
];

/** Far from the present time, so that both sides see STIP alike. */
const TIMES = [0n, -1n, 1n << 62n, 0x7fff_ffff_ffff_ffffn] as const;

/** The supervisor timer; illegal in S-mode unless menvcfg and mcounteren allow it. */
function onTimer(context: Context): void {
  const { random } = context;
  const rs1 = context.constant(random.pick(TIMES));
  if (context.runtime.sstc) context.csr("csrrw", "stimecmp", { rd: context.target(), rs1 });
  context.csr("csrrs", "stimecmp", { rd: context.target() });
}

const READ_ONLY = ["mvendorid", "marchid", "mimpid", "mhartid", "mconfigptr", "misa", "pmpcfg0", "pmpcfg2"];
const ZEROS = [3, 4, 10, 18].flatMap((n) => [`mhpmcounter${n}`, `hpmcounter${n}`]);
/** Counters differ between the two sides, so they are written but not read. */
const COUNTERS = ["mcycle", "minstret"];
/** Numbers that stand for no register anywhere. */
const MISSING = [
  0x5c0, 0x6c0, 0x7c0, 0x800, 0x9c0, 0xac0, 0xbc0, 0xcc0, 0xdc0, 0xec0, 0xfc0, 0x3a1, 0x3a3, 0x310,
];

/** One CSR instruction of any kind on a register that takes all values. */
function onScratch(context: Context, names: readonly string[]): void {
  const { random } = context;
  const csr = random.pick(names);
  if (random.chance(0.4)) {
    context.csr(random.pick(IMMEDIATES), csr, { rd: context.target(), zimm: random.int(0, 31) });
  } else {
    context.csr(random.pick(WRITES), csr, { rd: context.target(), rs1: random.int(0, 31) });
  }
}

/** The same on one that takes 32 bits. */
function onWord(context: Context, names: readonly string[]): void {
  const { random } = context;
  const rs1 = context.constant(random.bits32() >>> random.int(1, 31));
  context.csr(random.pick(WRITES), random.pick(names), { rd: context.target(), rs1 });
}

/** One bit of mie. */
export function interruptBit(random: Random): bigint {
  return 1n << BigInt(random.pick(Object.values(INTERRUPT)));
}

/** Writes, reads back, restores. */
function onWindow(context: Context, windows: readonly Window[]): void {
  const { random, reserved } = context;
  const { name, mask, single } = random.pick(windows);
  const any = random.chance(0.2) ? mask : random.bits64() & mask;
  const value = single ? interruptBit(random) : any;
  const rs1 = context.constant(value);
  // Where stvec points to is no place to be sent to.
  if (context.clocked && name === "stvec" && context.mode === "s")
    context.csr("csrrci", "sstatus", { zimm: 1 << MSTATUS_BIT.SIE });
  context.csr("csrrs", name, { rd: reserved.t1 });
  context.csr(single ? "csrrw" : random.pick(WRITES), name, { rd: context.target(), rs1 });
  if (random.chance(0.5)) context.csr("csrrs", name, { rd: context.target() });
  if (random.chance(0.2)) context.csr(random.pick(["csrrsi", "csrrci"]), name, { rd: context.target() });
  context.csr("csrrw", name, { rd: context.target(), rs1: reserved.t1 });
  if (name === "satp") context.emit("sfence.vma");
}

/** mepc and sepc, which hold even addresses. */
function onExceptionPc(context: Context, name: string): void {
  const { random } = context;
  const rs1 = context.constant(random.operand() & ~1n);
  context.csr(random.pick(WRITES), name, { rd: context.target(), rs1 });
  context.csr(random.pick(["csrrsi", "csrrci"]), name, { rd: context.target(), zimm: random.int(0, 15) * 2 });
}

/** Registers of higher levels, by mode. */
const TOO_HIGH: Readonly<Record<Mode, readonly string[]>> = {
  m: [],
  s: [...SCRATCH_M, "mstatus", "mtvec", "mie", "pmpcfg0", "mhartid"],
  u: [...SCRATCH_M, ...SCRATCH_S, "mstatus", "pmpcfg0", "satp", "sstatus", "stvec"],
};

/** An access that is illegal in the present mode, or in any. */
export function illegalCsr(context: Context): void {
  const { random, mode } = context;
  const operands = { rd: context.target(), rs1: random.int(1, 31) };
  const high = [...TOO_HIGH[mode], ...(mode === "s" && context.tvm ? ["satp"] : [])];
  const kind = random.int(0, 2);
  if (kind === 0) context.csr(random.pick(WRITES), random.pick(MISSING), operands);
  else if (kind === 1 || high.length === 0) {
    context.csr("csrrw", random.pick(["mvendorid", "mhartid", "cycle", "time", "hpmcounter3"]), operands);
  } else context.csr(random.pick(WRITES), random.pick(high), operands);
}

export function csrs(context: Context): void {
  const { random, mode } = context;
  for (let n = mode === "u" ? 1 : random.int(2, 6); n > 0; n--) {
    const kind = random.int(0, 10);
    if (mode === "u" || kind === 0) illegalCsr(context);
    else if (kind === 1) onExceptionPc(context, mode === "m" ? random.pick(["mepc", "sepc"]) : "sepc");
    else if (kind <= 3) onScratch(context, mode === "m" ? [...SCRATCH_M, ...SCRATCH_S] : SCRATCH_S);
    else if (kind === 4) onWord(context, mode === "m" ? [...WORD_M, ...WORD_S] : WORD_S);
    else if (kind <= 7) onWindow(context, mode === "m" ? WINDOWS_M : WINDOWS_S);
    else if (kind === 10) onTimer(context);
    else if (mode === "s") onScratch(context, SCRATCH_S);
    else if (kind === 8)
      context.csr("csrrs", random.pick([...READ_ONLY, ...ZEROS]), { rd: context.target() });
    else context.csr("csrrw", random.pick(COUNTERS), { rs1: random.int(0, 31) });
  }
}
