/** Registers of a hart by the names that people use: ABI names, x and f numbers, pc, priv, CSRs. */
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

/** ABI names of f0..f31. */
export const FLOAT_NAMES = [
  ...["ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1"],
  ...["fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7"],
  ...["fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11"],
  ...["ft8", "ft9", "ft10", "ft11"],
] as const;

const FLOAT_NUMBERS: ReadonlyMap<string, number> = new Map(
  FLOAT_NAMES.flatMap((name, index) => [[name, index] as const, [`f${index}`, index] as const]),
);

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
      const float = FLOAT_NUMBERS.get(name);
      if (float !== undefined) return record.get("f", float);
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
      const float = FLOAT_NUMBERS.get(name);
      if (float !== undefined) {
        record.set("f", value, float);
        return true;
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
