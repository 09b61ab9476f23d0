/** The timing class of each instruction: which function of the pipeline model it is told to, and with what. */
import { isFloat } from "../isa/meaning.ts";
import type { Instruction } from "../isa/reader.ts";
import { PIPELINE_FIELDS } from "../layout.ts";
import { type Op, PSEUDO_OPS } from "./ops.ts";

export type Kind =
  | "alu"
  | "multiply"
  | "divide"
  | "load"
  | "store"
  | "atomic"
  | "branch"
  | "jump"
  | "indirect"
  | "float"
  | "fused"
  | "floatDivide"
  | "csr"
  | "fence"
  | "fenceI"
  | "sfence"
  | "return"
  | "trap";

export interface TimingClass {
  readonly kind: Kind;
  /** Bytes that a memory instruction accesses. */
  readonly size?: number;
  readonly isSigned?: boolean;
  readonly isWord?: boolean;
  /** Offset of the pipeline parameter that is a floating-point instruction's latency. */
  readonly latency?: number;
}

/** Classes of the tables whose kind they name directly. */
const KINDS: Readonly<Record<string, Kind>> = {
  alu: "alu",
  mul: "multiply",
  div: "divide",
  load: "load",
  store: "store",
  amo: "atomic",
  lrsc: "atomic",
  branch: "branch",
  jump: "jump",
  jumpr: "indirect",
  csr: "csr",
  fence: "fence",
  fencei: "fenceI",
};

/** Classes of floating-point instructions: kind, and latency parameter for doubles and singles. */
const FLOATS: Readonly<Record<string, readonly [Kind, string, string]>> = {
  fma: ["fused", "floatDouble", "floatSingle"],
  fadd: ["float", "floatDouble", "floatSingle"],
  fmul: ["float", "floatDouble", "floatSingle"],
  fdiv: ["floatDivide", "floatDivideDouble", "floatDivideSingle"],
  fsqrt: ["floatDivide", "floatDivideDouble", "floatDivideSingle"],
  fmove: ["float", "floatMove", "floatMove"],
  fcmp: ["float", "floatMove", "floatMove"],
  fcvt: ["float", "floatConvert", "floatConvert"],
};

function parameterOffset(name: string): number {
  const field = PIPELINE_FIELDS.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`no pipeline has a parameter "${name}"`);
  return field.offset;
}

const SYSTEM: Readonly<Record<string, Kind>> = {
  ecall: "trap",
  ebreak: "trap",
  mret: "return",
  sret: "return",
  wfi: "return",
  "sfence.vma": "sfence",
};

function accessBytes({ meaning }: Instruction): number {
  if (meaning.kind === "store") return meaning.bits / 8;
  const name = meaning.kind === "assign" && meaning.value.kind === "call" ? meaning.value.name : "";
  return Number(/\d+/.exec(name)?.[0] ?? 64) / 8;
}

export function timingClass(instruction: Instruction): TimingClass {
  const { name, timing } = instruction;
  const float = FLOATS[timing];
  if (float) return { kind: float[0], latency: parameterOffset(name.endsWith(".d") ? float[1] : float[2]) };
  // What the reference pipeline does not have (hints, cache blocks, waits) takes its ALU for a cycle.
  const kind = KINDS[timing] ?? SYSTEM[name] ?? (timing === "system" ? "sfence" : "alu");
  if (kind === "load" || kind === "store" || kind === "atomic")
    return { kind, size: accessBytes(instruction) };
  if (kind === "divide") return { kind, isSigned: !/u/.test(name), isWord: name.endsWith("w") };
  return { kind };
}

/** Numbers of the kinds; those before \`load\` depend on nothing but registers. */
const NUMBERED: readonly Kind[] = [
  "alu",
  "multiply",
  "float",
  "fused",
  "floatDivide",
  "load",
  "store",
  "branch",
  "jump",
  "indirect",
  "divide",
  "atomic",
  "csr",
  "fence",
  "fenceI",
  "sfence",
  "return",
  "trap",
];

/** Low bits of the parts of a class's word. */
const PARTS = {
  KIND: 0,
  LENGTH: 5,
  SIZE: 8,
  NEAR: 12,
  CONDITION: 13,
  SIGNED: 16,
  WORD: 17,
  FLOAT: 18,
  LATENCY: 20,
} as const;

/** What is compared, and how, as a branch's number has it; odd ones branch when it is not so. */
const CONDITIONS = ["beq", "bne", "", "", "blt", "bge", "bltu", "bgeu"];

function classWord({ instruction, length, near }: Op): number {
  const { kind, size, isSigned, isWord, latency } = timingClass(instruction);
  const parts: Record<keyof typeof PARTS, number> = {
    KIND: NUMBERED.indexOf(kind),
    LENGTH: length,
    SIZE: size ?? 0,
    NEAR: near ? 1 : 0,
    CONDITION: Math.max(0, CONDITIONS.indexOf(instruction.name)),
    SIGNED: isSigned ? 1 : 0,
    WORD: isWord ? 1 : 0,
    FLOAT: isFloat(instruction.meaning) ? 1 : 0,
    LATENCY: latency ?? 0,
  };
  return Object.entries(PARTS).reduce(
    (word, [part, low]) => word | (parts[part as keyof typeof PARTS] << low),
    0,
  );
}

/** generated/timing-classes.ts: what the pipeline model must know of each op. */
export function printTimingClasses(ops: readonly Op[]): string {
  // What is no instruction counts as a 4-byte one of the ALU.
  const words = [...PSEUDO_OPS.map(() => 4 << PARTS.LENGTH), ...ops.map(classWord)];
  return `/** A word for each op: its kind, length, bytes accessed, and more, from the bits named CLASS_. */
export const TIMING_CLASSES: usize = memory.data<u32>([${words.join(", ")}]);
${Object.entries(PARTS)
  .map(([part, low]) => `export const CLASS_${part}: u32 = ${low};`)
  .join("\n")}
${NUMBERED.map((kind, index) => `export const KIND_${kind.replace(/[A-Z]/g, "_$&").toUpperCase()}: u32 = ${index};`).join("\n")}
`;
}
