/** Prints the cases of an interpreter's switch, one for each op, from the meanings of the instruction set. */
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

/** What an interpreter does around the meanings of instructions, as statements. */
export interface Frame {
  /** Whether it executes the op; it leaves the others to somebody else by `apart`. */
  readonly executes: (op: Op) => boolean;
  readonly apart: string;
  /** The TLB arrays of loads and stores. */
  readonly readTlb: string;
  readonly writeTlb: string;
  /** What is done about a store that the TLB does not find, if not the store. */
  readonly insteadOfSlowStore?: (bytes: number) => string;
  /** Saves what slow paths need: the pc for a trap, the fuel for the time. */
  readonly spill: string;
  /** Leaves the loop: the instruction trapped, or the hart must look around before it goes on. */
  readonly leave: string;
  /** Before the meaning of an instruction. */
  readonly before: (op: Op) => string[];
  /** Go on with the next instruction: behind a load or a store of the address `va` (`host` in linear memory, 0 when it is slow), behind anything else. */
  readonly loaded: (op: Op) => string[];
  readonly stored: (op: Op, bytes: number) => string[];
  readonly next: (op: Op) => string[];
  /** Go on from a branch and from a jump to `target`. */
  readonly branch: (op: Op, condition: string, target: string) => string[];
  readonly jump: (op: Op, target: string) => string[];
}

/** Address tag that an aligned access of that many bytes finds in its TLB entry; a misaligned one never does. */
const tag = (bytes: number) => `(va & ${bytes === 1 ? "~0xfff" : `(~0xfff | ${bytes - 1})`})`;

/** A load; `wrap` is a function of its value, such as `box32`. */
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

/** Where a near transfer goes: its slot holds eight times the distance. */
const NEAR_TARGET = `(${PC} + <u64>(load<i64>(slot, SLOT_IMM) >> 3))`;

class CasePrinter {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  print(op: Op): string {
    const { executes, apart, before } = this.#frame;
    const body = executes(op) ? [...before(op), ...this.#body(op, op.instruction.meaning)] : [apart];
    return `        case ${op.name}: {\n${body.map((text) => `          ${text}`).join("\n")}\n        }`;
  }

  #body(op: Op, meaning: Statement): string[] {
    const { spill, leave, next, branch, jump } = this.#frame;
    if (isFloat(meaning)) return this.#float(op, meaning);
    const print = (expression: Expression) => printExpression(expression, NAMES);
    switch (meaning.kind) {
      case "nop":
      case "hint":
        return next(op);
      case "assign":
        return this.#assign(op, meaning.value, NAMES, []);
      case "store":
        return this.#store(op, meaning.bits, meaning.address, print(meaning.value), NAMES);
      case "helper":
        return [spill, `if (${meaning.name}(h, slot)) ${leave}`, ...next(op)];
      case "branch":
        return branch(op, print(meaning.condition), op.near ? NEAR_TARGET : print(meaning.target));
      case "jump": {
        const link = setRd(`${PC} + ${op.length}`);
        if (op.near) return [link, ...jump(op, NEAR_TARGET)];
        return [`target = ${print(meaning.target)};`, link, ...jump(op, "target")];
      }
    }
  }

