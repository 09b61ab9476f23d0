/** The page: puts client, console, boot map, debugger and controls together, and gives tests their hook. */
import { CYCLES_PER_SECOND } from "../spec/machine-map.ts";
import { BootMapPanel } from "./boot-map/panel.ts";
import { MachineClient } from "./client.ts";
import { DebuggerPanel } from "./debugger/panel.ts";
import { download, element, grouped } from "./dom.ts";
import { serveEmbedder } from "./embedded.ts";
import "./hook.ts";
import { Layout } from "./layout.ts";
import { MachineDialog } from "./machine-dialog.ts";
import { PipelinePanel } from "./pipeline/panel.ts";
import type { MachineSettings, Status } from "./protocol.ts";
import { panelFromQuery, queryFrom, settingsFromQuery } from "./settings.ts";
import { TerminalPanel } from "./terminal-panel.ts";

/** The hook keeps at least this much of the output. */
const OUTPUT_KEPT = 2 ** 20;
/** Longest piece that one call turns into characters. */
const PIECE = 8192;
/** A wait shorter than this needs no bar. */
const PROGRESS_DELAY_MS = 500;

const banner = element("banner");
const power = element("power");
let output = "";
let outputBytes = 0;
let status: Status | undefined;

function showError(message: string): void {
  banner.textContent = message;
  banner.hidden = false;
  power.textContent = "failed";
  power.dataset.power = "failed";
  element("progress").hidden = true;
}

/** Something the user should know; the machine goes on. */
function showNotice(message: string): undefined {
  banner.textContent = message;
  banner.hidden = message === "";
}

/** The machine that the page's address asks for; the usual one, and the reason shown, when there can be no such machine. */
function readSettings(): { settings: MachineSettings; sound: boolean } {
  try {
    return { settings: settingsFromQuery(location.search), sound: true };
  } catch (error) {
    showError(`The address of this page asks for a machine that cannot be: ${(error as Error).message}.`);
    return { settings: settingsFromQuery(""), sound: false };
  }
}

const { settings, sound } = readSettings();
const client = new MachineClient();
const terminal = new TerminalPanel(client, !settings.free);
const dialog = new MachineDialog(settings);
const layout = new Layout(panelFromQuery(location.search));
const inspector = new DebuggerPanel(client);
const bootMap = new BootMapPanel(client, {
  showSource(name) {
    layout.show("debugger");
    void inspector.showSource(name);
  },
  breakAt(name) {
    layout.show("debugger");
    void inspector.breakAt(name);
  },
  travel(name, cycle) {
    bootMap.keepNext();
    layout.show("debugger");
    client.ask("travel", name, cycle).catch((error: Error) => showError(error.message));
  },
});

const pipeline = new PipelinePanel(client, {
  async setTiming(timing) {
    await client.ask("setTiming", timing);
    dialog.change({ timing });
    rememberAddress();
  },
  showPlace(where) {
    layout.show("debugger");
    void inspector.showSource(where);
  },
});

// What scrolls must be reachable by keyboard.
for (const region of document.querySelectorAll<HTMLElement>(".scroll")) region.tabIndex = 0;

function showPanel(): void {
  inspector.shown = layout.panel === "debugger";
  pipeline.shown = layout.panel === "pipeline";
  if (layout.panel === "map") bootMap.draw();
}

/** The address restores what is seen now. A machine that the hook drives keeps its own address. */
function rememberAddress(): void {
  if (dialog.settings.free || !sound) return;
  history.replaceState(null, "", queryFrom(dialog.settings, layout.panel) || location.pathname);
}

layout.onChange = () => {
  showPanel();
  rememberAddress();
};
showPanel();

dialog.onBoot = (next, files) => {
  rememberAddress();
  boot(next, files);
};

let progressTimer: ReturnType<typeof setTimeout> | undefined;

function boot(next: MachineSettings, files = dialog.files): void {
  banner.hidden = true;
  clearTimeout(progressTimer);
  progressTimer = setTimeout(() => {
    element("progress").hidden = false;
  }, PROGRESS_DELAY_MS);
  void client.boot(next, files);
}

client.on("progress", ({ loaded, total }) => {
  const bar = element<HTMLProgressElement>("progress-bar");
  bar.max = Math.max(total, loaded);
  bar.value = loaded;
});

client.on("power-on", () => {
  clearTimeout(progressTimer);
  element("progress").hidden = true;
  banner.hidden = true;
});

client.on("output", (bytes) => {
  outputBytes += bytes.length;
  for (let at = 0; at < bytes.length; at += PIECE) {
    output += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  if (output.length > 2 * OUTPUT_KEPT) output = output.slice(-OUTPUT_KEPT);
});

client.on("status", (next) => {
  status = next;
  power.dataset.power = next.power;
  power.textContent = next.power === "off" && next.exitStatus ? `off, status ${next.exitStatus}` : next.power;
  element("pause").textContent = next.power === "paused" ? "Run" : "Pause";
  element("harts").textContent = String(next.harts);
  element("cycles").textContent = grouped(next.cycles);
  element("time").textContent = `${(next.cycles / CYCLES_PER_SECOND).toFixed(1)} s`;
  inspector.live(next.power === "running" || next.power === "booting");
});
client.on("error", showError);
document.addEventListener("visibilitychange", () => {
  client.seen = !document.hidden;
});
if (document.hidden) client.seen = false;

element("pause").addEventListener("click", () => void inspector.toggle());
element("reset").addEventListener("click", () => {
  boot(dialog.settings);
  terminal.focus();
});
element("machine").addEventListener("click", () => dialog.open());
element("find").addEventListener("click", () => terminal.openSearch());
element("save-log").addEventListener("click", () =>
  download("hartbeat-console.log", terminal.log, "text/plain"),
);
element("save-state").addEventListener("click", async () => {
  const snapshot = await client.ask("snapshot").catch((error: Error) => showNotice(error.message));
  if (snapshot) download(`hartbeat-${status?.cycles ?? 0}.snapshot`, snapshot, "application/octet-stream");
});
dialog.onSnapshot = (snapshot) =>
  client.ask("restore", snapshot).then(
    () => showNotice(""),
    (error: Error) => showNotice(error.message),
  );
element("copy-link").addEventListener("click", async () => {
  const link = new URL(queryFrom(dialog.settings, layout.panel) || "?", location.href).href;
  await navigator.clipboard?.writeText(link).catch(() => undefined);
  element("copied").textContent = "Link copied.";
});

window.hartbeat = {
  get output() {
    return output;
  },
  get outputBytes() {
    return outputBytes;
  },
  get mostUndrawn() {
    return terminal.mostUndrawn;
  },
  get status() {
    return status;
  },
  get steps() {
    return bootMap.model.spans.map(({ name }) => name);
  },
  ask: (name, ...args) => client.ask(name, ...args),
  send: (text) => terminal.send(text),
  use: (files) => dialog.use(files),
  pause: () => client.ask("pause"),
  resume: () => client.ask("resume"),
  cycles: async () => (await client.ask("fingerprint")).cycles,
  stateHash: async () => (await client.ask("fingerprint")).hash,
  run: (cycles) => client.ask("run", cycles),
  expect: (text) => client.ask("expect", text),
  snapshot: () => client.ask("snapshot"),
  restore: (snapshot) => client.ask("restore", snapshot),
};
serveEmbedder(client, window.hartbeat);

if (sound) boot(settings);
if (matchMedia("(pointer: fine)").matches) terminal.focus();
