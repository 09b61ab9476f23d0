/** The floating-point operations under test: every line of the tables that is neither a load nor a store. */
import { isFloat, namesIn } from "../../spec/isa/meaning.ts";
import type { Instruction } from "../../spec/isa/reader.ts";
import { INSTRUCTION_SET } from "../core/encode.ts";

/** What an operand's bits mean. */
export type Format = "f64" | "f32" | "f16" | "i64";

export interface Operation {
  readonly name: string;
  readonly extension: string;
  /** Formats of the operands, in the order of the instruction. */
  readonly sources: readonly Format[];
  /** The result is in an integer register. */
  readonly toInteger: boolean;
  /** The first operand is in an integer register. */
  readonly fromInteger: boolean;
  readonly rounds: boolean;
}

const FORMATS: Readonly<Record<string, Format>> = { s: "f32", d: "f64", h: "f16" };

/** `fcvt.d.s` reads what its last letter says, `fmv.x.w` a single; a letter of an integer is none of these. */
function sourceFormat(name: string): Format {
  const last = name.split(".").at(-1) ?? "";
  return FORMATS[last] ?? "f32";
}

function toOperation({ name, extension, meaning }: Instruction): Operation {
  const { values } = namesIn(meaning);
  const fromInteger = values.has("rs1");
  const float = ["fs1", "fs2", "fs3"].filter((field) => values.has(field));
  return {
    name,
    extension,
    sources: fromInteger ? ["i64"] : float.map(() => sourceFormat(name)),
    toInteger: values.has("rd"),
    fromInteger,
    rounds: values.has("rm"),
  };
}

const ALL: readonly Operation[] = INSTRUCTION_SET.instructions
  .filter(({ meaning, timing }) => isFloat(meaning) && timing !== "load" && timing !== "store")
  .map(toOperation);

/** QEMU 7.2 has not these. */
export const ADDITIONAL = ALL.filter(({ extension }) => extension === "zfa");
export const OPERATIONS = ALL.filter(({ extension }) => extension !== "zfa");
