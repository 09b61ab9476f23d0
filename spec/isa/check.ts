/** What must hold of the tables as a whole: no two lines for one encoding, no name twice. */
import type { Encoding, InstructionSet } from "./reader.ts";

/** Whether a word matches the encoding, exclusions included. `word` is an unsigned 16- or 32-bit number. */
export function matches(encoding: Encoding, word: number): boolean {
  if (((word & encoding.mask) ^ encoding.match) !== 0) return false;
  return encoding.exclusions.every(({ field, value }) => fieldValue(encoding, field, word) !== value);
}

/** The value of a field, or of the immediate's bits (unsigned), in a word. */
export function fieldValue(encoding: Encoding, name: string, word: number): number {
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

/** Pairs of lines that some word matches both of. Compressed words are tried one by one, the others by their masks. */
export function overlaps(set: InstructionSet): string[] {
  const found = new Set<string>();
  const { instructions, compressed } = set;
  instructions.forEach((one, index) => {
    for (const other of instructions.slice(index + 1)) {
      if (((one.match ^ other.match) & one.mask & other.mask) === 0)
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
