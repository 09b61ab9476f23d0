/**
 * The layout of the core's linear memory, written once: what lies where, how wide, and what it means.
 * `spec/generate` prints it as AssemblyScript constants for the core; the host reads the same tables
 * here. The order is the order in memory; offsets are computed, never typed.
 */

import { PIPELINE, TIMING } from "./timing-layout.ts";
import { TRACE, TRACE_RECORDS } from "./trace-layout.ts";

/** A field of a fixed record in the core's memory. Types are wasm's; `count` makes it an array. */
export interface Field {
  readonly name: string;
  readonly type: "u32" | "u64";
  readonly count?: number;
  readonly doc: string;
}

/** One field with its place: `offset` in bytes from the start of its record. */
export interface PlacedField extends Field {
  readonly offset: number;
  readonly bytes: number;
}

/** Debug triggers of a hart. */
export const TRIGGERS = 4;

/** Registers and bookkeeping of one hart. Names of registers are those of the RISC-V manuals. */
const HART: readonly Field[] = [
  { name: "x", type: "u64", count: 32, doc: "integer registers; x0 is never written" },
  { name: "sink", type: "u64", doc: 'where writes to x0 go; at the offset of an "x32"' },
  { name: "f", type: "u64", count: 32, doc: "floating-point registers, narrower values NaN-boxed" },
  {
    name: "pc",
    type: "u64",
    doc: "address of the next instruction; current only outside the interpreter loop",
  },
  { name: "priv", type: "u32", doc: "privilege level: 0 U, 1 S, 3 M" },
  { name: "hartid", type: "u32", doc: "mhartid" },
  { name: "waiting", type: "u32", doc: "1 while stalled in wfi" },
  {
    name: "lines",
    type: "u32",
    doc: "mip bits that the interrupt controllers drive: MSIP, MTIP, MEIP, SEIP",
  },
  {
    name: "cycle",
    type: "u64",
    doc: "guest time of this hart in cycles, at the end of what it was granted; stale while waiting",
  },
  {
    name: "fuel",
    type: "u32",
    doc: "cycles of the quantum that are left, as i32; current only in slow paths",
  },
  { name: "timed", type: "u32", doc: "1 while the pipeline model keeps the time" },
  { name: "retiredBase", type: "u32", doc: "instructions that instret has of the pipeline model's count" },
  { name: "trapped", type: "u32", doc: "1 when the last slow path ended in a trap instead of a value" },
  { name: "instret", type: "u64", doc: "retired instructions, exact outside the interpreter loop" },
  {
    name: "lastRun",
    type: "u64",
    doc: "what `executed` of the machine was when this hart had last executed",
  },
  { name: "instretBase", type: "u64", doc: "added to instret to give minstret, which guests may write" },
  { name: "cycleBase", type: "u64", doc: "added to cycle to give mcycle, which guests may write" },
  { name: "mstatus", type: "u64", doc: "machine status" },
  { name: "medeleg", type: "u64", doc: "exceptions delegated to S-mode" },
  { name: "mideleg", type: "u64", doc: "interrupts delegated to S-mode" },
  { name: "mie", type: "u64", doc: "interrupt enables" },
  { name: "mip", type: "u64", doc: "interrupt-pending bits that software may write: SSIP, STIP, SEIP" },
  { name: "mtvec", type: "u64", doc: "machine trap vector" },
  { name: "mscratch", type: "u64", doc: "machine scratch" },
  { name: "mepc", type: "u64", doc: "machine exception pc" },
  { name: "mcause", type: "u64", doc: "machine trap cause" },
  { name: "mtval", type: "u64", doc: "machine trap value" },
  { name: "mcounteren", type: "u64", doc: "counters visible below M-mode" },
  { name: "mcountinhibit", type: "u64", doc: "counters that stand still" },
  { name: "menvcfg", type: "u64", doc: "machine environment configuration" },
  { name: "stvec", type: "u64", doc: "supervisor trap vector" },
  { name: "sscratch", type: "u64", doc: "supervisor scratch" },
  { name: "sepc", type: "u64", doc: "supervisor exception pc" },
  { name: "scause", type: "u64", doc: "supervisor trap cause" },
  { name: "stval", type: "u64", doc: "supervisor trap value" },
  { name: "scounteren", type: "u64", doc: "counters visible in U-mode" },
  { name: "senvcfg", type: "u64", doc: "supervisor environment configuration" },
  { name: "stimecmp", type: "u64", doc: "ticks of time at which the supervisor timer fires (Sstc)" },
  { name: "satp", type: "u64", doc: "address translation and protection" },
  { name: "fflags", type: "u32", doc: "accrued floating-point exceptions" },
  { name: "frm", type: "u32", doc: "floating-point rounding mode" },
  {
    name: "pmpcfg",
    type: "u64",
    count: 2,
    doc: "PMP configuration bytes, eight to a word (pmpcfg0, pmpcfg2)",
  },
  { name: "pmpaddr", type: "u64", count: 16, doc: "PMP addresses, physical address >> 2" },
  { name: "tselect", type: "u64", doc: "debug trigger that tdata1 and tdata2 show" },
  { name: "tdata1", type: "u64", count: TRIGGERS, doc: "what the debug triggers wait for" },
  { name: "tdata2", type: "u64", count: TRIGGERS, doc: "the addresses that they compare" },
  { name: "tcontrol", type: "u64", doc: "whether triggers fire in M-mode" },
  { name: "triggers", type: "u32", doc: "kinds of access that some trigger waits for, as bits of tdata1" },
  { name: "reservation", type: "u64", doc: "virtual address that lr reserved; all ones when none" },
  { name: "resumePc", type: "u64", doc: "breakpoint to pass once when the hart goes on; all ones when none" },
  { name: "readTlb", type: "u32", doc: "address of the TLB array that loads use in the present mode" },
  { name: "writeTlb", type: "u32", doc: "address of the TLB array that stores use" },
  { name: "fetchTlb", type: "u32", doc: "address of the TLB array that fetches use" },
  { name: "superpages", type: "u32", doc: "1 when a TLB may hold pieces of a superpage" },
];

