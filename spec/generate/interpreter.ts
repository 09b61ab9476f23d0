/** Prints the interpreter's loop: one case per op, from the meanings of the instruction set. */
import { type Expression, isFloat, type Statement } from "../isa/meaning.ts";
import {
  FLOAT_NAMES,
  functionsOf,
  LOAD,
  NAMES,
  type Names,
  PC,
  printExpression,
  printValue,
  setRd,
} from "./expression.ts";
import { floatFunction, isFloatFunction } from "./float.ts";
import type { Op } from "./ops.ts";

/**
 * How an interpreter keeps time. The functional one takes a cycle for each instruction, at its start. The timed one
 * tells the pipeline model (assembly/timing) what retired, and takes the cycles that it answers.
 */
export interface Timekeeping {
  readonly name: string;
  readonly imports: string;
  /** Type of the fuel, and the test that there is some. */
  readonly fuel: string;
  readonly goesOn: string;
  /** Statements before every instruction, and where it turned out to be none. */
  readonly tick: string;
  readonly untick: string;
  /** Statements at the start of the function, before `enter`, and after it. */
  readonly begin: string;
  readonly entering: string;
  readonly entered: string;
  /** Statements when the instruction at `slot` left the fast path, retired or trapped. */
  readonly left: string;
  /** Statements before the meaning, for instructions that read the time, which includes their own. */
  readonly before: (op: Op) => string[];
  /** Statements when an instruction retired. */
  readonly retire: (op: Op) => string[];
  /** Statements when a branch was decided (the condition is in `taken`), and before a jump to the address `to`. */
  readonly branch: (op: Op, to: string) => string[];
  readonly jump: (op: Op, to: string) => string[];
}

const FUNCTIONAL: Timekeeping = {
  name: "interpret",
  imports: "",
  fuel: "u32",
  goesOn: "fuel != 0",
  tick: "fuel--;",
  untick: "fuel++;",
  begin: "",
  entering: "",
  entered: "",
  left: "",
  before: () => [],
  retire: () => [],
  branch: () => [],
  jump: () => [],
};

/** Saves what slow paths need: the pc for a trap, the fuel for the time. */
const SPILL = `store<u64>(h, ${PC}, HART_PC); store<u32>(h, fuel, HART_FUEL);`;
const LEAVE = "{ leave = true; break; }";
const LEAVE_IF_TRAPPED = `if (load<u32>(h, HART_TRAPPED)) ${LEAVE}`;

/** Address tag that an aligned access of that many bytes finds in its TLB entry; a misaligned one never does. */
const tag = (bytes: number) => `(va & ${bytes === 1 ? "~0xfff" : `(~0xfff | ${bytes - 1})`})`;

/** A load; `wrap` is a function of its value, such as `box32`. */
function printLoad(load: Load, names: Names): string[] {
  const { bits, signed, address, wrap } = load;
  const type = `${signed ? "i" : "u"}${bits}`;
  const extend = signed ? `<u64><i64><i${bits}>` : "";
  return [
    `const va: u64 = ${printExpression(address, names)};`,
    "const entry = readTlb + tlbIndex(va);",
    "let value: u64;",
    `if (load<u64>(entry) == ${tag(bits / 8)}) value = <u64>load<${type}>(<usize>va + <usize>load<u32>(entry, TLB_ADDEND));`,
    `else { ${SPILL} value = ${extend}loadSlow(h, va, ${bits / 8}); ${LEAVE_IF_TRAPPED} }`,
    setRd(wrap ? `${wrap}(value)` : "value"),
  ];
}

interface Load {
  readonly bits: number;
  readonly signed: boolean;
  readonly address: Expression;
  readonly wrap?: string;
}

/** The load that a value is, itself or as the only argument of a function. */
function asLoad(value: Expression): Load | undefined {
  if (value.kind !== "call") return undefined;
  const [address, ...rest] = value.args;
  if (!address || rest.length > 0) return undefined;
  const [, bits, sign] = LOAD.exec(value.name) ?? [];
  if (bits) return { bits: Number(bits), signed: sign === "s", address };
  const inner = asLoad(address);
  return inner && !inner.wrap ? { ...inner, wrap: value.name } : undefined;
}

function printStore(op: Op, bits: number, address: Expression, value: string, names: Names): string[] {
  return [
    `const va: u64 = ${printExpression(address, names)};`,
    "const entry = writeTlb + tlbIndex(va);",
    `if (load<u64>(entry) == ${tag(bits / 8)}) store<u${bits}>(<usize>va + <usize>load<u32>(entry, TLB_ADDEND), <u${bits}>${value});`,
    `else { ${SPILL} if (storeSlow(h, va, ${value}, ${bits / 8}, ${op.length})) ${LEAVE} }`,
  ];
}

