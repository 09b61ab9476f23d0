/** What must hold of the tables as a whole: no two lines for one encoding, no name twice. */
import type { Encoding, Instruction, InstructionSet } from "./reader.ts";

/** Whether a word matches the encoding, exclusions included. `word` is an unsigned 16- or 32-bit number. */
export function matches(encoding: Encoding, word: number): boolean {
  if (((word & encoding.mask) ^ encoding.match) !== 0) return false;
  return encoding.exclusions.every(({ field, value }) => fieldValue(encoding, field, word) !== value);
}

/** The value of a field, or of the immediate's bits (unsigned), in a word. */
function fieldValue(encoding: Encoding, name: string, word: number): number {
  if (name === "imm") {
    return (encoding.immediate?.pieces ?? []).reduce(
      (sum, piece) => sum + ((word >>> piece.low) & (2 ** piece.width - 1)) * 2 ** piece.to,
      0,
    );
  }
  const field = encoding.fields.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`${encoding.name} has no field "${name}"`);
  return (word >>> field.low) & (2 ** field.width - 1);
}

/** Whether a line is a hint that another line has among its encodings. */
function isHintOf(one: Instruction, other: Instruction): boolean {
  if (one.meaning.kind !== "hint" || one.meaning.general !== other.name) return false;
  return (one.mask & other.mask) === (other.mask | 0) && ((one.match ^ other.match) & other.mask) === 0;
}

/** Hints that are no encoding of the line that they name. */
export function strayHints(set: InstructionSet): string[] {
  const stray = set.instructions.filter(
    (line) => line.meaning.kind === "hint" && !set.instructions.some((other) => isHintOf(line, other)),
  );
  return stray.map(({ name }) => name);
}

/** Pairs of lines that some word matches both of. Compressed words are tried one by one, the others by their masks. */
export function overlaps(set: InstructionSet): string[] {
  const found = new Set<string>();
  const { instructions, compressed } = set;
  instructions.forEach((one, index) => {
    for (const other of instructions.slice(index + 1)) {
      const disjoint = ((one.match ^ other.match) & one.mask & other.mask) !== 0;
      if (!disjoint && !isHintOf(one, other) && !isHintOf(other, one))
        found.add(`${one.name} and ${other.name}`);
    }
  });
  for (let word = 0; word < 0x1_0000; word++) {
    const hits = compressed.filter((line) => matches(line, word));
    if (hits.length > 1) found.add(hits.map((hit) => hit.name).join(" and "));
  }
  return [...found];
}

/** Names that stand in more than one line. */
export function repeatedNames(set: InstructionSet): string[] {
  const names = [...set.instructions, ...set.compressed].map((line) => line.name);
  return names.filter((name, index) => names.indexOf(name) !== index);
}
