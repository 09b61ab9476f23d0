/** The counts of the pipeline model as text: a CPI stack and the events of each hart. */
import type { HartStats } from "./timing.ts";

/** Rows of a hart's report; causes without cycles are left out. */
function hartLines({ hart, cycles, instructions, cpi, stack, events }: HartStats): string[] {
  const share = (part: number): string => `${((100 * part) / Math.max(cycles, 1)).toFixed(1)}%`;
  const causes = Object.entries(stack)
    .filter(([, part]) => part > 0)
    .map(([cause, part]) => `  ${cause.padEnd(14)}${String(part).padStart(14)}${share(part).padStart(8)}`);
  const counts = Object.entries(events).filter(([, count]) => count > 0);
  return [
    `hart ${hart}: ${cycles} cycles, ${instructions} instructions, CPI ${cpi.toFixed(3)}`,
    ...causes,
    `  ${counts.map(([event, count]) => `${event} ${count}`).join(", ")}`,
  ];
}

export function timingReport(stats: readonly HartStats[]): string {
  return `${stats.flatMap(hartLines).join("\n")}\n`;
}
