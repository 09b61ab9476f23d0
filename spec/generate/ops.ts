/** The operations of the interpreter: each instruction in each of the forms that decoding distinguishes. */
import type { Instruction, InstructionSet } from "../isa/reader.ts";

/** Slots that are no instruction. Their ids come first, in this order. */
export const PSEUDO_OPS = ["UNDECODED", "NEXT_PAGE", "STRADDLE", "BREAK", "ILLEGAL"] as const;

/** One case of the interpreter's switch. */
export interface Op {
  readonly id: number;
  readonly name: string;
  readonly instruction: Instruction;
  /** Bytes to the next instruction. */
  readonly length: 2 | 4;
  /** The target lies on the same page: the slot holds the distance in slots instead of in code. */
  readonly near: boolean;
}

/** Constant name of an op: `lr.w` → OP_LR_W, compressed `_C`, near `_NEAR`. */
function opName(instruction: Instruction, length: 2 | 4, near: boolean): string {
  return `OP_${instruction.name.toUpperCase().replaceAll(".", "_")}${length === 2 ? "_C" : ""}${near ? "_NEAR" : ""}`;
}

/** All ops in the order of their ids. A near form directly follows its far form. Hints are decoded as the line they belong to. */
export function listOps(set: InstructionSet): Op[] {
  const ops: Op[] = [];
  const compressible = new Set(set.compressed.map((line) => line.expandsTo));
  for (const instruction of set.instructions) {
    if (instruction.meaning.kind === "hint") continue;
    for (const length of [4, 2] as const) {
      if (length === 2 && !compressible.has(instruction.name)) continue;
      const add = (near: boolean) =>
        ops.push({
          id: PSEUDO_OPS.length + ops.length,
          name: opName(instruction, length, near),
          instruction,
          length,
          near,
        });
      add(false);
      if (hasNearForm(instruction)) add(true);
    }
  }
  return ops;
}

/** Whether the target of a transfer is known when it is decoded. */
export function hasNearForm(instruction: Instruction): boolean {
  return instruction.timing === "branch" || instruction.timing === "jump";
}

/** Finds the op of an instruction by its forms. */
export function findOp(ops: readonly Op[], name: string, length: 2 | 4): Op {
  const op = ops.find(
    (candidate) => candidate.instruction.name === name && candidate.length === length && !candidate.near,
  );
  if (!op) throw new Error(`no op for "${name}" of ${length} bytes`);
  return op;
}
