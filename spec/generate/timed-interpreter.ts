/** Prints the interpreter that keeps the time of a pipeline: the same meanings, with calls of the model between. */
import { printInterpreter, type Timekeeping } from "./interpreter.ts";
import type { Op } from "./ops.ts";
import { timingClass } from "./timing-classes.ts";

const PC = "(pcBase + <u64>(slot >>> 3))";
const RS1 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS1))";
const RS2 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS2))";

/** A call of the model with what every class needs, and more. */
const call = (name: string, op: Op, ...more: Array<string | number | boolean>) =>
  `fuel -= ${name}(${["h", "m", "slot", PC, op.length, ...more].join(", ")});`;

function printRetire(op: Op): string[] {
  const { kind, size, latency } = timingClass(op.instruction);
  switch (kind) {
    case "alu":
      return [call("retireAlu", op)];
    case "multiply":
      return [call("retireMultiply", op)];
    case "load":
      return [call("retireLoad", op, "va")];
    case "store":
      return [call("retireStore", op, "va", size ?? 8)];
    case "atomic":
      return [call("retireAtomic", op, "va")];
    case "float":
      return [call("retireFloat", op, latency ?? 0)];
    case "fused":
      return [call("retireFused", op, latency ?? 0)];
    case "floatDivide":
      return [call("retireFloatDivide", op, latency ?? 0)];
    case "fence":
      return [`fuel -= retireFence(h, m, slot, ${PC}, FLUSH_FENCE);`];
    case "fenceI":
      return [`fuel -= retireFence(h, m, slot, ${PC}, FLUSH_FENCE_I);`];
    default:
      return [];
  }
}

function printBefore(op: Op): string[] {
  const { kind, isSigned, isWord } = timingClass(op.instruction);
  // Sources may be overwritten by the result, so what depends on them is told before.
  if (kind === "divide") return [call("retireDivide", op, RS1, RS2, isSigned ?? false, isWord ?? false)];
  if (kind === "csr") return [`fuel -= retireCsr(h, m, slot, ${PC}, csrFlushes(slot));`];
  return [];
}

export const TIMED: Timekeeping = {
  name: "interpretTimed",
  imports: `import { retireAlu, retireBranch, retireDivide, retireIndirect, retireJump, retireMultiply } from '../timing/retire';
import { retireAtomic, retireLoad, retireStore } from '../timing/memory';
import { csrFlushes, FLUSH_FENCE, FLUSH_FENCE_I, goesOn, retireCsr, retireFence, retireLeaving } from '../timing/system';
import { timingOf } from '../timing/model';
import { retireFloat, retireFloatDivide, retireFused } from '../timing/float';`,
  fuel: "i32",
  goesOn: "fuel > 0",
  tick: "",
  untick: "",
  begin: "const m = timingOf(h);",
  entering: "const from = load<u64>(h, HART_PC);",
  entered: "goesOn(h, m, from);",
  left: "if (slot) fuel -= retireLeaving(h, m, slot, pcBase + <u64>(slot >>> 3));",
  before: printBefore,
  retire: printRetire,
  branch: (op, to) => [call("retireBranch", op, to, "taken")],
  jump: (op, to) => [
    call(timingClass(op.instruction).kind === "indirect" ? "retireIndirect" : "retireJump", op, to),
  ],
};

export function printTimedInterpreter(ops: readonly Op[]): string {
  return printInterpreter(ops, TIMED);
}