/** What the core and the host tell each other about the whole machine. */
const MACHINE: readonly Field[] = [
  { name: "harts", type: "u32", doc: "number of harts" },
  { name: "ramBytes", type: "u32", doc: "size of main memory in bytes" },
  { name: "roundStart", type: "u64", doc: "guest cycle at which the present round began" },
  { name: "roundEnd", type: "u64", doc: "guest cycle at which the present round ends" },
  { name: "turn", type: "u32", doc: "hart whose turn it is in the present round" },
  { name: "turnStarted", type: "u32", doc: "1 when that hart has begun its turn" },
  {
    name: "stopRequest",
    type: "u32",
    doc: "set by the host to make run() return after the present instruction",
  },
  { name: "stopReason", type: "u32", doc: "why run() returned, see StopReason" },
  {
    name: "stepHart",
    type: "u32",
    doc: "hart after whose next instruction run() returns; all ones when none",
  },
  { name: "busFault", type: "u32", doc: "set by the host when a bus access found nothing" },
  { name: "timeOffset", type: "u64", doc: "ticks added to the clock to give mtime" },
  { name: "executed", type: "u64", doc: "cycles that all harts together have used: the position in the run" },
  { name: "breakpoints", type: "u32", doc: "number of breakpoints" },
  { name: "watchpoints", type: "u32", doc: "number of watchpoints" },
  { name: "watchDisarmed", type: "u32", doc: "1 while accesses to watched memory go through" },
  { name: "watchHit", type: "u32", doc: "1 when an access was held back by a watchpoint" },
  { name: "watchAccess", type: "u32", doc: "that access: bits of WATCH_ACCESS" },
  { name: "watchSize", type: "u32", doc: "its length in bytes" },
  { name: "watchAddress", type: "u64", doc: "its virtual address" },
  { name: "codePages", type: "u32", doc: "decoded pages in use" },
  { name: "freeCodePage", type: "u32", doc: "first of the freed decoded pages, 0 when none" },
  {
    name: "traceOpen",
    type: "u32",
    doc: "1 while instructions are traced, from traceFrom to before traceTo",
  },
  { name: "traceCount", type: "u32", doc: "records in the trace region" },
  { name: "traceFrom", type: "u64", doc: "guest cycle" },
  { name: "traceTo", type: "u64", doc: "guest cycle" },
  {
    name: "traceTasks",
    type: "u64",
    count: 8,
    doc: "the task that each hart was last seen with, 0 for none",
  },
  { name: "traceSpaces", type: "u64", count: 8, doc: "satp that each hart was last seen with in user mode" },
];

