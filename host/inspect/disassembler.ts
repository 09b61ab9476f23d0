/** Instructions as an assembler would write them, by the tables of spec/isa. */
import { CSRS } from "../../spec/csrs.ts";
import { COMPRESSED, INSTRUCTIONS } from "../generated/disassembler.ts";
import { ABI_NAMES } from "../registers.ts";

/** `[low, width]` of a field in the instruction. */
type Field = readonly [number, number];

interface EncodingRow {
  readonly name: string;
  readonly mask: number;
  readonly match: number;
  readonly fields: Readonly<Record<string, Field>>;
  readonly immediate?: {
    readonly signed: boolean;
    readonly width: number;
    /** `[low, width, to]`. */
    readonly pieces: readonly (readonly [number, number, number])[];
  };
  readonly exclusions?: readonly (readonly [string, number])[];
}

export interface InstructionRow extends EncodingRow {
  readonly operands: readonly string[];
  readonly timing: string;
}

export interface CompressedRow extends EncodingRow {
  readonly expandsTo: string;
  readonly registers: Readonly<Record<string, string>>;
}

export interface Disassembly {
  /** Bytes: 2 or 4. */
  readonly length: number;
  readonly mnemonic: string;
  readonly operands: string;
  /** Where a branch or a direct jump goes. */
  readonly target: bigint | undefined;
  /** A jump that keeps its return address: stepping over it means going on to the next instruction. */
  readonly call: boolean;
  readonly illegal: boolean;
}

const FLOAT_NAMES = [
  ..."01234567".split("").map((n) => `ft${n}`),
  "fs0",
  "fs1",
  ..."01234567".split("").map((n) => `fa${n}`),
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => `fs${n}`),
  ...[8, 9, 10, 11].map((n) => `ft${n}`),
];
const ROUNDING = ["rne", "rtz", "rdn", "rup", "rmm", "5", "6", "dyn"];
const CSR_NAMES = new Map(CSRS.map(({ name, address }) => [address, name]));
const WIDE = new Map(INSTRUCTIONS.map((row) => [row.name, row]));

const bits = (word: number, low: number, width: number): number => (word >>> low) & (2 ** width - 1);

function immediateOf({ immediate }: EncodingRow, word: number): bigint {
  if (!immediate) return 0n;
  let value = 0n;
  for (const [low, width, to] of immediate.pieces) value |= BigInt(bits(word, low, width)) << BigInt(to);
  return immediate.signed ? BigInt.asIntN(immediate.width, value) : value;
}

function fieldOf(row: EncodingRow, word: number, name: string): number {
  const field = row.fields[name];
  if (!field) return 0;
  const value = bits(word, ...field);
  return name.endsWith("'") ? value + 8 : value;
}

function matches(row: EncodingRow, word: number): boolean {
  if ((word & row.mask) >>> 0 !== row.match) return false;
  return (row.exclusions ?? []).every(([name, value]) =>
    name === "imm" ? immediateOf(row, word) !== BigInt(value) : fieldOf(row, word, name) !== value,
  );
}

/** The values of one instruction's operands, whether it is compressed or not. */
interface Values {
  readonly row: InstructionRow;
  readonly immediate: bigint;
  register(name: string): number;
  field(name: string): number;
}

function decode(word: number): Values | undefined {
  if ((word & 3) === 3) {
    const row = INSTRUCTIONS.find((candidate) => matches(candidate, word));
    const field = (name: string): number => (row ? fieldOf(row, word, name) : 0);
    return row && { row, immediate: immediateOf(row, word), register: field, field };
  }
  const half = word & 0xffff;
  const narrow = COMPRESSED.find((candidate) => matches(candidate, half));
  const row = narrow && WIDE.get(narrow.expandsTo);
  if (!narrow || !row) return undefined;
  return {
    row,
    immediate: immediateOf(narrow, half),
    register: (name) => {
      const source = narrow.registers[name] ?? narrow.registers[name.replace("f", "r")] ?? "x0";
      return /^x\d/.test(source) ? Number(source.slice(1)) : fieldOf(narrow, half, source);
    },
    field: () => 0,
  };
}

