/** Reads the `.isa` lines into instructions: bit patterns, fields, immediates, meanings. README.md has the grammar. */
import { parseMeaning, type Statement } from "./meaning.ts";

/** A field of an encoding: `width` bits whose lowest is bit `low` of the instruction. */
export interface BitField {
  readonly name: string;
  readonly low: number;
  readonly width: number;
}

/** A piece of an immediate: instruction bits [low, low+width) give immediate bits [to, to+width). */
export interface ImmediatePiece {
  readonly low: number;
  readonly width: number;
  readonly to: number;
}

/** How the immediate is put together. */
export interface Immediate {
  readonly signed: boolean;
  /** Number of significant bits, the sign included. */
  readonly width: number;
  readonly pieces: readonly ImmediatePiece[];
}

/** What 16- and 32-bit encodings have in common. Patterns are unsigned 32-bit numbers. */
export interface Encoding {
  readonly name: string;
  readonly extension: string;
  /** Length in bits: 16 or 32. */
  readonly length: 16 | 32;
  readonly mask: number;
  readonly match: number;
  readonly fields: readonly BitField[];
  readonly immediate: Immediate | undefined;
  /** Field values that are not this instruction. */
  readonly exclusions: ReadonlyArray<{ readonly field: string; readonly value: number }>;
}

/** A 32-bit instruction with its meaning. */
export interface Instruction extends Encoding {
  readonly operands: readonly string[];
  readonly timing: string;
  readonly meaning: Statement;
}

/** A compressed instruction: the 32-bit instruction that it stands for, and that one's operands. */
export interface Compressed extends Encoding {
  readonly expandsTo: string;
  /** Register fields and fixed register numbers of the expansion. */
  readonly operands: { readonly rd: string; readonly rs1: string; readonly rs2: string };
}

export interface InstructionSet {
  readonly instructions: readonly Instruction[];
  readonly compressed: readonly Compressed[];
}

/** The tables, in the order in which a reader of the manual meets them. */
export const EXTENSIONS = [
  "rv64i",
  "rv64m",
  "rv64a",
  "rv64f",
  "rv64d",
  "zfhmin",
  "zfa",
  "zba",
  "zbb",
  "zbc",
  "zbs",
  "zicond",
  "zicbo",
  "zawrs",
  "zicsr",
  "privileged",
  "rv64c",
] as const;

const WIDTHS: Readonly<Record<string, number>> = {
  rd: 5,
  rs1: 5,
  rs2: 5,
  "rd'": 3,
  "rs1'": 3,
  "rs2'": 3,
  fd: 5,
  fs1: 5,
  fs2: 5,
  fs3: 5,
  "fd'": 3,
  "fs2'": 3,
  rm: 3,
  aq: 1,
  rl: 1,
  csr: 12,
  zimm: 5,
  fm: 4,
  pred: 4,
  succ: 4,
  ignored: 12,
};

/** Rounding modes that the manual reserves: such words are no instructions. */
const RESERVED_ROUNDING = [5, 6] as const;

function parseImmediate(spec: string): Array<{ high: number; low: number }> {
  return spec.split("|").map((part) => {
    const [high, low = high] = part.split(":").map(Number);
    if (high === undefined || low === undefined || Number.isNaN(high + low) || low > high)
      throw new Error(`bad immediate piece "${part}"`);
    return { high, low };
  });
}

