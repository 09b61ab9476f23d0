/** Registers of a hart by the names that people use: ABI names, x numbers, pc, priv, CSRs. */
import type { Core } from "./core/core.ts";

/** ABI names of x0..x31 (psABI, chapter 1). */
export const ABI_NAMES = [
  "zero",
  "ra",
  "sp",
  "gp",
  "tp",
  "t0",
  "t1",
  "t2",
  "s0",
  "s1",
  "a0",
  "a1",
  "a2",
  "a3",
  "a4",
  "a5",
  "a6",
  "a7",
  "s2",
  "s3",
  "s4",
  "s5",
  "s6",
  "s7",
  "s8",
  "s9",
  "s10",
  "s11",
  "t3",
  "t4",
  "t5",
  "t6",
] as const;

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...ABI_NAMES.map((name, index) => [name, index] as const),
  ...ABI_NAMES.map((_, index) => [`x${index}`, index] as const),
  ["fp", 8],
]);

export interface RegisterAccess {
  /** The value, unsigned; undefined when no register has that name. */
  read(hart: number, name: string): bigint | undefined;
  /** False when no register has that name or it cannot be written. */
  write(hart: number, name: string, value: bigint): boolean;
}

export function registerAccess(core: Core): RegisterAccess {
  return {
    read(hart, name) {
      const record = core.hart(hart);
      const number = NUMBERS.get(name);
      if (number !== undefined) return record.get("x", number);
      if (name === "pc" || name === "priv") return record.get(name);
      return core.readCsr(hart, name);
    },
    write(hart, name, value) {
      const record = core.hart(hart);
      const number = NUMBERS.get(name);
      if (number !== undefined) {
        if (number > 0) record.set("x", value, number);
        return number > 0;
      }
      if (name === "pc") {
        record.set("pc", value & ~1n);
        record.set("resumePc", -1n);
        return true;
      }
      if (name === "priv") {
        if (value !== 0n && value !== 1n && value !== 3n) return false;
        record.set("priv", value);
        core.contextWritten(hart);
        return true;
      }
      return core.writeCsr(hart, name, value);
    },
  };
}
