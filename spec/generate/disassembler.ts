/** Prints the disassembler's table: encodings and operands of every instruction, as the lines of spec/isa say. */
import type { Compressed, Encoding, Instruction, InstructionSet } from "../isa/reader.ts";

function fieldsOf(encoding: Encoding): Record<string, [number, number]> {
  return Object.fromEntries(encoding.fields.map(({ name, low, width }) => [name, [low, width]]));
}

function common(encoding: Encoding): Record<string, unknown> {
  const { name, mask, match, immediate, exclusions } = encoding;
  return {
    name,
    mask: mask >>> 0,
    match: match >>> 0,
    fields: fieldsOf(encoding),
    ...(immediate && {
      immediate: {
        signed: immediate.signed,
        width: immediate.width,
        pieces: immediate.pieces.map(({ low, width, to }) => [low, width, to]),
      },
    }),
    ...(exclusions.length > 0 && { exclusions: exclusions.map(({ field, value }) => [field, value]) }),
  };
}

function wide(instruction: Instruction): string {
  const { operands, timing } = instruction;
  return `  ${JSON.stringify({ ...common(instruction), operands, timing })},\n`;
}

function narrow(compressed: Compressed): string {
  const { expandsTo, operands } = compressed;
  return `  ${JSON.stringify({ ...common(compressed), expandsTo, registers: operands })},\n`;
}

export function printDisassembler(set: InstructionSet): string {
  return `/** The instruction set as the disassembler reads it. */
import type { CompressedRow, InstructionRow } from "../inspect/disassembler.ts";

export const INSTRUCTIONS: readonly InstructionRow[] = [
${set.instructions.map(wide).join("")}];

export const COMPRESSED: readonly CompressedRow[] = [
${set.compressed.map(narrow).join("")}];
`;
}
