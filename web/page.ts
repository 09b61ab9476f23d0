/** The page: a terminal on the machine's serial line, the title bar, and the hook that tests drive. */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { CYCLES_PER_SECOND } from "../spec/machine-map.ts";
import "./hook.ts";
import type { MachineSettings, Status, ToPage, ToWorker } from "./protocol.ts";
import { settingsFromQuery } from "./settings.ts";
import { themeFor } from "./theme.ts";

type Answer = Extract<ToPage, { type: "answer" }>;

/** The hook keeps at least this much of the output. */
const OUTPUT_KEPT = 2 ** 20;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

const banner = element("banner");
const power = element("power");
const worker = new Worker("worker.js", { type: "module" });
const encoder = new TextEncoder();
const waiting = new Map<number, (answer: Answer) => void>();
let output = "";
let status: Status | undefined;
let lastId = 0;

function tell(message: ToWorker): void {
  worker.postMessage(message);
}

function type(bytes: Uint8Array): void {
  tell({ type: "input", bytes });
}

function ask(request: (id: number) => ToWorker): Promise<Answer> {
  const id = ++lastId;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell(request(id));
  });
}

function showError(message: string): void {
  banner.textContent = message;
  banner.hidden = false;
  power.textContent = "failed";
  power.dataset.power = "failed";
}

function showStatus(next: Status): void {
  status = next;
  banner.hidden = true;
  power.dataset.power = next.power;
  power.textContent = next.power === "off" && next.exitStatus ? `off, status ${next.exitStatus}` : next.power;
  element("harts").textContent = String(next.harts);
  element("cycles").textContent = next.cycles.toLocaleString("en");
  element("time").textContent = `${(next.cycles / CYCLES_PER_SECOND).toFixed(1)} s`;
}

/** A terminal also answers what the guest asks it, so a machine that only the hook drives must not hear it. */
function openTerminal(takesKeys: boolean): Terminal {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const terminal = new Terminal({
    theme: themeFor(dark.matches),
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
    fontSize: innerWidth < 560 ? 12 : 14,
    lineHeight: 1.15,
    cursorBlink: true,
    scrollback: 5000,
  });
  dark.addEventListener("change", () => {
    terminal.options.theme = themeFor(dark.matches);
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element("terminal"));
  if (takesKeys) {
    terminal.onData((text) => type(encoder.encode(text)));
    terminal.onBinary((text) => type(Uint8Array.from(text, (character) => character.charCodeAt(0))));
  }
  new ResizeObserver(() => {
    terminal.options.fontSize = innerWidth < 560 ? 12 : 14;
    fit.fit();
  }).observe(element("terminal"));
  fit.fit();
  terminal.focus();
  return terminal;
}

/** The machine that the page's address asks for; undefined, and the reason shown, when there can be no such machine. */
function readSettings(): MachineSettings | undefined {
  try {
    return settingsFromQuery(location.search);
  } catch (error) {
    showError(`The address of this page asks for a machine that cannot be: ${(error as Error).message}.`);
    return undefined;
  }
}

const settings = readSettings();
const terminal = openTerminal(settings?.free === false);

worker.onmessage = ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case "output":
      for (const byte of data.bytes) output += String.fromCharCode(byte);
      if (output.length > 2 * OUTPUT_KEPT) output = output.slice(-OUTPUT_KEPT);
      terminal.write(data.bytes);
      break;
    case "status":
      showStatus(data.status);
      break;
    case "error":
      showError(data.message);
      break;
    case "answer":
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
      break;
  }
};
worker.onerror = (event) => showError(`The machine's worker failed: ${event.message}; reload the page.`);

element("reset").addEventListener("click", () => {
  terminal.reset();
  tell({ type: "reset" });
  terminal.focus();
});

window.hartbeat = {
  get output() {
    return output;
  },
  get status() {
    return status;
  },
  send: (text) => type(encoder.encode(text)),
  cycles: async () => (await ask((id) => ({ type: "hash", id }))).cycles,
  stateHash: async () => (await ask((id) => ({ type: "hash", id }))).hash,
  run: async (cycles) => void (await ask((id) => ({ type: "run", id, cycles }))),
  expect: async (text) => void (await ask((id) => ({ type: "expect", id, text }))),
};

if (settings) tell({ type: "boot", settings });
