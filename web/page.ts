/** The page: puts client, console, boot map, debugger and controls together, and gives tests their hook. */
import { HartbeatError } from "../host/errors.ts";
import { DEFAULT_BRIDGE_PORT } from "../host/gdb-link.ts";
import { CYCLES_PER_SECOND } from "../spec/machine-map.ts";
import { BootMapPanel } from "./boot-map/panel.ts";
import { MachineClient } from "./client.ts";
import { DebuggerPanel } from "./debugger/panel.ts";
import { download, element, grouped } from "./dom.ts";
import { serveEmbedder } from "./embedded.ts";
import { explainTitles } from "./explanations.ts";
import "./hook.ts";
import { FilesMenu } from "./files-menu.ts";
import { Layout } from "./layout.ts";
import { beginningOf } from "./link.ts";
import { MachineDialog } from "./machine-dialog.ts";
import { acceptDrops, openFiles } from "./opening.ts";
import { PipelinePanel } from "./pipeline/panel.ts";
import { Progress } from "./progress.ts";
import type { Beginning, MachineSettings, Status } from "./protocol.ts";
import { recordedSettings } from "./recorded-arguments.ts";
import { gdbPortFromQuery, panelFromQuery, queryFrom, settingsFromQuery } from "./settings.ts";
import { Sharing } from "./sharing.ts";
import { TerminalPanel } from "./terminal-panel.ts";

/** The hook keeps at least this much of the output. */
const OUTPUT_KEPT = 2 ** 20;
/** Longest piece that one call turns into characters. */
const PIECE = 8192;

const banner = element("banner");
const power = element("power");
const progress = new Progress();
let output = "";
let outputBytes = 0;
let status: Status | undefined;

function showError(message: string): void {
  banner.textContent = message;
  banner.hidden = false;
  power.textContent = "failed";
  power.dataset.power = "failed";
  progress.end();
}

/** Something the user should know; the machine goes on. */
function showNotice(message: string): undefined {
  banner.textContent = message;
  banner.hidden = message === "";
}

/** The machine that the page's address asks for; the usual one, and the reason shown, when there can be no such machine. */
function readSettings(): { settings: MachineSettings; gdbPort?: number | undefined; sound: boolean } {
  try {
    const { search } = location;
    return { settings: settingsFromQuery(search), gdbPort: gdbPortFromQuery(search), sound: true };
  } catch (error) {
    showError(`The address of this page asks for a machine that cannot be: ${(error as Error).message}.`);
    return { settings: settingsFromQuery(""), sound: false };
  }
}

const { settings, gdbPort, sound } = readSettings();
const client = new MachineClient();
const terminal = new TerminalPanel(client, !settings.free);
const dialog = new MachineDialog(settings);
const layout = new Layout(panelFromQuery(location.search));
const inspector = new DebuggerPanel(client, gdbPort ?? DEFAULT_BRIDGE_PORT);
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

/** Where the machine was brought to when the page was opened, and the part of the address that says so. */
let opening: Beginning | undefined;
let fragment = "";

// What scrolls must be reachable by keyboard.
for (const region of document.querySelectorAll<HTMLElement>(".scroll")) region.tabIndex = 0;

function showPanel(): void {
  inspector.shown = layout.panel === "debugger";
  pipeline.shown = layout.panel === "pipeline";
  if (layout.panel === "map") bootMap.draw();
}

function pageAddress(): string {
  return queryFrom(dialog.settings, layout.panel) || location.pathname;
}

/** The address restores what is seen now. A machine that the hook drives keeps its own address. */
function rememberAddress(): void {
  if (dialog.settings.free || !sound) return;
  const address = new URL(pageAddress() + fragment, location.href);
  if (gdbPort !== undefined) address.searchParams.set("gdb", String(gdbPort));
  history.replaceState(null, "", address);
}

layout.onChange = () => {
  showPanel();
  rememberAddress();
};
showPanel();

dialog.onBoot = boot;

function boot(next: MachineSettings, files = dialog.files, beginning?: Beginning): void {
  banner.hidden = true;
  progress.begin("Loading the machine");
  fragment = beginning === opening ? fragment : "";
  rememberAddress();
  void client.boot(next, files, beginning);
}

client.on("progress", ({ what, loaded, total }) => progress.update(what, loaded, total));
client.on("notice", showNotice);
client.on("power-on", () => progress.end());

client.on("output", ({ bytes }) => {
  outputBytes += bytes.length;
  for (let at = 0; at < bytes.length; at += PIECE) {
    output += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  if (output.length > 2 * OUTPUT_KEPT) output = output.slice(-OUTPUT_KEPT);
});

client.on("status", (next) => {
  if (status?.power === "replaying" && next.power !== "replaying") progress.end();
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
/** What the user opens: a snapshot goes into the present machine, a recorded run and other files into a new one. */
async function openAll(files: readonly File[]): Promise<void> {
  try {
    const { guest, snapshot, recording, notice } = await progress.during(
      "Reading the files",
      openFiles(files),
    );
    const own = { ...dialog.files, ...guest };
    if (recording !== undefined) {
      dialog.change(recordedSettings(recording));
      boot(dialog.settings, own, { kind: "recording", text: recording });
    } else if (Object.keys(guest).length > 0) dialog.use(own);
    if (notice !== "") showNotice(notice);
    if (snapshot) {
      await progress.during("Restoring", client.ask("restore", snapshot));
      showNotice("");
    }
  } catch (error) {
    showNotice((error as Error).message);
  }
}

const sharing = new Sharing({
  client,
  address: pageAddress,
  ownFiles: () => Object.keys(dialog.files).length > 0,
  onNotice: showNotice,
  onSnapshot: (snapshot) => bootMap.saveWith(snapshot),
});
new FilesMenu(
  [
    {
      label: "Save console log",
      title: "What the machine has printed",
      onClick: () => download("hartbeat-console.log", terminal.log, "text/plain"),
    },
    { label: "Save state", title: "A snapshot of the whole machine", onClick: () => sharing.saveState() },
    {
      label: "Save run",
      title: "What came in and when: opened again, the run goes through the same moments to here",
      onClick: () => sharing.saveRun(),
    },
    { label: "Save boot map", title: "For Perfetto or chrome://tracing", onClick: () => bootMap.saveTrace() },
  ],
  openAll,
);
acceptDrops(openAll);

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
  get terminalSize() {
    return [terminal.terminal.rows, terminal.terminal.cols] as const;
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
  async snapshot() {
    const snapshot = await client.ask("snapshot");
    bootMap.saveWith(snapshot);
    return snapshot;
  },
  restore: (snapshot) => client.ask("restore", snapshot),
};
serveEmbedder(client, window.hartbeat);
explainTitles();

/** Where the address wants the machine to be. */
async function start(): Promise<void> {
  try {
    opening = await beginningOf(location.hash);
    fragment = opening ? location.hash : "";
  } catch (error) {
    if (!(error instanceof HartbeatError)) throw error;
    showNotice(error.message);
  }
  const notice = banner.textContent ?? "";
  boot(dialog.settings, dialog.files, opening);
  showNotice(notice);
}

// GDB is to find the machine there.
if (sound) void start().then(() => gdbPort !== undefined && inspector.gdb.connect());
addEventListener("hashchange", () => location.hash !== fragment && start());
if (matchMedia("(pointer: fine)").matches) terminal.focus();