function printAmo(bits: number, address: Expression, value: Expression): string[] {
  return [
    SPILL,
    `const va: u64 = ${printExpression(address, NAMES)};`,
    `const host = amoAddress(h, va, ${bits / 8});`,
    `if (host == 0) ${LEAVE}`,
    `const old: u64 = <u64>load<i${bits}>(host);`,
    `store<u${bits}>(host, <u${bits}>(${printExpression(value, NAMES)}));`,
    setRd("old"),
  ];
}

function printReserved(name: string, bits: number, args: readonly Expression[]): string[] {
  const [address, ...others] = args.map((argument) => printExpression(argument, NAMES));
  return [
    SPILL,
    `const va: u64 = ${address};`,
    `const value = ${name}(h, ${["va", ...others].join(", ")}, ${bits / 8});`,
    LEAVE_IF_TRAPPED,
    setRd("value"),
  ];
}

function printAssign(value: Expression, names: Names): string[] {
  const load = asLoad(value);
  if (load) return printLoad(load, names);
  if (value.kind === "call") {
    const [, what, bits] = /^(amo|lr|sc)(32|64)$/.exec(value.name) ?? [];
    const [first, second] = value.args;
    if (what === "amo" && first && second) return printAmo(Number(bits), first, second);
    if (what === "lr") return printReserved("loadReserved", Number(bits), value.args);
    if (what === "sc") return printReserved("storeConditional", Number(bits), value.args);
  }
  return [setRd(printValue(value, names))];
}

/** Where a near transfer goes: its slot holds eight times the distance. */
const NEAR_TARGET = `(${PC} + <u64>(load<i64>(slot, SLOT_IMM) >> 3))`;
const nextSlot = (op: Op) => `slot += ${op.length * 8}; continue;`;

/** What a floating-point instruction does that must not execute. */
const ILLEGAL_FLOAT = `{ ${SPILL} illegalFloat(h, slot); leave = true; break; }`;

/** Loads and stores are done here like the integer ones; the rest is a function of generated/float.ts, as this one must stay small. */
function printFloat(op: Op, meaning: Statement, time: Timekeeping): string[] {
  const retire = time.retire(op);
  if (isFloatFunction(op.instruction)) {
    return [`if (${floatFunction(op.instruction)}(h, slot)) ${ILLEGAL_FLOAT}`, ...retire, nextSlot(op)];
  }
  const body =
    meaning.kind === "store"
      ? printStore(
          op,
          meaning.bits,
          meaning.address,
          printExpression(meaning.value, FLOAT_NAMES),
          FLOAT_NAMES,
        )
      : meaning.kind === "assign"
        ? [...printAssign(meaning.value, FLOAT_NAMES), "markDirty(h);"]
        : [];
  return [`if (floatOff(h)) ${ILLEGAL_FLOAT}`, ...body, ...retire, nextSlot(op)];
}

function printBody(op: Op, meaning: Statement, time: Timekeeping): string[] {
  const print = (expression: Expression) => printExpression(expression, NAMES);
  const link = setRd(`${PC} + ${op.length}`);
  const retire = time.retire(op);
  if (isFloat(meaning)) return printFloat(op, meaning, time);
  switch (meaning.kind) {
    case "nop":
    case "hint":
      return [...time.before(op), ...retire, nextSlot(op)];
    case "assign":
      return [...time.before(op), ...printAssign(meaning.value, NAMES), ...retire, nextSlot(op)];
    case "store":
      return [
        ...printStore(op, meaning.bits, meaning.address, print(meaning.value), NAMES),
        ...retire,
        nextSlot(op),
      ];
    case "helper":
      return [...time.before(op), SPILL, `if (${meaning.name}(h, slot)) ${LEAVE}`, ...retire, nextSlot(op)];
    case "branch":
      return printBranch(op, print(meaning.condition), print(meaning.target), time);
    case "jump":
      if (op.near)
        return [link, ...time.jump(op, NEAR_TARGET), "slot += <usize>load<u32>(slot, SLOT_IMM); continue;"];
      return [`target = ${print(meaning.target)};`, link, ...time.jump(op, "target"), "break;"];
  }
}

function printBranch(op: Op, condition: string, target: string, time: Timekeeping): string[] {
  const decided = time.branch(op, op.near ? NEAR_TARGET : target);
  const taken = decided.length > 0 ? "taken" : condition;
  const decide = decided.length > 0 ? [`const taken = ${condition};`, ...decided] : [];
  if (op.near)
    return [...decide, `slot += ${taken} ? <usize>load<u32>(slot, SLOT_IMM) : ${op.length * 8}; continue;`];
  return [...decide, `if (${taken}) { target = ${target}; break; }`, nextSlot(op)];
}

/** The functions of assembly/insn/helpers.ts that meanings name. */
function helperNames(ops: readonly Op[]): string[] {
  const names = ops.flatMap(({ instruction: { meaning } }) =>
    meaning.kind === "helper" ? [meaning.name] : [],
  );
  return [...new Set(names)];
}

