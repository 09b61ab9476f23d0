/** The registers that are compared, as both sides lay them out: 64-bit words as pairs of 32-bit halves. */
import { ABI_NAMES } from "../../host/registers.ts";

/** In the order of QEMU's log. */
export const CSR_SLOTS = [
  "pc",
  "mhartid",
  "mstatus",
  "mip",
  "mie",
  "mideleg",
  "medeleg",
  "mtvec",
  "stvec",
  "mepc",
  "sepc",
  "mcause",
  "scause",
  "mtval",
  "stval",
  "mscratch",
  "sscratch",
  "satp",
] as const;

const SLOT_NAMES: readonly string[] = [
  ...CSR_SLOTS,
  ...ABI_NAMES.map((name, index) => `x${index}/${name}`),
  ...Array.from({ length: 32 }, (_, index) => `f${index}`),
];
export const PC = CSR_SLOTS.indexOf("pc");
export const MIP = CSR_SLOTS.indexOf("mip");
export const MTVEC = CSR_SLOTS.indexOf("mtvec");
export const MEPC = CSR_SLOTS.indexOf("mepc");
export const MCAUSE = CSR_SLOTS.indexOf("mcause");
export const SCAUSE = CSR_SLOTS.indexOf("scause");
export const MTVAL = CSR_SLOTS.indexOf("mtval");
export const STVAL = CSR_SLOTS.indexOf("stval");
export const X0 = CSR_SLOTS.length;
export const F0 = X0 + 32;

/** State before an instruction: a low and a high half for each slot, then the privilege level. */
export type State = Uint32Array;
export const PRIV = 2 * SLOT_NAMES.length;
export const newState = (): State => new Uint32Array(PRIV + 1);

export function slot(state: State, index: number): bigint {
  return (BigInt(state[2 * index + 1] ?? 0) << 32n) | BigInt(state[2 * index] ?? 0);
}

const LEVELS = ["U", "S", "?", "M"];
const hex = (value: bigint): string => value.toString(16).padStart(16, "0");

/** Names of slots in which the states differ. */
export function differences(one: State, other: State): string[] {
  const names = SLOT_NAMES.filter((_, index) => slot(one, index) !== slot(other, index));
  return one[PRIV] === other[PRIV] ? names : ["priv", ...names];
}

/** Both states side by side; slots that differ are marked. */
export function showStates(ours: State, theirs: State): string {
  const line = (name: string, a: string, b: string): string =>
    `${a === b ? " " : "*"} ${name.padEnd(10)} ${a.padStart(16)} ${a === b ? "" : b.padStart(16)}`.trimEnd();
  return [
    `  ${"".padEnd(10)} ${"ours".padStart(16)} ${"QEMU, where other".padStart(16)}`,
    line("priv", LEVELS[ours[PRIV] ?? 2] ?? "?", LEVELS[theirs[PRIV] ?? 2] ?? "?"),
    ...SLOT_NAMES.map((name, index) => line(name, hex(slot(ours, index)), hex(slot(theirs, index)))),
  ].join("\n");
}