  /** Loads and stores are done here like the integer ones; the rest is a function of generated/float.ts, as the loop must stay small. */
  #float(op: Op, meaning: Statement): string[] {
    const { spill, leave, next } = this.#frame;
    const illegal = `{ ${spill} illegalFloat(h, slot); ${leave} }`;
    if (isFloatFunction(op.instruction)) {
      return [`if (${floatFunction(op.instruction)}(h, slot)) ${illegal}`, ...next(op)];
    }
    const access =
      meaning.kind === "store"
        ? this.#store(
            op,
            meaning.bits,
            meaning.address,
            printExpression(meaning.value, FLOAT_NAMES),
            FLOAT_NAMES,
          )
        : meaning.kind === "assign"
          ? this.#assign(op, meaning.value, FLOAT_NAMES, ["markDirty(h);"])
          : next(op);
    return [`if (floatOff(h)) ${illegal}`, ...access];
  }

  /** `then`: statements behind the assignment. */
  #assign(op: Op, value: Expression, names: Names, then: readonly string[]): string[] {
    const load = asLoad(value);
    if (load) return [...this.#load(load, names), ...then, ...this.#frame.loaded(op)];
    return [...this.#value(value, names), ...then, ...this.#frame.next(op)];
  }

  #value(value: Expression, names: Names): string[] {
    if (value.kind === "call") {
      const [, what, bits] = /^(amo|lr|sc)(32|64)$/.exec(value.name) ?? [];
      const [first, second] = value.args;
      if (what === "amo" && first && second) return this.#amo(Number(bits), first, second);
      if (what === "lr") return this.#reserved("loadReserved", Number(bits), value.args);
      if (what === "sc") return this.#reserved("storeConditional", Number(bits), value.args);
    }
    return [setRd(printValue(value, names))];
  }

  #load({ bits, signed, address, wrap }: Load, names: Names): string[] {
    const { readTlb, spill, leave } = this.#frame;
    const type = `${signed ? "i" : "u"}${bits}`;
    const extend = signed ? `<u64><i64><i${bits}>` : "";
    return [
      `const va: u64 = ${printExpression(address, names)};`,
      `const entry = ${readTlb} + tlbIndex(va);`,
      "let value: u64;",
      "let host: usize = 0;",
      `if (load<u64>(entry) == ${tag(bits / 8)}) { host = <usize>va + <usize>load<u32>(entry, TLB_ADDEND); value = <u64>load<${type}>(host); }`,
      `else { ${spill} value = ${extend}loadSlow(h, va, ${bits / 8}); if (load<u32>(h, HART_TRAPPED)) ${leave} }`,
      setRd(wrap ? `${wrap}(value)` : "value"),
    ];
  }

  #store(op: Op, bits: number, address: Expression, value: string, names: Names): string[] {
    const { writeTlb, spill, leave, stored, insteadOfSlowStore } = this.#frame;
    const slow = `${spill} if (storeSlow(h, va, ${value}, ${bits / 8}, ${op.length})) ${leave}`;
    return [
      `const va: u64 = ${printExpression(address, names)};`,
      `const entry = ${writeTlb} + tlbIndex(va);`,
      "let host: usize = 0;",
      `if (load<u64>(entry) == ${tag(bits / 8)}) { host = <usize>va + <usize>load<u32>(entry, TLB_ADDEND); store<u${bits}>(host, <u${bits}>${value}); }`,
      `else { ${insteadOfSlowStore?.(bits / 8) ?? slow} }`,
      ...stored(op, bits / 8),
    ];
  }

  #amo(bits: number, address: Expression, value: Expression): string[] {
    const { spill, leave } = this.#frame;
    return [
      spill,
      `const va: u64 = ${printExpression(address, NAMES)};`,
      `const host = amoAddress(h, va, ${bits / 8});`,
      `if (host == 0) ${leave}`,
      `const old: u64 = <u64>load<i${bits}>(host);`,
      `store<u${bits}>(host, <u${bits}>(${printExpression(value, NAMES)}));`,
      setRd("old"),
    ];
  }

  #reserved(name: string, bits: number, args: readonly Expression[]): string[] {
    const { spill, leave } = this.#frame;
    const [address, ...others] = args.map((argument) => printExpression(argument, NAMES));
    return [
      spill,
      `const va: u64 = ${address};`,
      `const value = ${name}(h, ${["va", ...others].join(", ")}, ${bits / 8});`,
      `if (load<u32>(h, HART_TRAPPED)) ${leave}`,
      setRd("value"),
    ];
  }
}

/** The cases of all ops. */
export function printCases(ops: readonly Op[], frame: Frame): string {
  const printer = new CasePrinter(frame);
  return ops.map((op) => printer.print(op)).join("\n");
}

/** Imports for the cases of `ops` that the frame executes, and the constants of all. */
export function printCaseImports(ops: readonly Op[], frame: Frame): string {
  const instructions = [...new Set(ops.filter(frame.executes).map((op) => op.instruction))];
  const float = instructions.filter(isFloatFunction);
  const meanings = instructions.filter((line) => !isFloatFunction(line)).map((line) => line.meaning);
  const helpers = new Set(meanings.flatMap((meaning) => (meaning.kind === "helper" ? [meaning.name] : [])));
  const from = (names: Iterable<string>, module: string) =>
    [...names].length > 0 ? `import { ${[...names].join(", ")} } from '${module}';\n` : "";
  return (
    from(functionsOf(meanings.filter((meaning) => !isFloat(meaning))), "../insn/functions") +
    from(helpers, "../insn/helpers") +
    from(functionsOf(meanings.filter(isFloat)), "../fp/functions") +
    from(["floatOff", "illegalFloat", "markDirty"], "../fp/state") +
    from(float.map(floatFunction), "./float") +
    from(
      ops.map(({ name }) => name),
      "./ops",
    )
  );
}