/** Reads the bit pattern, checking that every bit of the instruction is accounted for exactly once. */
function parseEncoding(name: string, extension: string, pattern: string): Encoding {
  const length = name.startsWith("c.") ? 16 : 32;
  const exclusions: Array<{ field: string; value: number }> = [];
  const fields: BitField[] = [];
  const pieces: ImmediatePiece[] = [];
  let signed = true;
  let mask = 0;
  let match = 0;
  let at = length;
  const take = (width: number): number => {
    at -= width;
    if (at < 0) throw new Error(`${name}: more than ${length} bits`);
    return at;
  };
  for (const token of pattern.trim().split(/\s+/)) {
    const exclusion = /^([\w']+)!=(\d+)$/.exec(token);
    const immediate = /^(u?imm)\[([\d:|]+)\]$/.exec(token);
    if (exclusion?.[1]) {
      exclusions.push({ field: exclusion[1], value: Number(exclusion[2]) });
    } else if (/^[01]+$/.test(token)) {
      const low = take(token.length);
      mask += (2 ** token.length - 1) * 2 ** low;
      match += Number.parseInt(token, 2) * 2 ** low;
    } else if (immediate?.[2]) {
      signed = immediate[1] === "imm";
      for (const { high, low } of parseImmediate(immediate[2])) {
        pieces.push({ low: take(high - low + 1), width: high - low + 1, to: low });
      }
    } else {
      const width = WIDTHS[token];
      if (width === undefined) throw new Error(`${name}: unknown field "${token}"`);
      fields.push({ name: token, low: take(width), width });
      if (token === "rm") exclusions.push(...RESERVED_ROUNDING.map((value) => ({ field: "rm", value })));
    }
  }
  if (at !== 0) throw new Error(`${name}: ${at} of ${length} bits are not accounted for`);
  for (const { field } of exclusions) {
    const known = field === "imm" ? pieces.length > 0 : fields.some((candidate) => candidate.name === field);
    if (!known) throw new Error(`${name}: excludes a value of "${field}", which is no field of the line`);
  }
  return {
    name,
    extension,
    length,
    mask,
    match,
    fields,
    immediate: joinPieces(name, signed, pieces),
    exclusions,
  };
}

function joinPieces(name: string, signed: boolean, pieces: ImmediatePiece[]): Immediate | undefined {
  if (pieces.length === 0) return undefined;
  const seen = new Set<number>();
  for (const piece of pieces) {
    for (let bit = piece.to; bit < piece.to + piece.width; bit++) {
      if (seen.has(bit)) throw new Error(`${name}: immediate bit ${bit} is given twice`);
      seen.add(bit);
    }
  }
  return { signed, width: Math.max(...seen) + 1, pieces };
}

const REGISTER_SLOTS: Readonly<Record<string, readonly string[]>> = {
  load: ["rd", "rs1"],
  store: ["rs2", "rs1"],
  branch: ["rs1", "rs2"],
  jump: ["rd"],
};

/** Matches the operands of an expansion with the operands of the instruction that it names. */
function parseExpansion(
  name: string,
  text: string,
  fields: readonly BitField[],
  instructions: readonly Instruction[],
): Pick<Compressed, "expandsTo" | "operands"> {
  const [target = "", ...rest] = text.trim().split(/\s+/);
  const instruction = instructions.find((candidate) => candidate.name === target);
  if (!instruction) throw new Error(`${name}: expands to "${target}", which no table has`);
  const registers = rest
    .join("")
    .split(/[,()]/)
    .filter((operand) => /^x\d+$|^[rf][ds]/.test(operand));
  for (const register of registers) {
    if (/^x([0-9]|[12][0-9]|3[01])$/.test(register) || fields.some((field) => field.name === register))
      continue;
    throw new Error(`${name}: the expansion's operand "${register}" is no field of the line`);
  }
  const places = REGISTER_SLOTS[instruction.timing] ?? ["rd", "rs1", "rs2"];
  const operands = { rd: "x0", rs1: "x0", rs2: "x0" };
  registers.forEach((register, index) => {
    const place = places[index];
    if (place) operands[place as keyof typeof operands] = register;
  });
  return { expandsTo: target, operands };
}

/** Reads one table's text into `set`. Errors name the line. */
function readTable(
  extension: string,
  text: string,
  set: { instructions: Instruction[]; compressed: Compressed[] },
): void {
  text.split("\n").forEach((raw, index) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    try {
      const [, name = "", body = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      const [left = "", expansion] = body.split("=>");
      if (name.startsWith("c.")) {
        if (expansion === undefined) throw new Error('a compressed instruction needs "=> expansion"');
        const encoding = parseEncoding(name, extension, left);
        set.compressed.push({
          ...encoding,
          ...parseExpansion(name, expansion, encoding.fields, set.instructions),
        });
        return;
      }
      // A bar between spaces parts columns; one inside brackets belongs to an immediate, later ones to the meaning.
      const [pattern, operands, timing, ...meaning] = body.split(/\s\|\s/);
      if (!pattern || operands === undefined || !timing || meaning.length === 0)
        throw new Error("a line has four columns");
      set.instructions.push({
        ...parseEncoding(name, extension, pattern),
        operands: operands
          .split(",")
          .map((operand) => operand.trim())
          .filter(Boolean),
        timing: timing.trim(),
        meaning: parseMeaning(meaning.join(" | ")),
      });
    } catch (error) {
      throw new Error(`${extension}.isa:${index + 1}: ${(error as Error).message}`);
    }
  });
}

/** The instruction set that tables make, in their order: compressed lines may name instructions read before. */
export function readTables(tables: ReadonlyArray<{ extension: string; text: string }>): InstructionSet {
  const set = { instructions: [] as Instruction[], compressed: [] as Compressed[] };
  for (const { extension, text } of tables) readTable(extension, text, set);
  return set;
}