export function printInterpreter(ops: readonly Op[], time: Timekeeping = FUNCTIONAL): string {
  const cases = ops.map((op) => {
    const body = printBody(op, op.instruction.meaning, time);
    return `        case ${op.name}: {\n${body.map((text) => `          ${text}`).join("\n")}\n        }`;
  });
  const instructions = [...new Set(ops.map((op) => op.instruction))];
  const float = instructions.filter(isFloatFunction);
  const meanings = instructions.filter((line) => !isFloatFunction(line)).map((line) => line.meaning);
  return `/** The interpreter's loop. */
import { ${functionsOf(meanings.filter((meaning) => !isFloat(meaning))).join(", ")} } from '../insn/functions';
import { ${helperNames(ops).join(", ")} } from '../insn/helpers';
import { ${functionsOf(meanings.filter(isFloat)).join(", ")} } from '../fp/functions';
import { floatOff, illegalFloat, markDirty } from '../fp/state';
import { ${float.map(floatFunction).join(", ")} } from './float';
import { amoAddress, loadReserved, loadSlow, storeConditional, storeSlow } from '../mmu/access';
import { TLB_ADDEND, tlbIndex } from '../mmu/tlb';
import { SLOT_IMM, SLOT_RD, SLOT_RS1, SLOT_RS2 } from '../block/slot';
import { decodeSlot } from '../block/code-cache';
import { breakHere, decodeAlone, enter } from '../block/fetch';
import { illegalInstruction } from '../hart/trap';
import { HART_FETCHTLB, HART_FUEL, HART_PC, HART_READTLB, HART_TRAPPED, HART_WRITETLB } from './layout';
${time.imports}
import { ${ops.map((entry) => entry.name).join(", ")}, OP_BREAK, OP_NEXT_PAGE, OP_STRADDLE, OP_UNDECODED } from './ops';

/**
 * Runs hart \`h\` (the address of its record) for \`fuel\` cycles, or until it waits or must stop.
 * Returns the fuel left. On return the hart's pc is current.
 *
 * \`slot\` is the decoded instruction; the pc is \`pcBase + slot / 8\`, so that stepping moves one number only.
 */
export function ${time.name}(h: usize, fuel: ${time.fuel}): ${time.fuel} {
  ${time.begin}
  while (${time.goesOn}) {
    store<u32>(h, fuel, HART_FUEL);
    ${time.entering}
    let slot = enter(h);
    fuel = load<${time.fuel}>(h, HART_FUEL);
    ${time.entered}
    if (slot == 0) {
      if (load<u32>(h, HART_TRAPPED)) continue;
      return fuel;
    }
    let pcBase: u64 = load<u64>(h, HART_PC) - <u64>(slot >>> 3);
    const readTlb = <usize>load<u32>(h, HART_READTLB);
    const writeTlb = <usize>load<u32>(h, HART_WRITETLB);
    const fetchTlb = <usize>load<u32>(h, HART_FETCHTLB);
    let leave = false;
    let target: u64 = 0;
    while (${time.goesOn}) {
      ${time.tick}
      switch (<i32>load<u16>(slot)) {
${cases.join("\n")}
        case OP_UNDECODED: {
          ${time.untick}
          decodeSlot(slot);
          continue;
        }
        case OP_NEXT_PAGE: {
          ${time.untick}
          target = ${PC};
          break;
        }
        case OP_STRADDLE: {
          ${SPILL}
          target = ${PC};
          slot = decodeAlone(h, target);
          if (slot == 0) ${LEAVE}
          ${time.untick}
          pcBase = target - <u64>(slot >>> 3);
          continue;
        }
        case OP_BREAK: {
          ${time.untick}
          ${SPILL}
          target = ${PC};
          slot = breakHere(h, target);
          if (slot == 0) {
            fuel = load<${time.fuel}>(h, HART_FUEL);
            if (load<u32>(h, HART_TRAPPED)) ${LEAVE}
            return fuel;
          }
          pcBase = target - <u64>(slot >>> 3);
          continue;
        }
        default: {
          ${SPILL}
          illegalInstruction(h, load<u64>(slot, SLOT_IMM));
          leave = true;
        }
      }
      if (leave) {
        ${time.left}
        break;
      }
      const entry = fetchTlb + tlbIndex(target);
      if (load<u64>(entry) == (target & ~0xfff)) {
        slot = <usize>load<u32>(entry, TLB_ADDEND) + ((<usize>target & 0xffe) << 3);
        pcBase = target - <u64>(slot >>> 3);
      } else {
        store<u64>(h, target, HART_PC);
        leave = true;
        break;
      }
    }
    if (!leave) store<u64>(h, pcBase + <u64>(slot >>> 3), HART_PC);
  }
  return fuel;
}
`;
}
