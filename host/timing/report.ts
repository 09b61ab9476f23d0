/** The counts of the pipeline model as text: the CPI stacks of the harts beside each other, and their misses. */
import { CAUSES, type Cause, EVENTS, type TimingEvent } from "../../spec/timing-layout.ts";
import type { HartStats } from "./timing.ts";

/** What the causes are, for people. */
export const CAUSE_DOCS: Readonly<Record<Cause, string>> = {
  base: "one for each instruction",
  fetch: "fetching: taken transfers, a full queue",
  icache: "instruction cache",
  itlb: "instruction TLB",
  mispredict: "mispredicted transfer",
  alu: "result of the ALU",
  loadUse: "result of a load that hit",
  dcache: "data cache",
  dtlb: "data TLB",
  multiply: "multiplier",
  divide: "divider",
  float: "floating-point unit",
  csr: "CSR instruction",
  fence: "fence",
  atomic: "atomic, lr, sc",
  trap: "trap or return from one",
  storeBuffer: "store queues and write buffer full",
  storeToLoad: "load behind a store to its page offset",
  structural: "a unit or write-back port taken",
  idle: "the hart slept",
  drain: "between issue and commit",
};

/** Harts beside each other in a line. */
const HARTS_IN_A_ROW = 4;

const grouped = (count: number): string => count.toLocaleString("en-US");

/** Tenths of a percent for each part, that add up to 100% exactly: the largest remainders are rounded up. */
export function shares(parts: readonly number[]): number[] {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  if (whole === 0) return parts.map(() => 0);
  const exact = parts.map((part) => (1000 * part) / whole);
  const floors = exact.map(Math.floor);
  let left = 1000 - floors.reduce((sum, floor) => sum + floor, 0);
  const order = exact.map((_, index) => index);
  order.sort((a, b) => ((exact[b] ?? 0) % 1) - ((exact[a] ?? 0) % 1));
  for (const index of order) {
    if (left === 0) break;
    floors[index] = (floors[index] ?? 0) + 1;
    left -= 1;
  }
  return floors;
}

const percent = (tenths: number): string => `${(tenths / 10).toFixed(1)}%`;

/** Rows whose first column is to the left and the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** CPI of what is not spent asleep. */
function awakeCpi({ cycles, instructions, stack }: HartStats): number {
  return (cycles - stack.idle) / Math.max(instructions, 1);
}

interface Rate {
  readonly name: string;
  readonly of: TimingEvent;
  /** Shown as a share of these. */
  readonly per?: TimingEvent;
}

const RATES: readonly Rate[] = [
  { name: "branches and jumps", of: "branch" },
  { name: "  mispredicted", of: "mispredict", per: "branch" },
  { name: "loads", of: "load" },
  { name: "  missed the data cache", of: "dcacheMiss", per: "load" },
  { name: "stores", of: "store" },
  { name: "instruction cache misses", of: "icacheMiss" },
  { name: "data cache evictions", of: "dcacheEviction" },
  { name: "instruction TLB misses", of: "itlbMiss" },
  { name: "data TLB misses", of: "dtlbMiss" },
  { name: "calls", of: "call" },
  { name: "returns", of: "return" },
  { name: "floating-point instructions", of: "floatingPoint" },
  { name: "exceptions and interrupts", of: "exception" },
];

function section(harts: readonly HartStats[]): string[] {
  const line = (name: string, cells: (hart: HartStats, index: number) => readonly string[]): string[] => [
    name,
    ...harts.flatMap((hart, index) => cells(hart, index)),
  ];
  const parts = harts.map(({ stack }) => shares(CAUSES.map((cause) => stack[cause])));
  const causes = CAUSES.filter((cause) => harts.some(({ stack }) => stack[cause] > 0));
  const total = (cause: Cause): number => harts.reduce((sum, { stack }) => sum + stack[cause], 0);
  causes.sort((a, b) => (a === "base" ? -1 : b === "base" ? 1 : total(b) - total(a)));
  return table([
    line("", ({ hart }) => [`hart ${hart}`, ""]),
    line("instructions", ({ instructions }) => [grouped(instructions), ""]),
    line("cycles", ({ cycles }) => [grouped(cycles), ""]),
    line("CPI", ({ cpi }) => [cpi.toFixed(3), ""]),
    line("CPI while awake", (hart) => [awakeCpi(hart).toFixed(3), ""]),
    ...causes.map((cause) =>
      line(`  ${cause}`, ({ stack }, index) => [
        grouped(stack[cause]),
        percent(parts[index]?.[CAUSES.indexOf(cause)] ?? 0),
      ]),
    ),
    ...RATES.filter(({ of }) => harts.some(({ events }) => events[of] > 0)).map(({ name, of, per }) =>
      line(name, ({ events }) => [
        grouped(events[of]),
        per ? percent((1000 * events[of]) / Math.max(events[per], 1)) : "",
      ]),
    ),
  ]);
}

/** The report of all harts. Causes without cycles and events that did not happen are left out. */
export function timingReport(stats: readonly HartStats[]): string {
  const sections: string[] = [];
  for (let first = 0; first < stats.length; first += HARTS_IN_A_ROW) {
    sections.push(section(stats.slice(first, first + HARTS_IN_A_ROW)).join("\n"));
  }
  return `${sections.join("\n\n")}\n`;
}

/** The same for programs: names of causes and events with their counts. */
export function timingJson(pipeline: string, stats: readonly HartStats[]): object {
  return {
    pipeline,
    causes: CAUSES,
    events: EVENTS.filter((event) => event !== "none"),
    harts: stats.map(({ events, ...hart }) => {
      const { none: _, ...counted } = events;
      return { ...hart, events: counted };
    }),
  };
}
