/**
 * The records of an instruction trace in linear memory, written once for core and host. The core writes one for each
 * instruction while a trace is open, and hands them to the host when their region is full.
 */
import type { Field } from "./layout.ts";

/** What a record tells of. */
export const TRACE_KINDS = [
  /** An instruction that was executed. */
  "instruction",
  /** An instruction that was fetched in vain, behind a mispredicted transfer or a flush; killed at `cycle`. */
  "killed",
  /** The trap that the instruction before, or the fetch at `pc`, led to; `insn` is the cause. */
  "exception",
  /** An interrupt taken before the instruction at `pc`; `insn` is the cause. */
  "interrupt",
  /**
   * Another task runs from here on, or another program in user mode: what the kernel keeps in tp (or, in user mode, in sscratch)
   * is in `pc`, the low half of satp in `insn`.
   */
  "task",
] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/**
 * Cycles are guest time. The u32 fields but `insn`, `info` and `stall` count cycles back from `cycle`, as i32: a killed
 * instruction that never issued did so one cycle later.
 */
export const TRACE: readonly Field[] = [
  { name: "pc", type: "u64", doc: "virtual address of the instruction" },
  { name: "cycle", type: "u64", doc: "cycle of its commit" },
  { name: "insn", type: "u32", doc: "the instruction, 2 or 4 bytes" },
  { name: "info", type: "u32", doc: "kind, hart << 4, privilege afterwards << 8, cause of the stall << 12" },
  {
    name: "asked",
    type: "u32",
    doc: "when its fetch word would have been scanned, had it been there at once",
  },
  { name: "scanned", type: "u32", doc: "when that word was scanned" },
  { name: "issued", type: "u32", doc: "when it issued" },
  { name: "done", type: "u32", doc: "when it could have committed" },
  { name: "stall", type: "u32", doc: "cycles that it issued later than one behind the instruction before" },
  { name: "unused", type: "u32", doc: "makes it a multiple of eight" },
];

/** Places of the parts of `info`. */
export const TRACE_INFO = { hart: 4, privilege: 8, cause: 12 } as const;

/** Records that the region holds. */
export const TRACE_RECORDS = 8192;
