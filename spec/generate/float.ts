/** Prints the floating-point instructions, a function each, from the meanings of the instruction set. */
import { isFloat, namesIn } from "../isa/meaning.ts";
import type { Instruction } from "../isa/reader.ts";
import { FLOAT_NAMES, functionsOf, printValue, setRd } from "./expression.ts";

/** Whether an instruction is floating-point arithmetic or a move: all but the loads and stores. */
export function isFloatFunction({ meaning, timing }: Instruction): boolean {
  return isFloat(meaning) && timing !== "load" && timing !== "store";
}

/** The name of an instruction's function: `fadd.d` → fadd_d. */
export function floatFunction(instruction: Instruction): string {
  return instruction.name.replaceAll(".", "_");
}

function printFunction(instruction: Instruction): string {
  const { meaning } = instruction;
  if (meaning.kind !== "assign") throw new Error(`${instruction.name}: floating point is assignments only`);
  const rounds = namesIn(meaning).values.has("rm");
  const lines = [
    "if (floatOff(h)) return true;",
    ...(rounds ? ["const rm = roundingMode(h, rawInstruction(slot));", "if (rm > RMM) return true;"] : []),
    setRd(printValue(meaning.value, FLOAT_NAMES)),
    ...(meaning.target === "fd" ? ["markDirty(h);"] : []),
    "return false;",
  ];
  return `export function ${floatFunction(instruction)}(h: usize, slot: usize): bool {\n${lines.map((line) => `  ${line}`).join("\n")}\n}`;
}

/** generated/float.ts */
export function printFloat(instructions: readonly Instruction[]): string {
  const lines = instructions.filter(isFloatFunction);
  return `/** Floating-point instructions. Each gets the hart and the decoded slot, and returns true when it is illegal. */
import { ${functionsOf(lines.map((line) => line.meaning)).join(", ")} } from '../fp/functions';
import { RMM, floatOff, markDirty, roundingMode } from '../fp/state';
import { SLOT_RD, SLOT_RS1, SLOT_RS2, rawInstruction } from '../block/slot';
import { HART_F } from './layout';

${lines.map(printFunction).join("\n\n")}
`;
}
