/** What registers are for: the general ones by the calling convention (psABI, chapter 1), the others by the manual. */
import { CSRS } from "../../spec/csrs.ts";

const ROLES: readonly [RegExp, string][] = [
  [/^pc$/, "the address of the instruction that is next"],
  [/^ra$/, "return address: where the function goes back to"],
  [/^sp$/, "stack pointer"],
  [/^gp$/, "global pointer: small data of the program"],
  [/^tp$/, "thread pointer; in the kernel, the current task"],
  [/^a0$/, "first argument, and the value that a function returns"],
  [/^a7$/, "eighth argument; at an ecall, the number of the call"],
  [/^s0$/, "frame pointer, kept by whoever is called"],
  [/^a\d$/, "argument of a function"],
  [/^t\d$/, "temporary: lost when a function is called"],
  [/^s\d+$/, "saved: kept by whoever is called"],
  [/^fa\d$/, "floating-point argument; fa0 is returned"],
  [/^ft\d+$/, "floating-point temporary"],
  [/^fs\d+$/, "floating-point register that is kept by whoever is called"],
];

const CSR_ROLES = new Map(CSRS.map(({ name, doc }) => [name, doc]));

/** A few words; empty for a register that is not known. */
export function roleOf(register: string): string {
  return ROLES.find(([name]) => name.test(register))?.[1] ?? CSR_ROLES.get(register) ?? "";
}
