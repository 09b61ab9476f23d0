/** Prints the facts that are plain numbers: the memory layout, op ids, the manual's codes. */
import {
  CODE_PAGE_BYTES,
  CODE_PAGES,
  HART_BYTES,
  HART_FIELDS,
  MACHINE_FIELDS,
  MAX_BREAKPOINTS,
  MAX_WATCHPOINTS,
  MEMO_COUNT_BYTES,
  MEMO_EDGE_HEADS,
  MEMO_SEGMENT_BYTES,
  MEMO_SEGMENT_HEADS,
  MEMO_STATE_BYTES,
  MEMO_STATE_HEADS,
  PIPELINE_FIELDS,
  type PlacedField,
  REGIONS,
  STOP_REASONS,
  TIMING_BYTES,
  TIMING_FIELDS,
  TLB_BYTES,
  TLB_CONTEXTS,
  TLB_ENTRIES,
  TRACE_BYTES,
  TRACE_FIELDS,
  TRIGGERS,
  WATCH_ACCESS,
  WATCHPOINT_BYTES,
} from "../layout.ts";
import { CYCLES_PER_TICK, MACHINE_MAP, MAX_HARTS, RAM_BASE } from "../machine-map.ts";
import { CACHE_BLOCK_BYTES, EXCEPTION, INTERRUPT, MENVCFG_BIT, MSTATUS_BIT, PRIVILEGE } from "../riscv.ts";
import { CAUSES, DATA_PAGES, DCACHE_FILTER, EVENTS, MAX_CACHE_LINES } from "../timing-layout.ts";
import { TRACE_INFO, TRACE_KINDS, TRACE_RECORDS } from "../trace-layout.ts";
import { type Op, PSEUDO_OPS } from "./ops.ts";

const upper = (name: string) => name.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();
const constant = (name: string, value: number, type: string, doc?: string) =>
  `${doc ? `/** ${doc} */\n` : ""}export const ${name}: ${type} = ${value};`;

/** Fields of a record as byte offsets. */
function record(prefix: string, fields: readonly PlacedField[]): string {
  return fields
    .map(({ name, offset, doc }) => constant(`${prefix}_${name.toUpperCase()}`, offset, "usize", doc))
    .join("\n");
}

/** generated/layout.ts: where everything lies in linear memory. */
export function printLayout(): string {
  const regions = REGIONS.map(({ name, base, doc }) => constant(upper(name), base, "usize", doc));
  return `/** The layout of linear memory. */
${regions.join("\n")}
${record("HART", HART_FIELDS)}
${record("MACHINE", MACHINE_FIELDS)}
${record("TIMING", TIMING_FIELDS)}
${record("PIPELINE", PIPELINE_FIELDS)}
${record("TRACE", TRACE_FIELDS)}
${TRACE_KINDS.map((kind, index) => constant(`TRACED_${upper(kind)}`, index, "u32")).join("\n")}
${Object.entries(TRACE_INFO)
  .map(([part, low]) => constant(`TRACE_${upper(part)}_SHIFT`, low, "u32"))
  .join("\n")}
${constant("TRACE_BYTES", TRACE_BYTES, "usize", "distance between trace records")}
${constant("TRACE_RECORDS", TRACE_RECORDS, "u32")}
${CAUSES.map((cause, index) => constant(`STALL_${upper(cause)}`, index, "u64")).join("\n")}
${EVENTS.map((event, index) => constant(`EVENT_${upper(event)}`, index, "usize")).join("\n")}
${constant("TIMING_BYTES", TIMING_BYTES, "usize", "distance between pipeline models")}
${constant("MAX_CACHE_LINES", MAX_CACHE_LINES, "usize")}
${constant("HART_BYTES", HART_BYTES, "usize", "distance between hart records")}
${constant("MAX_BREAKPOINTS", MAX_BREAKPOINTS, "u32")}
${constant("MAX_WATCHPOINTS", MAX_WATCHPOINTS, "u32")}
${constant("WATCHPOINT_BYTES", WATCHPOINT_BYTES, "usize")}
${Object.entries(WATCH_ACCESS)
  .map(([name, bit]) => constant(`WATCH_${name}`, bit, "u32"))
  .join("\n")}
${constant("MEMO_SEGMENT_BYTES", MEMO_SEGMENT_BYTES, "usize")}
${constant("MEMO_STATE_BYTES", MEMO_STATE_BYTES, "usize")}
${constant("MEMO_COUNT_BYTES", MEMO_COUNT_BYTES, "usize")}
${constant("MEMO_SEGMENT_HEADS", MEMO_SEGMENT_HEADS, "u32")}
${constant("MEMO_STATE_HEADS", MEMO_STATE_HEADS, "u32")}
${constant("MEMO_EDGE_HEADS", MEMO_EDGE_HEADS, "u32")}
${constant("DATA_PAGES", DATA_PAGES, "usize")}
${constant("DCACHE_FILTER", DCACHE_FILTER, "usize")}
${constant("TRIGGERS", TRIGGERS, "u32", "debug triggers of a hart")}
${constant("TLB_ENTRIES", TLB_ENTRIES, "u32")}
${constant("TLB_BYTES", TLB_BYTES, "usize")}
${constant("TLB_CONTEXTS", TLB_CONTEXTS.length, "u32")}
${constant("CODE_PAGE_BYTES", CODE_PAGE_BYTES, "usize")}
${constant("CODE_PAGES", CODE_PAGES, "u32")}
${STOP_REASONS.map((reason, index) => constant(`STOP_${reason.toUpperCase()}`, index, "u32")).join("\n")}
`;
}

/** generated/ops.ts: numbers of the interpreter's cases. */
export function printOps(ops: readonly Op[]): string {
  const pseudo = PSEUDO_OPS.map((name, id) => constant(`OP_${name}`, id, "i32"));
  return `/** Ids of the interpreter's cases. */\n${[...pseudo, ...ops.map((op) => constant(op.name, op.id, "i32"))].join("\n")}\n`;
}

/** generated/riscv.ts: numbers of the manuals and of the board. */
export function printRiscv(): string {
  const lines = [
    ...Object.entries(PRIVILEGE).map(([name, value]) => constant(`PRIV_${name}`, value, "u32")),
    ...Object.entries(EXCEPTION).map(([name, value]) => constant(`CAUSE_${name}`, value, "u64")),
    ...Object.entries(INTERRUPT).map(([name, value]) => constant(`IRQ_${name}`, value, "u64")),
    ...Object.entries(MENVCFG_BIT).map(([name, value]) => constant(`MENVCFG_${name}_BIT`, value, "u64")),
    ...Object.entries(MSTATUS_BIT).map(([name, value]) => constant(`MSTATUS_${name}_BIT`, value, "u64")),
    constant("RAM_BASE", RAM_BASE, "u64", "first byte of main memory"),
    constant("BOOT_ROM_BASE", MACHINE_MAP.bootRom.base, "u64"),
    constant("BOOT_ROM_SIZE", MACHINE_MAP.bootRom.size, "u64"),
    constant("CACHE_BLOCK_BYTES", CACHE_BLOCK_BYTES, "u64"),
    constant("MAX_HARTS", MAX_HARTS, "u32"),
    constant("CYCLES_PER_TICK", CYCLES_PER_TICK, "u64"),
  ];
  return `/** Numbers of the RISC-V manuals and of the machine map. */\n${lines.join("\n")}\n`;
}
