/** The debugger panel: run control, and the views of one hart, drawn anew at each stop. */
import { type MachineClient, Refusal } from "../client.ts";
import { button, element, grouped, make } from "../dom.ts";
import type { MachineView, RequestName, StopView } from "../protocol.ts";
import { CodeView } from "./code-view.ts";
import { MemoryView } from "./memory-view.ts";
import { PageWalkView } from "./page-walk-view.ts";
import { RegisterView } from "./register-view.ts";
import { SourceView } from "./source-view.ts";
import { TaskView } from "./task-view.ts";

type StepName = Extract<RequestName, "step" | "stepLine" | "stepOver" | "stepOut" | "stepBack" | "runBack">;

/** While the machine runs, harts and processes are looked at so often. */
const LIVE_INTERVAL_MS = 1000;

export class DebuggerPanel {
  readonly #client: MachineClient;
  readonly #run = button("Pause", () => this.toggle(), "Run or pause the machine (F8)");
  readonly #steps: HTMLButtonElement[];
  readonly #hart = make("select", { ariaLabel: "Hart" });
  readonly #where = element<HTMLInputElement>("debug-where");
  readonly #registers = new RegisterView(element("debug-registers"), element("debug-csrs"));
  readonly #code: CodeView;
  readonly #source: SourceView;
  readonly #memory: MemoryView;
  readonly #walk: PageWalkView;
  readonly #tasks: TaskView;
  #shown = false;
  #view: MachineView | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: MachineClient) {
    this.#client = client;
    const step = (label: string, name: StepName, title: string): HTMLButtonElement =>
      button(label, () => this.#act(() => client.ask(name, this.#chosen)), title);
    this.#steps = [
      step("Step", "step", "One instruction (F10)"),
      step("Line", "stepLine", "One source line, calls included"),
      step("Over", "stepOver", "One instruction; a call runs to its return (F11)"),
      step("Out", "stepOut", "Runs until this function returns"),
      step("Step back", "stepBack", "To before the last instruction (F9)"),
      step("Run back", "runBack", "To the last breakpoint, or to where the memory begins"),
    ];
    element("debug-tools").prepend(this.#run, ...this.#steps, this.#hart);
    const toggle = (where: string): void => this.#toggleBreakpoint(where);
    this.#code = new CodeView(client, element("debug-code"), toggle, (where) => this.#runTo(where));
    this.#source = new SourceView(client, element("debug-source"), toggle);
    this.#memory = new MemoryView(client, element("debug-memory"), () => this.#chosen);
    this.#walk = new PageWalkView(client, element("debug-walk"), () => this.#chosen);
    this.#tasks = new TaskView(client, element("debug-tasks"));
    this.#hart.addEventListener("change", () => this.refresh());
    element("debug-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const action = (event as SubmitEvent).submitter?.dataset.action;
      if (action === "run-to") this.#runTo(this.#where.value);
      else if (action === "show") this.#showCode(this.#where.value);
      else this.#toggleBreakpoint(this.#where.value);
    });
    this.#where.addEventListener("input", () => this.#complete());
    client.on("stopped", (stop) => this.#stopped(stop));
    client.on("power-on", () => this.#forget());
    client.on("status", ({ power }) => {
      this.#run.textContent = power === "paused" ? "Run" : "Pause";
      for (const each of this.#steps) each.disabled = power === "off" || power === "failed";
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Called when the panel comes into sight or leaves it. */
  set shown(shown: boolean) {
    this.#shown = shown;
    clearTimeout(this.#timer);
    if (shown) this.refresh();
  }

  async toggle(): Promise<void> {
    const paused = this.#run.textContent === "Run";
    await this.#act(() => this.#client.ask(paused ? "resume" : "pause"));
  }

  async breakAt(where: string): Promise<void> {
    await this.#act(() => this.#client.ask("setBreakpoint", where));
  }

  async showSource(where: string): Promise<void> {
    await this.#act(async () => {
      const place = await this.#client.ask("source", where);
      if (place) await this.#source.show(place, this.#view, true);
    });
    await this.#showCode(where);
  }

  async refresh(): Promise<void> {
    if (!this.#shown) return;
    clearTimeout(this.#timer);
    const view = await this.#client.ask("view", this.#chosen).catch(() => undefined);
    if (!view) return;
    this.#view = view;
    this.#draw(view);
    await Promise.all([
      this.#code.show(view, this.#chosen),
      view.running ? undefined : this.#source.show(view.source, view),
      this.#memory.refresh(),
      this.#walk.refresh(),
      this.#tasks.refresh(view),
    ]);
  }

  get #chosen(): number {
    return Math.max(0, this.#hart.selectedIndex);
  }

  #stopped(stop: StopView): void {
    this.#run.textContent = "Run";
    this.#hart.selectedIndex = Math.min(stop.hart, this.#hart.options.length - 1);
    void this.refresh();
  }

  #forget(): void {
    this.#view = undefined;
    this.#registers.forget();
    void this.refresh();
  }

  #draw(view: MachineView): void {
    const chosen = Math.min(this.#chosen, view.harts.length - 1);
    this.#hart.replaceChildren(
      ...view.harts.map(({ privilege, where, waiting, pid }, index) =>
        make("option", {
          textContent: `hart ${index}: ${waiting ? "waits" : privilege}${pid === undefined ? "" : `, pid ${pid}`}, ${where}`,
        }),
      ),
    );
    this.#hart.selectedIndex = chosen;
    element("debug-state").textContent = view.running
      ? "The machine runs. Pause it, or set a breakpoint."
      : `Stopped: ${view.stop?.reason ?? "paused"}; cycle ${grouped(view.cycles)}.`;
    this.#registers.draw(view, chosen);
    this.#drawFrames(view);
    this.#drawBreakpoints(view);
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
    const items = breakpoints.map(({ address, where }) =>
      make(
        "li",
        {},
        button(where, () => this.#showCode(where)),
        button(
          "Remove",
          () => this.#act(() => this.#client.ask("clearBreakpoint", address)),
          `Remove ${where}`,
        ),
      ),
    );
    const none = make("li", { className: "hint", textContent: "None. Click a line of source or code." });
    element("debug-breakpoints").replaceChildren(...(items.length > 0 ? items : [none]));
  }

  async #showCode(where: string): Promise<void> {
    if (this.#view)
      await this.#act(() => this.#code.show(this.#view as MachineView, this.#chosen, where), false);
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
  async #act(action: () => Promise<unknown>, redraw = true): Promise<void> {
    const complaint = element("debug-complaint");
    complaint.textContent = "";
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      complaint.textContent = error.message;
    }
    if (redraw) await this.refresh();
  }

  async #complete(): Promise<void> {
    const names = await this.#client.ask("symbols", this.#where.value).catch(() => []);
    element("symbol-names").replaceChildren(...names.map((value) => make("option", { value })));
  }

  #key(event: KeyboardEvent): void {
    if (!this.#shown || event.ctrlKey || event.altKey || event.metaKey) return;
    const index = { F10: 0, F11: 2, F9: 4 }[event.key];
    if (event.key === "F8") void this.toggle();
    else if (index !== undefined) this.#steps[index]?.click();
    else return;
    event.preventDefault();
  }

  /** Keeps harts and processes up to date while the machine runs and somebody looks. */
  live(running: boolean): void {
    clearTimeout(this.#timer);
    if (running && this.#shown && !document.hidden) {
      this.#timer = setTimeout(() => this.refresh(), LIVE_INTERVAL_MS);
    }
  }
}
