/** Prints the decoder: from an instruction word to a slot of the decoded page. */
import { isFloat } from "../isa/meaning.ts";
import type {
  BitField,
  Compressed,
  Encoding,
  Immediate,
  Instruction,
  InstructionSet,
} from "../isa/reader.ts";
import { HART_FIELDS } from "../layout.ts";
import { findOp, hasNearForm, type Op } from "./ops.ts";

const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;

/** An expression that gathers the immediate from `insn`, as i64. */
function gatherImmediate(immediate: Immediate | undefined): string {
  if (!immediate) return "0";
  const parts = immediate.pieces.map(({ low, width, to }) => {
    const mask = hex(2 ** width - 1);
    return `(((insn >> ${low}) & ${mask}) << ${to})`;
  });
  const bits = parts.join(" | ");
  if (!immediate.signed) return `<i64>(${bits})`;
  const shift = 32 - immediate.width;
  return shift === 0 ? `<i64><i32>(${bits})` : `<i64>((<i32>(${bits}) << ${shift}) >> ${shift})`;
}

/** Floating-point registers are numbered on from the integer ones, as they lie in the hart record. */
const FIRST_FLOAT = (HART_FIELDS.find(({ name }) => name === "f")?.offset ?? Number.NaN) / 8;

/** The number in the hart record of the register that a named field, or a fixed `x5`, gives. */
function registerNumber(encoding: Encoding, name: string): string {
  const fixed = /^x(\d+)$/.exec(name);
  if (fixed) return fixed[1] ?? "0";
  const field = encoding.fields.find(
    (candidate) => candidate.name === name || candidate.name === `f${name.slice(1)}`,
  );
  if (!field) return "0";
  const first = (field.name.startsWith("f") ? FIRST_FLOAT : 0) + (field.width === 3 ? 8 : 0);
  const bits = fieldBits(field);
  return first ? `${first} + (${bits})` : bits;
}

const fieldBits = ({ low, width }: BitField) => `(insn >> ${low}) & ${2 ** width - 1}`;

function fill(encoding: Encoding, op: Op, operands: { rd: string; rs1: string; rs2: string }): string {
  const [rd, rs1, rs2] = [operands.rd, operands.rs1, operands.rs2].map((name) =>
    registerNumber(encoding, name),
  );
  const { instruction } = op;
  if (hasNearForm(instruction)) {
    return `fillTransfer(slot, ${op.name}, ${rd}, ${rs1}, ${rs2}, ${gatherImmediate(encoding.immediate)}, offset)`;
  }
  const gathered = gatherImmediate(encoding.immediate);
  const raw = instruction.meaning.kind === "helper" ? "<i64>insn" : gathered;
  const immediate = isFloat(instruction.meaning) ? `withInstruction(insn, ${gathered})` : raw;
  return `fill(slot, ${op.name}, ${rd}, ${rs1}, ${rs2}, ${immediate})`;
}

function exclusionTests(encoding: Encoding): string[] {
  return encoding.exclusions.map(({ field, value }) => {
    const bits = encoding.fields.find((candidate) => candidate.name === field);
    if (bits) return `(${fieldBits(bits)}) != ${value}`;
    const mask = (encoding.immediate?.pieces ?? []).reduce(
      (sum, piece) => sum + (2 ** piece.width - 1) * 2 ** piece.low,
      0,
    );
    return `(insn & ${hex(mask)}) != 0`;
  });
}

function line(encoding: Encoding, action: string): string {
  const tests = [`(insn & ${hex(encoding.mask)}) == ${hex(encoding.match)}`, ...exclusionTests(encoding)];
  return `      if (${tests.join(" && ")}) return ${action};`;
}

/** Groups lines by some bits that all of a group have fixed, and prints them as a switch. */
function printSwitch<T extends Encoding>(
  lines: readonly T[],
  key: (line: T) => number,
  selector: string,
  action: (line: T) => string,
): string {
  const groups = new Map<number, T[]>();
  for (const entry of lines) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  const cases = [...groups].map(
    ([value, members]) =>
      `    case ${value}:\n${members.map((member) => line(member, action(member))).join("\n")}\n      break;`,
  );
  return `  switch (${selector}) {\n${cases.join("\n")}\n  }`;
}

export function printDecoder(set: InstructionSet, ops: readonly Op[]): string {
  const wide = printSwitch<Instruction>(
    set.instructions.filter(({ meaning }) => meaning.kind !== "hint"),
    (entry) => (entry.match >>> 2) & 31,
    "(insn >> 2) & 31",
    (entry) => fill(entry, findOp(ops, entry.name, 4), { rd: "rd", rs1: "rs1", rs2: "rs2" }),
  );
  const narrow = printSwitch<Compressed>(
    set.compressed,
    (entry) => ((entry.match >>> 11) & 28) | (entry.match & 3),
    "((insn >> 11) & 28) | (insn & 3)",
    (entry) => fill(entry, findOp(ops, entry.expandsTo, 2), entry.operands),
  );
  return `/** Decodes instruction words into slots. */
import { fill, fillTransfer, withInstruction } from '../block/slot';
import { OP_ILLEGAL, ${ops
    .filter((op) => !op.near)
    .map((op) => op.name)
    .join(", ")} } from './ops';

/**
 * Decodes one instruction into \`slot\`. \`insn\` holds 16 or 32 bits, as its lowest two bits tell; \`offset\`
 * is its byte offset on the page, or far outside when the slot must not branch within a page.
 */
export function decode(slot: usize, insn: u32, offset: i32): void {
  if ((insn & 3) == 3) decode32(slot, insn, offset);
  else decode16(slot, insn & 0xffff, offset);
}

function decode32(slot: usize, insn: u32, offset: i32): void {
${wide}
  fill(slot, OP_ILLEGAL, 0, 0, 0, <i64>insn);
}

function decode16(slot: usize, insn: u32, offset: i32): void {
${narrow}
  fill(slot, OP_ILLEGAL, 0, 0, 0, <i64>insn);
}
`;
}