function place(fields: readonly Field[]): PlacedField[] {
  let offset = 0;
  return fields.map((field) => {
    const width = field.type === "u64" ? 8 : 4;
    offset = Math.ceil(offset / width) * width;
    const placed = { ...field, offset, bytes: width * (field.count ?? 1) };
    offset += placed.bytes;
    return placed;
  });
}

export const HART_FIELDS = place(HART);
export const MACHINE_FIELDS = place(MACHINE);
export const TIMING_FIELDS = place(TIMING);
export const PIPELINE_FIELDS = place(PIPELINE);
export const TRACE_FIELDS = place(TRACE);

/** The most breakpoints that may be set at a time. */
export const MAX_BREAKPOINTS = 1024;
/** The same for watchpoints. Each is {u64 first address, u64 last address, u32 accesses, u32 unused}. */
export const MAX_WATCHPOINTS = 64;
export const WATCHPOINT_BYTES = 24;
/** Accesses that a watchpoint may wait for, as bits. */
export const WATCH_ACCESS = { READ: 1, WRITE: 2 } as const;

/** Entries of one TLB array; a power of two. Each is {u64 tag, u32 addend or decoded page, u32 unused}. */
export const TLB_ENTRIES = 512;
/** Bytes of one TLB array. */
export const TLB_BYTES = TLB_ENTRIES * 16;
/** Translation contexts, each with a TLB array of its own for loads, stores and fetches. */
export const TLB_CONTEXTS = ["M", "U", "S", "S with SUM"] as const;

/** Decoded slots of one physical page: one for each halfword, then the sentinel, padded. */
export const CODE_PAGE_BYTES = (2048 + 4) * 16;
/** Decoded pages that fit the pool; when it is full, all are dropped. */
export const CODE_PAGES = 1024;

/** Largest main memory, in bytes. */
export const MAX_RAM_BYTES = 2 * 1024 * 1024 * 1024;

/** A region of linear memory, in the order of addresses. */
export interface Region {
  readonly name: string;
  readonly base: number;
  readonly bytes: number;
  readonly doc: string;
}

/** The first 64 KiB belong to AssemblyScript's static data. */
const FIRST_REGION = 0x1_0000;
const PAGE = 4096;

function stack(regions: ReadonlyArray<Omit<Region, "base">>): Region[] {
  let base = FIRST_REGION;
  return regions.map((region) => {
    const placed = { ...region, base };
    base += Math.ceil(region.bytes / PAGE) * PAGE;
    return placed;
  });
}

/** Room for one hart's record. */
export const HART_BYTES = 2048;
/** Room for the pipeline model of one hart. */
export const TIMING_BYTES = 0x2_a000;

