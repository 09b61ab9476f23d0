/** What a recording says of its machine, in the words of the command line, which replays the same files. */
import { parseMemory, parseSmp } from "../host/arguments.ts";
import { readLog } from "../host/replay/log-file.ts";
import type { MachineSettings } from "./protocol.ts";
import { FUNCTIONAL } from "./settings.ts";

type Recorded = Pick<MachineSettings, "harts" | "ramBytes" | "append" | "timing">;

export function recordedArguments({ harts, ramBytes, append, timing }: Recorded): Record<string, unknown> {
  return { smp: harts, memory: ramBytes, append, ...(timing !== FUNCTIONAL && { timing }) };
}

/** The machine that a recording was made on. Throws HartbeatError when the file is none, or damaged. */
export function recordedSettings(recording: string): Recorded {
  const words = (readLog(recording).arguments ?? {}) as Record<string, unknown>;
  const { smp = 1, memory, append = "", timing } = words;
  return {
    harts: parseSmp(String(smp)),
    ramBytes: parseMemory(typeof memory === "number" ? `${memory / 1024}K` : "128M"),
    append: String(append),
    timing: timing === true ? "cva6" : typeof timing === "string" ? timing : FUNCTIONAL,
  };
}
