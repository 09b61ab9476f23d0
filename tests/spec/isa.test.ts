/** The instruction tables as a whole, and what the reader says of lines that are wrong. */
import { describe, expect, it } from "vitest";
import { readInstructionSet } from "../../spec/generate/tables.ts";
import { matches, overlaps, repeatedNames } from "../../spec/isa/check.ts";
import { type Encoding, type InstructionSet, readTables } from "../../spec/isa/reader.ts";

const set = readInstructionSet();
const lines: readonly Encoding[] = [...set.instructions, ...set.compressed];

/** Reads one table of these lines, after an addi that they may expand to. */
function read(...text: string[]): InstructionSet {
  const addi = "addi imm[11:0] rs1 000 rd 0010011 | rd, rs1, imm | alu | rd = rs1 + imm";
  return readTables([
    { extension: "base", text: addi },
    { extension: "mine", text: text.join("\n") },
  ]);
}

describe("the instruction tables", () => {
  it.each(lines.map((line) => [line.name, line] as const))("%s: every bit once", (_, line) => {
    const owners = new Array<number>(line.length).fill(0);
    const own = (low: number, width: number): void => {
      for (let bit = low; bit < low + width; bit++) owners[bit] = (owners[bit] ?? 0) + 1;
    };
    for (let bit = 0; bit < line.length; bit++) if (Math.floor(line.mask / 2 ** bit) % 2 === 1) own(bit, 1);
    for (const field of line.fields) own(field.low, field.width);
    for (const piece of line.immediate?.pieces ?? []) own(piece.low, piece.width);
    expect(owners).toEqual(new Array(line.length).fill(1));
    expect((line.match & ~line.mask) >>> 0).toBe(0);
  });

  it("have lengths as the lowest bits say", () => {
    for (const line of lines)
      expect([line.name, (line.match & 3) === 3]).toEqual([line.name, line.length === 32]);
  });

  it("have no two lines for one word and no name twice", () => {
    expect(overlaps(set)).toEqual([]);
    expect(repeatedNames(set)).toEqual([]);
  });

  it("give the all-zero and the all-one word to nobody", () => {
    for (const line of lines) {
      expect(matches(line, 0)).toBe(false);
      expect(matches(line, line.length === 16 ? 0xffff : 0xffff_ffff)).toBe(false);
    }
  });

  it("expand compressed instructions to 32-bit ones with registers that exist", () => {
    const names = new Set(set.instructions.map(({ name }) => name));
    for (const line of set.compressed) {
      expect(names).toContain(line.expandsTo);
      for (const register of Object.values(line.operands)) {
        const fields = line.fields.map(({ name }) => name);
        expect(
          /^x([0-9]|[12][0-9]|3[01])$/.test(register) || fields.includes(register),
          `${line.name} ${register}`,
        ).toBe(true);
      }
    }
  });

  it("expand each compressed immediate into one that the instruction can hold", () => {
    for (const line of set.compressed) {
      const target = set.instructions.find(({ name }) => name === line.expandsTo);
      if (!line.immediate || !target) continue;
      expect(target.immediate, line.name).toBeDefined();
      expect(line.immediate.width, line.name).toBeLessThanOrEqual(target.immediate?.width ?? 0);
    }
  });
});

describe("the reader of instruction tables", () => {
  const wrong: ReadonlyArray<readonly [string, string, RegExp]> = [
    [
      "too few bits",
      "foo 000000 rs2 rs1 000 rd 0110011 | rd, rs1, rs2 | alu | rd = rs1",
      /^mine\.isa:1: foo: 1 of 32 bits are not accounted for$/,
    ],
    [
      "too many bits",
      "foo 00000000 rs2 rs1 000 rd 0110011 | rd, rs1, rs2 | alu | rd = rs1",
      /^mine\.isa:1: foo: more than 32 bits$/,
    ],
    [
      "an unknown field",
      "foo 0000000 rs2 rs9 000 rd 0110011 | rd, rs1, rs2 | alu | rd = rs1",
      /^mine\.isa:1: foo: unknown field "rs9"$/,
    ],
    [
      "an immediate bit that is given twice",
      "foo imm[11:0] rs1 000 imm[4:0] 0010011 | rs1, imm | alu | nop",
      /^mine\.isa:1: foo: immediate bit 0 is given twice$/,
    ],
    [
      "an immediate piece the wrong way round",
      "foo imm[0:11] rs1 000 rd 0010011 | rd, rs1, imm | alu | nop",
      /^mine\.isa:1: bad immediate piece "0:11"$/,
    ],
    [
      "a missing column",
      "foo imm[11:0] rs1 000 rd 0010011 | rd, rs1, imm | nop",
      /^mine\.isa:1: a line has four columns$/,
    ],
    [
      "a meaning that cannot be read",
      "foo imm[11:0] rs1 000 rd 0010011 | rd, rs1, imm | alu | rd = rs1 ? imm",
      /^mine\.isa:1: cannot read " \? imm" in the meaning "rd = rs1 \? imm"$/,
    ],
    [
      "a meaning that stops short",
      "foo imm[11:0] rs1 000 rd 0010011 | rd, rs1, imm | alu | rd = rs1 +",
      /^mine\.isa:1: meaning "rd = rs1 \+": it ends too soon$/,
    ],
    [
      "an expansion that no table has",
      "c.foo 000 imm[5] rd imm[4:0] 01 => adddi rd, rd, imm",
      /^mine\.isa:1: c\.foo: expands to "adddi", which no table has$/,
    ],
    [
      "a compressed line without an expansion",
      "c.foo 000 imm[5] rd imm[4:0] 01",
      /^mine\.isa:1: a compressed instruction needs "=> expansion"$/,
    ],
    [
      "an expansion with a register that the line has not",
      "c.foo 000 imm[5] rd imm[4:0] 01 => addi rd, rs1, imm",
      /^mine\.isa:1: c\.foo: the expansion's operand "rs1" is no field of the line$/,
    ],
    [
      "an exclusion of a field that the line has not",
      "c.foo 000 imm[5] rd imm[4:0] 01 rs2!=0 => addi rd, rd, imm",
      /^mine\.isa:1: c\.foo: excludes a value of "rs2", which is no field of the line$/,
    ],
  ];

  it.each(wrong)("names %s", (_, line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  it("names the line by its number", () => {
    expect(() => read("# a comment", "", "foo 0 | | alu | nop")).toThrow(/^mine\.isa:3: /);
  });

  it("finds lines that overlap", () => {
    expect(overlaps(read("foo imm[11:0] 00000 000 rd 0010011 | rd, imm | alu | rd = imm"))).toEqual([
      "addi and foo",
    ]);
    const narrow = "000 imm[5] rd imm[4:0] 01 => addi rd, rd, imm";
    expect(overlaps(read(`c.foo ${narrow}`, `c.bar ${narrow}`))).toEqual(["c.foo and c.bar"]);
  });

  it("finds a name that stands twice", () => {
    expect(repeatedNames(read("addi 000000000000 00000 000 rd 1111111 | rd | alu | nop"))).toEqual(["addi"]);
  });
});
