/** Prints expressions of the meaning language as AssemblyScript. */
import { COMPARISONS, type Expression, namesIn, type Statement } from "../isa/meaning.ts";

const RS1 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS1))";
const RS2 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS2))";
export const PC = "(pcBase + <u64>(slot >>> 3))";
/** The instruction word in a floating-point slot has the third operand's number in its top five bits. */
const FS3 = "load<u64>(h + <usize>((rawInstruction(slot) >>> 24) & 0xf8), HART_F)";

/** How a value of the language is printed. */
export type Names = Readonly<Record<string, string>>;

/** Values in an ordinary slot. */
export const NAMES: Names = {
  rs1: RS1,
  rs2: RS2,
  imm: "load<u64>(slot, SLOT_IMM)",
  pc: PC,
  old: "old",
};

/** Values in a floating-point slot: registers are offsets like others, the immediate has 32 bits. */
export const FLOAT_NAMES: Names = {
  ...NAMES,
  imm: "<u64>load<i32>(slot, SLOT_IMM)",
  fs1: RS1,
  fs2: RS2,
  fs3: FS3,
  rm: "rm",
  zimm: "<u64>((rawInstruction(slot) >>> 15) & 31)",
};

/** Operators as AssemblyScript writes them on u64; signed ones cast their operands. */
const OPERATORS: Readonly<Record<string, string>> = {
  "<s": "<",
  "<u": "<",
  ">=s": ">=",
  ">=u": ">=",
  ">>s": ">>",
  ">>u": ">>",
};

export function printExpression(expression: Expression, names: Names): string {
  const print = (inner: Expression): string => printExpression(inner, names);
  switch (expression.kind) {
    case "number":
      return `<u64>${expression.value}`;
    case "name": {
      const text = names[expression.name];
      if (!text) throw new Error(`unknown name "${expression.name}" in a meaning`);
      return text;
    }
    case "binary": {
      const { operator } = expression;
      const signed = operator.endsWith("s");
      const [left, right] = [expression.left, expression.right].map((operand) => {
        const text = printValue(operand, names);
        return signed ? `<i64>(${text})` : text;
      });
      const text = `(${left} ${OPERATORS[operator] ?? operator} ${right})`;
      return COMPARISONS.has(operator) ? text : `<u64>${text}`;
    }
    case "call": {
      const args = expression.args.map(print);
      const [, kind, bits] = EXTENSION.exec(expression.name) ?? [];
      if (kind === "s") return `<u64><i64><i${bits}>(${args[0]})`;
      if (kind === "z") return `<u64><u${bits}>(${args[0]})`;
      if (FLOAT_FUNCTION.test(expression.name)) args.unshift("h");
      return `${expression.name}(${args.join(", ")})`;
    }
  }
}

/** A result register's new value. */
export const setRd = (value: string) => `store<u64>(h + <usize>load<u16>(slot, SLOT_RD), ${value});`;

/** The value of an assignment as text, comparisons widened to 64 bits. */
export function printValue(value: Expression, names: Names): string {
  const text = printExpression(value, names);
  return value.kind === "binary" && COMPARISONS.has(value.operator) ? `<u64>${text}` : text;
}

/** Calls that reach memory and may trap: their results are taken by a statement of their own. */
export const LOAD = /^load(8|16|32|64)([su]?)$/;
/** Functions of assembly/fp, which get the hart as well: its flags are theirs to raise. */
const FLOAT_FUNCTION = /^f(16|32|64)_/;
/** Sign and zero extension of the low bits. */
const EXTENSION = /^([sz])ext(8|16|32)$/;
/** Functions that the printers know themselves. */
const BUILT_IN = /^([sz]ext\d+|load\d+[su]?|amo\d+|lr\d+|sc\d+)$/;

/** The functions that statements call, for an import. */
export function functionsOf(statements: readonly Statement[]): string[] {
  const names = statements.flatMap((statement) => [...namesIn(statement).functions]);
  return [...new Set(names)].filter((name) => !BUILT_IN.test(name)).sort();
}
