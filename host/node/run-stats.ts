/** What a run came to: `--stats` for people, `--stats-json` for programs. */
import { writeFileSync } from "node:fs";
import { CYCLES_PER_SECOND } from "../../spec/machine-map.ts";
import { HartbeatError } from "../errors.ts";
import { timingJson, timingReport } from "../timing/report.ts";
import { reason } from "./files.ts";
import type { Machine } from "./index.ts";

/** Cycles, time and speed, and the CPI stacks when a pipeline kept the time. `seconds` of wall time, `busy` of them running. */
export function statsText(machine: Machine, seconds: number, busy: number): string {
  const { cycles, instructions, timing } = machine;
  const speed = busy > 0 ? instructions / busy / 1e6 : 0;
  const summary =
    `hartbeat: ${cycles.toLocaleString("en")} cycles, ${(cycles / CYCLES_PER_SECOND).toFixed(3)} s of guest time; ` +
    `${seconds.toFixed(3)} s of wall time, ${busy.toFixed(3)} s of it running (${speed.toFixed(0)} million instructions/s)`;
  return timing
    ? `${summary}\nhartbeat: pipeline ${timing.name}\n${timingReport(machine.stats()).trimEnd()}`
    : summary;
}

/** Writes the counts of the pipeline model. Throws HartbeatError when the file cannot be written. */
export function writeStats(machine: Machine, path: string): void {
  const json = timingJson(machine.timing?.name ?? "ideal", machine.stats());
  try {
    writeFileSync(path, `${JSON.stringify(json, undefined, 2)}\n`);
  } catch (error) {
    throw new HartbeatError(`Cannot write the statistics '${path}': ${reason(error)}; name another file.`);
  }
}
