/** Reads and writes the machine's settings and the page's panel as an address: ?smp=4&m=256M&append=...&panel=map. */
import { parseMemory, parsePort, parseSmp } from "../host/arguments.ts";
import { HartbeatError } from "../host/errors.ts";
import { DEFAULT_BRIDGE_PORT } from "../host/gdb-link.ts";
import { pipelineByName } from "../host/timing/pipelines.ts";
import { DEFAULT_RAM_BYTES } from "../spec/machine-map.ts";
import type { MachineSettings } from "./protocol.ts";

export const PANELS = ["console", "map", "debugger", "pipeline"] as const;
export type PanelName = (typeof PANELS)[number];

const URL_NAMES = ["kernel", "initrd", "disk", "symbols", "decompressor"] as const;

/** A cycle for each instruction. */
export const FUNCTIONAL = "ideal";
const SLOWEST = 1e-6;

/** Speeds to choose from: guest seconds in a second. */
export const SPEEDS = [1, 0.1, 0.01, 0.001, 0.0001] as const;

export function speedText(speed: number): string {
  return speed === 1 ? "1 GHz, or what this computer can" : `${1 / speed} times slower than 1 GHz`;
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (speed >= SLOWEST && speed <= 1) return speed;
  throw new HartbeatError(`speed ${text}: give a number from ${SLOWEST} (slow motion) to 1`);
}

/** Settings from a query string; throws HartbeatError when a value makes no sense. */
export function settingsFromQuery(query: string): MachineSettings {
  const parameters = new URLSearchParams(query);
  const memory = parameters.get("m");
  return {
    harts: parseSmp(parameters.get("smp") ?? "1"),
    ramBytes: memory === null ? DEFAULT_RAM_BYTES : parseMemory(memory),
    append: parameters.get("append") ?? "",
    timing: pipelineByName(parameters.get("timing") ?? FUNCTIONAL).name,
    urls: Object.fromEntries(
      URL_NAMES.flatMap((name) => {
        const url = parameters.get(name);
        return url ? [[name, url]] : [];
      }),
    ),
    speed: parseSpeed(parameters.get("speed") ?? "1"),
    free: parameters.get("free") === "1",
    paused: parameters.get("paused") === "1",
  };
}

/** The panel that the address names; undefined when it names none that there is. */
export function panelFromQuery(query: string): PanelName | undefined {
  const name = new URLSearchParams(query).get("panel");
  return PANELS.find((panel) => panel === name);
}

/** The port of the GDB bridge that the address names (`gdb=1235`); undefined when it names none. */
export function gdbPortFromQuery(query: string): number | undefined {
  const text = new URLSearchParams(query).get("gdb");
  return text === null ? undefined : parsePort(text === "" ? String(DEFAULT_BRIDGE_PORT) : text, "gdb");
}

/** A query string that `settingsFromQuery` and `panelFromQuery` read back; what is usual stays out of it. */
export function queryFrom(settings: MachineSettings, panel?: PanelName): string {
  const { harts, ramBytes, append, timing, speed, paused } = settings;
  const parameters = new URLSearchParams();
  if (harts !== 1) parameters.set("smp", String(harts));
  if (ramBytes !== DEFAULT_RAM_BYTES) parameters.set("m", memoryText(ramBytes));
  if (append !== "") parameters.set("append", append);
  for (const name of URL_NAMES) {
    const url = settings.urls[name];
    if (url) parameters.set(name, url);
  }
  if (timing !== FUNCTIONAL) parameters.set("timing", timing);
  if (speed !== 1) parameters.set("speed", String(speed));
  if (paused) parameters.set("paused", "1");
  if (panel) parameters.set("panel", panel);
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** Bytes as `-m` has them. */
export function memoryText(bytes: number): string {
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}M` : `${bytes / 1024}K`;
}
