/**
 * The console panel: a terminal on the machine's serial line. The page tells the worker what has been drawn, and the
 * worker lets the machine wait when too much is outstanding; so a flood of output never piles up on the page.
 */
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { SerializeAddon } from "@xterm/addon-serialize";
import { Terminal } from "@xterm/xterm";
import type { MachineClient } from "./client.ts";
import { button, element } from "./dom.ts";
import type { ConsoleOutput, PowerState } from "./protocol.ts";
import { themeFor } from "./theme.ts";

/** The log for download keeps the last bytes of the console. */
const LOG_KEPT = 4 * 2 ** 20;
const PHONE_WIDTH = 560;
const READER_KEY = "hartbeat.screen-reader";

/** These draw with the CPU after all. */
const SOFTWARE_RENDERER = /swiftshader|llvmpipe|software|basic render/i;

/** What a terminal says by itself: positions, modes, what it is (ECMA-48: CPR, DSR, DA), and strings such as colours. */
const REPORT = /^(\[[?>]?[\d;]*(R|n|c|\$y)|[\]P])/;
const isReport = (text: string): boolean => text.startsWith("\x1b") && REPORT.test(text.slice(1));

/** Keys that touch keyboards lack. */
const TOUCH_KEYS: readonly [label: string, name: string, bytes: string][] = [
  ["Esc", "Escape", "\x1b"],
  ["Tab", "Tab", "\t"],
  ["←", "Left", "\x1b[D"],
  ["↓", "Down", "\x1b[B"],
  ["↑", "Up", "\x1b[A"],
  ["→", "Right", "\x1b[C"],
  ["^C", "Control C", "\x03"],
  ["^D", "Control D", "\x04"],
];

export class TerminalPanel {
  readonly terminal: Terminal;
  readonly #client: MachineClient;
  readonly #fitting = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #serialize = new SerializeAddon();
  readonly #encoder = new TextEncoder();
  #log: Uint8Array[] = [];
  #logLength = 0;
  #undrawn = 0;
  /** Bytes that ever waited to be drawn, at most. */
  mostUndrawn = 0;
  #control = false;
  /** Nothing goes to the guest. */
  #deaf = false;
  /** What is being drawn is output of the past, and whether the last that came was. */
  #past = false;
  #lastPast = false;

