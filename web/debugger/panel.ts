/** The debugger panel: run control, and the views of one hart, drawn anew at each stop. */
import type { MachineClient } from "../client.ts";
import { actWith } from "../complaint.ts";
import { button, element, grouped, make } from "../dom.ts";
import type { MachineView, StopView } from "../protocol.ts";
import { CodeView } from "./code-view.ts";
import { GdbControl } from "./gdb-control.ts";
import { MemoryView } from "./memory-view.ts";
import { PageWalkView } from "./page-walk-view.ts";
import { RegisterView } from "./register-view.ts";
import { RunControl } from "./run-control.ts";
import { SourceView } from "./source-view.ts";
import { TaskView } from "./task-view.ts";

/** While the machine runs, harts and processes are looked at so often. */
const LIVE_INTERVAL_MS = 1000;
const CURSOR_KEY = "F4";

export class DebuggerPanel {
  readonly #client: MachineClient;
  readonly #control: RunControl;
  readonly gdb: GdbControl;
  readonly #where = element<HTMLInputElement>("debug-where");
  readonly #registers: RegisterView;
  readonly #code: CodeView;
  readonly #source: SourceView;
  readonly #memory: MemoryView;
  readonly #walk: PageWalkView;
  readonly #tasks: TaskView;
  #shown = false;
  #view: MachineView | undefined;
  /** Where the hart was when source and code were last brought to it. */
  #place = "";
  /** The code list, and not the source, was used last. */
  #inCode = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  /** `gdbPort`: where to look for the bridge to a GDB outside. */
  constructor(client: MachineClient, gdbPort: number) {
    this.#client = client;
    this.#control = new RunControl(client, element("debug-tools"), (action) => this.#act(action));
    const chosen = (): number => this.#control.chosen;
    const toggle = (where: string): void => this.#toggleBreakpoint(where);
    this.#code = new CodeView(client, element("debug-code"), toggle, (where) => this.#runTo(where));
    this.#source = new SourceView(client, element("debug-source"), toggle);
    this.#memory = new MemoryView(client, element("debug-memory"), chosen);
    this.#walk = new PageWalkView(client, element("debug-walk"), chosen);
    this.#tasks = new TaskView(client, element("debug-tasks"));
    this.#registers = new RegisterView(
      {
        registers: element("debug-registers"),
        csrs: element("debug-csrs"),
        floats: element("debug-floats"),
      },
      (address) => this.#memory.show(address),
    );
    this.#control.hart.addEventListener("change", () => this.refresh());
    this.#addPlaces();
    this.gdb = new GdbControl(client, element("debug-form"), gdbPort);
    this.gdb.onAttached = (attached) => {
      this.#control.held = attached;
      void this.refresh();
    };
    client.on("stopped", (stop) => this.#stopped(stop));
    client.on("power-on", () => this.#forget());
    client.on("restored", () => this.#forget());
  }

  /** Called when the panel comes into sight or leaves it. */
  set shown(shown: boolean) {
    this.#shown = shown;
    this.#control.active = shown;
    this.#rest();
    if (shown) void this.refresh();
  }

  toggle(): Promise<void> {
    return this.#control.toggle();
  }

  async breakAt(where: string): Promise<void> {
    await this.#act(() => this.#client.ask("setBreakpoint", where));
  }

  /** Looks at the source and the code of a place, wherever the harts are. */
  async showSource(where: string): Promise<void> {
    await this.refresh();
    await this.#act(async () => {
      const place = await this.#client.ask("source", where);
      if (place) await this.#source.show(place, this.#view, true);
      await this.#showCode(where);
    });
  }

  async refresh(): Promise<void> {
    if (!this.#shown) return;
    this.#rest();
    const view = await this.#ask();
    if (!view) return;
    this.#view = view;
    this.#draw(view);
    await Promise.all([
      this.#follow(view),
      this.#memory.refresh(),
      this.#walk.refresh(),
      this.#tasks.refresh(view),
    ]);
  }

  /** Keeps harts and processes up to date while the machine runs and somebody looks. */
  live(running: boolean): void {
    const rests = this.#running && !running;
    this.#running = running;
    if (!this.#shown || document.hidden) return;
    if (rests) void this.#look();
    else if (running) this.#timer ??= setTimeout(() => this.#look(), LIVE_INTERVAL_MS);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Registers stay as they are when the keyboard's focus is in them; the rest is of machines that stand. */
  async #look(): Promise<void> {
    this.#rest();
    const view = await this.#ask();
    if (!view?.running) return;
    this.#drawHarts(view);
    if (!document.activeElement?.closest(".registers")) this.#registers.draw(view);
    await this.#tasks.refresh(view);
  }

  async #ask(): Promise<MachineView | undefined> {
    const hart = this.#control.chosen;
    const view = await this.#client.ask("view", hart).catch(() => undefined);
    // Whoever has chosen another hart meanwhile has asked again.
    return hart === this.#control.chosen ? view : undefined;
  }

  /** Brings source and code to the hart when it has moved; otherwise leaves what the user looks at. */
  async #follow(view: MachineView): Promise<void> {
    const { hart } = view;
    const place = `${hart} ${view.harts[hart]?.pc} ${view.cycles} ${view.running}`;
    const moved = place !== this.#place;
    this.#place = place;
    if (!moved || view.running) {
      this.#source.mark(view);
      this.#code.mark(view);
      return;
    }
    await Promise.all([this.#code.show(view), this.#source.show(view.source, view)]);
  }

  #stopped(stop: StopView): void {
    this.#control.paused = true;
    const { hart } = this.#control;
    // The panel may not have been drawn yet.
    hart.length = Math.max(hart.length, stop.hart + 1);
    hart.selectedIndex = stop.hart;
    void this.refresh();
  }

  #forget(): void {
    this.#view = undefined;
    this.#place = "";
    this.#registers.forget();
    this.#source.forget();
    this.#code.forget();
    void this.refresh();
  }

