/** Reads the machine's settings from the page's address: ?smp=4&m=256M&append=...&free=1. */

import { parseMemory, parseSmp } from "../host/arguments.ts";
import { DEFAULT_RAM_BYTES } from "../spec/machine-map.ts";
import type { MachineSettings } from "./protocol.ts";

/** Settings from a query string; throws HartbeatError when a value makes no sense. */
export function settingsFromQuery(query: string): MachineSettings {
  const parameters = new URLSearchParams(query);
  const memory = parameters.get("m");
  return {
    harts: parseSmp(parameters.get("smp") ?? "1"),
    ramBytes: memory === null ? DEFAULT_RAM_BYTES : parseMemory(memory),
    append: parameters.get("append") ?? "",
    free: parameters.get("free") === "1",
  };
}