  /** A terminal also answers what the guest asks it, so a machine that only the hook drives must not hear it. */
  constructor(client: MachineClient, takesKeys: boolean) {
    this.#client = client;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.terminal = new Terminal({
      theme: themeFor(dark.matches),
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
      fontSize: this.#fontSize(),
      lineHeight: 1.15,
      cursorBlink: false,
      scrollback: 5000,
      screenReaderMode: localStorage.getItem(READER_KEY) === "on",
      allowProposedApi: true,
    });
    dark.addEventListener("change", () => {
      this.terminal.options.theme = themeFor(dark.matches);
    });
    for (const addon of [this.#fitting, this.#search, this.#serialize]) this.terminal.loadAddon(addon);
    this.terminal.open(element("terminal"));
    void this.#useGpu();
    if (takesKeys) {
      this.terminal.onData((text) => {
        if (!this.#deaf && !(this.#past && isReport(text))) this.send(this.#withControl(text));
      });
      this.terminal.onBinary((text) => {
        if (!this.#deaf) client.type(Uint8Array.from(text, (c) => c.charCodeAt(0)));
      });
    }
    this.terminal.attachCustomKeyEventHandler((event) => this.#key(event));
    new ResizeObserver(() => this.#resize()).observe(element("terminal"));
    client.on("output", (output) => this.#write(output));
    client.on("power-on", () => this.#powerOn());
    client.on("restored", () => {
      this.#powerOn();
      this.#deaf = true;
    });
    client.on("status", ({ power }) => this.#hear(power));
    this.#addTouchKeys();
    this.#addSearch();
    this.#addScreenReader();
  }

  send(text: string): void {
    this.#client.type(this.#encoder.encode(text));
  }

  focus(): void {
    this.terminal.focus();
  }

  /** The last part of what the machine has printed. */
  get log(): Uint8Array {
    const all = new Uint8Array(this.#logLength);
    let at = 0;
    for (const piece of this.#log) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** The screen with its colours, as text that a terminal understands. */
  get screen(): string {
    return this.#serialize.serialize();
  }

  openSearch(): void {
    element("search").hidden = false;
    element<HTMLInputElement>("search-text").select();
  }

  #write({ bytes, past }: ConsoleOutput): void {
    if (past !== this.#lastPast) {
      this.#lastPast = past;
      this.terminal.write("", () => {
        this.#past = past;
      });
    }
    this.#log.push(bytes);
    this.#logLength += bytes.length;
    while (this.#logLength > LOG_KEPT && this.#log.length > 1) {
      this.#logLength -= this.#log.shift()?.length ?? 0;
    }
    this.#undrawn += bytes.length;
    this.mostUndrawn = Math.max(this.mostUndrawn, this.#undrawn);
    this.terminal.write(bytes, () => {
      this.#undrawn -= bytes.length;
      this.#client.drawn(bytes.length);
    });
  }

  #powerOn(): void {
    this.#log = [];
    this.#logLength = 0;
    this.terminal.reset();
  }

  /** Output of the past is shown only: what the guest asked the terminal then was answered then. */
  #hear(power: PowerState): void {
    if (power === "replaying") this.#deaf = true;
    else if (this.#deaf) {
      this.terminal.write("", () => {
        this.#deaf = false;
      });
    }
  }

  #fontSize(): number {
    return innerWidth < PHONE_WIDTH ? 12 : 14;
  }

  #resize(): void {
    if (element("terminal").clientWidth === 0) return;
    this.terminal.options.fontSize = this.#fontSize();
    // biome-ignore lint/suspicious/noFocusedTests: no test, but a terminal that is to fill its element
    this.#fitting.fit();
  }

  /** A GPU draws floods of text with little effort; without one the terminal's own way is as good. */
  async #useGpu(): Promise<void> {
    const probe = document.createElement("canvas").getContext("webgl2");
    const info = probe?.getExtension("WEBGL_debug_renderer_info");
    const renderer = info ? String(probe?.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
    probe?.getExtension("WEBGL_lose_context")?.loseContext();
    if (!probe || SOFTWARE_RENDERER.test(renderer)) return;
    const { WebglAddon } = await import("@xterm/addon-webgl");
    const addon = new WebglAddon();
    addon.onContextLoss(() => addon.dispose());
    this.terminal.loadAddon(addon);
  }

  /** Ctrl-Shift-Escape leaves the terminal, since Tab belongs to the guest; Ctrl-Shift-F searches. */
  #key(event: KeyboardEvent): boolean {
    if (event.type !== "keydown" || !event.ctrlKey || !event.shiftKey) return true;
    if (event.key === "Escape" || event.code === "ArrowUp") element("pause").focus();
    else if (event.code === "KeyF") this.openSearch();
    else if (event.code === "KeyC" && this.terminal.hasSelection()) {
      void navigator.clipboard?.writeText(this.terminal.getSelection());
    } else return true;
    event.preventDefault();
    return false;
  }

  #withControl(text: string): string {
    if (!this.#control) return text;
    this.#setControl(false);
    return /^[a-z@[\\\]^_]$/i.test(text) ? String.fromCharCode(text.toUpperCase().charCodeAt(0) & 31) : text;
  }

  #setControl(on: boolean): void {
    this.#control = on;
    document.querySelector("#touch-keys .control")?.setAttribute("aria-pressed", String(on));
  }

  #addTouchKeys(): void {
    const keys = TOUCH_KEYS.map(([label, name, bytes]) => {
      const key = button(label, () => {
        this.send(bytes);
        this.focus();
      });
      key.setAttribute("aria-label", name);
      return key;
    });
    const control = button("Ctrl", () => {
      this.#setControl(!this.#control);
      this.focus();
    });
    control.className = "control";
    control.setAttribute("aria-pressed", "false");
    keys.splice(2, 0, control);
    for (const key of keys) key.addEventListener("pointerdown", (event) => event.preventDefault());
    element("touch-keys").append(...keys);
  }

  #addSearch(): void {
    const text = element<HTMLInputElement>("search-text");
    const close = (): void => {
      element("search").hidden = true;
      this.#search.clearDecorations();
      this.focus();
    };
    text.addEventListener("input", () => this.#search.findPrevious(text.value, { incremental: true }));
    text.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (event.key !== "Enter") return;
      if (event.shiftKey) this.#search.findNext(text.value);
      else this.#search.findPrevious(text.value);
    });
    element("search").append(
      button("Up", () => this.#search.findPrevious(text.value), "Earlier (Enter)"),
      button("Down", () => this.#search.findNext(text.value), "Later (Shift-Enter)"),
      button("Close", close),
    );
  }

  #addScreenReader(): void {
    const choice = element<HTMLInputElement>("screen-reader");
    choice.checked = this.terminal.options.screenReaderMode ?? false;
    choice.addEventListener("change", () => {
      this.terminal.options.screenReaderMode = choice.checked;
      localStorage.setItem(READER_KEY, choice.checked ? "on" : "off");
    });
  }
}
