/** Reads and writes the machine's settings and the page's panel as an address: ?smp=4&m=256M&append=...&panel=map. */

import { parseMemory, parseSmp } from "../host/arguments.ts";
import { DEFAULT_RAM_BYTES } from "../spec/machine-map.ts";
import type { MachineSettings } from "./protocol.ts";

export const PANELS = ["console", "map", "debugger"] as const;
export type PanelName = (typeof PANELS)[number];

/** Settings from a query string; throws HartbeatError when a value makes no sense. */
export function settingsFromQuery(query: string): MachineSettings {
  const parameters = new URLSearchParams(query);
  const memory = parameters.get("m");
  return {
    harts: parseSmp(parameters.get("smp") ?? "1"),
    ramBytes: memory === null ? DEFAULT_RAM_BYTES : parseMemory(memory),
    append: parameters.get("append") ?? "",
    free: parameters.get("free") === "1",
    paused: parameters.get("paused") === "1",
  };
}

/** The panel that the address names; undefined when it names none that there is. */
export function panelFromQuery(query: string): PanelName | undefined {
  const name = new URLSearchParams(query).get("panel");
  return PANELS.find((panel) => panel === name);
}

/** A query string that `settingsFromQuery` and `panelFromQuery` read back; what is usual stays out of it. */
export function queryFrom({ harts, ramBytes, append, paused }: MachineSettings, panel?: PanelName): string {
  const parameters = new URLSearchParams();
  if (harts !== 1) parameters.set("smp", String(harts));
  if (ramBytes !== DEFAULT_RAM_BYTES) parameters.set("m", memoryText(ramBytes));
  if (append !== "") parameters.set("append", append);
  if (paused) parameters.set("paused", "1");
  if (panel) parameters.set("panel", panel);
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** Bytes as `-m` has them. */
export function memoryText(bytes: number): string {
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}M` : `${bytes / 1024}K`;
}
