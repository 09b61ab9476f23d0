/** Encodes instructions from the tables of spec/isa, so that tests speak the same language as the core. */
import { CSRS } from "../../spec/csrs.ts";
import { readInstructionSet } from "../../spec/generate/tables.ts";
import { matches } from "../../spec/isa/check.ts";
import type { Encoding } from "../../spec/isa/reader.ts";

export const INSTRUCTION_SET = readInstructionSet();

/** All lines of the tables by name. */
export const LINES: ReadonlyMap<string, Encoding> = new Map(
  [...INSTRUCTION_SET.instructions, ...INSTRUCTION_SET.compressed].map((line) => [line.name, line]),
);

const CSR_NUMBERS: ReadonlyMap<string, number> = new Map(CSRS.map(({ name, address }) => [name, address]));

/** The number of a CSR. Throws on a name that no row has. */
export function csrNumber(name: string): number {
  const number = CSR_NUMBERS.get(name);
  if (number === undefined) throw new Error(`no CSR is called "${name}"`);
  return number;
}

/** Values of fields by name; `rd`, `rs1`, `rs2` are register numbers also in three-bit fields. Absent ones are 0. */
export type Operands = Readonly<Record<string, number>>;

/** The word (16 or 32 bits, unsigned) of an instruction. Throws when an operand does not fit. */
export function encode(name: string, operands: Operands = {}): number {
  const line = LINES.get(name);
  if (!line) throw new Error(`no instruction is called "${name}"`);
  let word = line.match;
  for (const field of line.fields) {
    const prime = field.name.endsWith("'");
    const given = operands[prime ? field.name.slice(0, -1) : field.name] ?? (prime ? 8 : 0);
    const value = prime ? given - 8 : given;
    if (value < 0 || value >= 2 ** field.width) throw new Error(`${name}: ${field.name} cannot be ${given}`);
    word += value * 2 ** field.low;
  }
  if (line.immediate) {
    const { signed, width, pieces } = line.immediate;
    const given = operands.imm ?? 0;
    const [low, high] = signed ? [-(2 ** (width - 1)), 2 ** (width - 1)] : [0, 2 ** width];
    if (given < low || given >= high) throw new Error(`${name}: immediate ${given} does not fit`);
    let kept = 0;
    for (const piece of pieces) {
      const bits = (given >> piece.to) & (2 ** piece.width - 1);
      kept |= bits << piece.to;
      word += bits * 2 ** piece.low;
    }
    const wanted = signed && width < 32 ? given & (2 ** width - 1) : given;
    if (kept >>> 0 !== wanted >>> 0)
      throw new Error(`${name}: immediate ${given} has bits that are not encoded`);
  }
  if (!matches(line, word)) throw new Error(`${name}: these operands are excluded`);
  return word;
}
