/** The timing class of each instruction: which function of the pipeline model it is told to, and with what. */
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

/** Kinds that may leave the interpreter's fast path without being told to the model there. */
const LEAVING: readonly Kind[] = ["load", "store", "atomic", "csr", "sfence", "return", "trap"];

/** generated/timing-classes.ts: for an op that left the fast path, what it is. */
export function printTimingClasses(ops: readonly Op[]): string {
  const rows = ops.map((op) => {
    const { kind, size } = timingClass(op.instruction);
    return {
      id: op.id,
      code: Math.max(0, LEAVING.indexOf(kind) + 1),
      size: Math.log2(size ?? 1),
      length: op.length,
    };
  });
  const bytes = [
    ...PSEUDO_OPS.map(() => 4),
    ...rows.map(({ code, size, length }) => (code << 5) | (size << 3) | length),
  ];
  return `/** For each op: its kind times 32, the binary logarithm of its access size times 8, its length. */
export const TIMING_CLASSES: usize = memory.data<u8>([${bytes.join(", ")}]);
${LEAVING.map((kind, index) => `export const LEAVING_${kind.toUpperCase()}: u32 = ${index + 1};`).join("\n")}
`;
}