/** Room for what the pipeline model remembers (assembly/timing/memo), and heads of its hash tables: powers of two. */
export const MEMO_SEGMENT_BYTES = 12 * 2 ** 20;
export const MEMO_STATE_BYTES = 10 * 2 ** 20;
export const MEMO_COUNT_BYTES = 3 * 2 ** 20;
export const MEMO_SEGMENT_HEADS = 32_768;
export const MEMO_STATE_HEADS = 16_384;
export const MEMO_EDGE_HEADS = 4096;

/** Bytes of a record of an instruction trace. */
export const TRACE_BYTES = TRACE_FIELDS.reduce((sum, { bytes }) => sum + bytes, 0);

export const REGIONS = stack([
  { name: "machine", bytes: PAGE, doc: "the machine record" },
  { name: "harts", bytes: 8 * HART_BYTES, doc: "hart records, HART_BYTES apart" },
  { name: "breakpointTable", bytes: MAX_BREAKPOINTS * 8, doc: "virtual addresses of breakpoints" },
  { name: "watchTable", bytes: MAX_WATCHPOINTS * WATCHPOINT_BYTES, doc: "watchpoints" },
  { name: "scratch", bytes: PAGE, doc: "decoded slots of an instruction that is not on one cached page" },
  { name: "bootRom", bytes: 0xf000, doc: "the boot ROM, as the bus shows it" },
  {
    name: "tlbs",
    bytes: 8 * 3 * TLB_CONTEXTS.length * TLB_BYTES,
    doc: "per hart: load, store, fetch arrays of each context",
  },
  {
    name: "dirtyPages",
    bytes: MAX_RAM_BYTES / PAGE,
    doc: "a byte for each RAM page: 1 when it may have been written since the host cleared it",
  },
  {
    name: "codeTable",
    bytes: (MAX_RAM_BYTES / PAGE) * 4,
    doc: "address of the decoded page of each RAM page, 0 when none",
  },
  {
    name: "codeOwners",
    bytes: CODE_PAGES * 8,
    doc: "for each decoded page: {u32 RAM page, u16 stores since the last decode, u16 whether breakpoints may lie there}",
  },
  { name: "codePool", bytes: CODE_PAGES * CODE_PAGE_BYTES, doc: "decoded pages" },
  { name: "pipeline", bytes: PAGE, doc: "the pipeline's parameters" },
  { name: "timing", bytes: 8 * TIMING_BYTES, doc: "pipeline models of the harts, TIMING_BYTES apart" },
  {
    name: "memoPages",
    bytes: CODE_PAGES * 4,
    doc: "first memoised segment of each decoded page, 0 when none",
  },
  { name: "memoSegmentTable", bytes: MEMO_SEGMENT_HEADS * 4, doc: "memoised segments by hash" },
  { name: "memoStateTable", bytes: MEMO_STATE_HEADS * 4, doc: "memoised states by hash" },
  { name: "memoEdgeTable", bytes: MEMO_EDGE_HEADS * 4, doc: "memoised edges by segment and outcome" },
  { name: "memoPaths", bytes: 512 * 288, doc: "memoised wrong paths" },
  { name: "memoSegments", bytes: MEMO_SEGMENT_BYTES, doc: "memoised segments and their edges" },
  { name: "memoStates", bytes: MEMO_STATE_BYTES, doc: "memoised states of pipelines" },
  { name: "memoCounts", bytes: MEMO_COUNT_BYTES, doc: "what going over memoised edges counts" },
  { name: "trace", bytes: TRACE_RECORDS * TRACE_BYTES, doc: "records of an instruction trace" },
  { name: "ram", bytes: 0, doc: "main memory, to the end" },
]);

/** The region of that name. */
export function region(name: string): Region {
  const found = REGIONS.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`layout has no region "${name}"`);
  return found;
}

/** Why run() returned to the host. */
export const STOP_REASONS = [
  "Horizon",
  "Pause",
  "Fuel",
  "Idle",
  "Requested",
  "Breakpoint",
  "Step",
  "Watchpoint",
] as const;
export type StopReason = (typeof STOP_REASONS)[number];