  #draw(view: MachineView): void {
    this.#drawHarts(view);
    element("debug-state").textContent = view.running
      ? "The machine runs. Pause it, or set a breakpoint."
      : `Stopped: ${view.stop?.reason ?? "paused"}; cycle ${grouped(view.cycles)}.`;
    this.#registers.draw(view);
    const traps = view.traps.trimEnd().split("\n");
    element("debug-traps").replaceChildren(...traps.map((textContent) => make("li", { textContent })));
    this.#drawFrames(view);
    this.#drawBreakpoints(view);
  }

  /** In place: the list may be open. */
  #drawHarts({ harts, hart: shown }: MachineView): void {
    const { hart } = this.#control;
    hart.length = harts.length;
    for (const [index, { privilege, where, waiting, pid }] of harts.entries()) {
      const option = hart.options[index] as HTMLOptionElement;
      option.textContent = `hart ${index}: ${waiting ? "waits" : privilege}${pid === undefined ? "" : `, pid ${pid}`}, ${where}`;
    }
    hart.selectedIndex = shown;
  }

  #drawFrames({ frames, running }: MachineView): void {
    const items = frames.map(({ where }) =>
      make(
        "li",
        {},
        button(where, () => this.showSource(where)),
      ),
    );
    element("debug-frames").replaceChildren(...(running ? [] : items));
  }

  #drawBreakpoints({ breakpoints }: MachineView): void {
    const items = breakpoints.map(({ address, where, source }) =>
      make(
        "li",
        {},
        button(where, () => this.showSource(where)),
        make("span", { className: "hint", textContent: source ? `${source.file}:${source.line}` : "" }),
        button(
          "Remove",
          () => this.#act(() => this.#client.ask("clearBreakpoint", address)),
          `Remove ${where}`,
        ),
      ),
    );
    const none = make("li", {
      className: "hint",
      textContent: "None. Click beside a line of source, or on code.",
    });
    element("debug-breakpoints").replaceChildren(...(items.length > 0 ? items : [none]));
  }

  /** The field that names a place, what can be done there, and running to the caret. */
  #addPlaces(): void {
    const form = element("debug-form");
    form.append(button("To cursor", () => this.#runToCursor(), `Runs to the chosen line (${CURSOR_KEY})`));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const action = (event as SubmitEvent).submitter?.dataset.action;
      if (action === "run-to") this.#runTo(this.#where.value);
      else if (action === "show") void this.showSource(this.#where.value);
      else this.#toggleBreakpoint(this.#where.value);
    });
    this.#where.addEventListener("input", () => this.#complete());
    this.#control.addKey(CURSOR_KEY, () => this.#runToCursor());
    element("debug-code").addEventListener("focusin", () => {
      this.#inCode = true;
    });
    element("debug-source").addEventListener("focusin", () => {
      this.#inCode = false;
    });
  }

  #runToCursor(): void {
    const where = this.#inCode ? this.#code.cursor : (this.#source.cursor ?? this.#code.cursor);
    if (where !== undefined) this.#runTo(where);
  }

  async #showCode(where: string): Promise<void> {
    if (this.#view) await this.#code.show(this.#view, where);
  }

  #runTo(where: string): void {
    void this.#act(() => this.#client.ask("runTo", where));
  }

  #toggleBreakpoint(where: string): void {
    void this.#act(async () => {
      const known = this.#view?.breakpoints ?? [];
      const set = await this.#client.ask("setBreakpoint", where);
      if (known.some(({ address }) => address === set.address)) {
        await this.#client.ask("clearBreakpoint", set.address);
      }
    });
  }

  /** Does something, shows what was wrong with it, and draws what has become of it. */
  async #act(action: () => Promise<unknown>): Promise<void> {
    await actWith(element("debug-complaint"), action);
    await this.refresh();
  }

  async #complete(): Promise<void> {
    const names = await this.#client.ask("symbols", this.#where.value).catch(() => []);
    element("symbol-names").replaceChildren(...names.map((value) => make("option", { value })));
  }
}