function operandText(template: string, values: Values, pc: bigint): string {
  const { immediate, register, field } = values;
  if (template === "pc+imm") return `0x${BigInt.asUintN(64, pc + immediate).toString(16)}`;
  return template.replace(/fd|fs[123]|rd|rs[123]|csr|zimm|imm|pred|succ|rm/g, (word) => {
    if (/^f/.test(word)) return FLOAT_NAMES[register(word)] ?? word;
    if (/^r[ds]/.test(word)) return ABI_NAMES[register(word)] ?? word;
    if (word === "csr") return CSR_NAMES.get(field("csr")) ?? `0x${field("csr").toString(16)}`;
    if (word === "zimm") return String(field("zimm"));
    if (word === "rm") return ROUNDING[field("rm")] ?? "dyn";
    if (word === "imm") return immediateText(values);
    return ["i", "o", "r", "w"].filter((_, index) => (field(word) >> (3 - index)) & 1).join("") || "0";
  });
}

/** The upper-immediate instructions show their 20 bits, as assemblers do. */
function immediateText({ row, immediate }: Values): string {
  if (row.name !== "lui" && row.name !== "auipc") return String(immediate);
  return `0x${BigInt.asUintN(20, immediate >> 12n).toString(16)}`;
}

/** The short forms of the assembly programmer's handbook that readers expect. */
function alias(values: Values, pc: bigint): [string, string] | undefined {
  const { row, immediate, register, field } = values;
  const rd = register("rd");
  const rs1 = register("rs1");
  const rs2 = register("rs2");
  const name = (number: number): string => ABI_NAMES[number] ?? "?";
  const target = `0x${BigInt.asUintN(64, pc + immediate).toString(16)}`;
  switch (row.name) {
    case "addi":
      if (rd === 0 && rs1 === 0 && immediate === 0n) return ["nop", ""];
      if (rs1 === 0) return ["li", `${name(rd)}, ${immediate}`];
      return immediate === 0n ? ["mv", `${name(rd)}, ${name(rs1)}`] : undefined;
    case "add":
      return rs1 === 0 ? ["mv", `${name(rd)}, ${name(rs2)}`] : undefined;
    case "addiw":
      return immediate === 0n ? ["sext.w", `${name(rd)}, ${name(rs1)}`] : undefined;
    case "xori":
      return immediate === -1n ? ["not", `${name(rd)}, ${name(rs1)}`] : undefined;
    case "andi":
      return immediate === 255n ? ["zext.b", `${name(rd)}, ${name(rs1)}`] : undefined;
    case "sltiu":
      return immediate === 1n ? ["seqz", `${name(rd)}, ${name(rs1)}`] : undefined;
    case "sltu":
      return rs1 === 0 ? ["snez", `${name(rd)}, ${name(rs2)}`] : undefined;
    case "sub":
      return rs1 === 0 ? ["neg", `${name(rd)}, ${name(rs2)}`] : undefined;
    case "jal":
      return rd === 0 ? ["j", target] : rd === 1 ? ["jal", target] : undefined;
    case "jalr":
      if (immediate !== 0n) return undefined;
      if (rd === 0) return rs1 === 1 ? ["ret", ""] : ["jr", name(rs1)];
      return rd === 1 ? ["jalr", name(rs1)] : undefined;
    case "beq":
    case "bne":
    case "bge":
    case "blt":
      return rs2 === 0 ? [`${row.name}z`, `${name(rs1)}, ${target}`] : undefined;
    case "csrrs":
      return rs1 === 0
        ? ["csrr", `${name(rd)}, ${CSR_NAMES.get(field("csr")) ?? `0x${field("csr").toString(16)}`}`]
        : undefined;
    case "csrrw":
      return rd === 0
        ? ["csrw", `${CSR_NAMES.get(field("csr")) ?? `0x${field("csr").toString(16)}`}, ${name(rs1)}`]
        : undefined;
    default:
      return undefined;
  }
}

/** The instruction whose lowest bits are `word`; `pc` is its address, for targets. */
export function disassemble(word: number, pc: bigint): Disassembly {
  const length = (word & 3) === 3 ? 4 : 2;
  const values = decode(word >>> 0);
  if (!values) {
    const digits = (length === 4 ? word >>> 0 : word & 0xffff).toString(16).padStart(2 * length, "0");
    return {
      length,
      mnemonic: length === 4 ? ".word" : ".half",
      operands: `0x${digits}`,
      target: undefined,
      call: false,
      illegal: true,
    };
  }
  const { row } = values;
  const direct = row.timing === "branch" || row.name === "jal";
  const [mnemonic, operands] = alias(values, pc) ?? [
    row.name,
    row.operands.map((operand) => operandText(operand, values, pc)).join(", "),
  ];
  return {
    length,
    mnemonic,
    operands,
    target: direct ? BigInt.asUintN(64, pc + values.immediate) : undefined,
    call: (row.name === "jal" || row.name === "jalr") && values.register("rd") === 1,
    illegal: false,
  };
}
