/** The pipeline panel: who keeps guest time, the last instructions cycle by cycle, and where the cycles went. */
import type { PipelineRow } from "../../host/pipeline/recorder.ts";
import { PIPELINES } from "../../host/timing/pipelines.ts";
import type { MachineClient } from "../client.ts";
import { actWith } from "../complaint.ts";
import { button, download, element, make } from "../dom.ts";
import type { PipelineView } from "../protocol.ts";
import { FUNCTIONAL } from "../settings.ts";
import { DiagramView, spoken } from "./diagram-view.ts";
import { drawStack } from "./stack-view.ts";

const COUNTS = [32, 64, 128, 256];
const USUAL_COUNT = 64;
/** Instructions in a file for Konata. */
const FILE_COUNT = 2000;

export interface PipelineActions {
  /** The user wants another pipeline to keep guest time. */
  setTiming(pipeline: string): Promise<void>;
  /** Shows a place in the debugger. */
  showPlace(where: string): void;
}

export class PipelinePanel {
  readonly #client: MachineClient;
  readonly #actions: PipelineActions;
  readonly #diagram = new DiagramView();
  readonly #timing = make("select", { id: "pipe-timing" });
  readonly #hart = make("select", { ariaLabel: "Hart" });
  readonly #count = make("select", { ariaLabel: "Instructions shown" });
  #shown = false;
  #harts = 0;

  constructor(client: MachineClient, actions: PipelineActions) {
    this.#client = client;
    this.#actions = actions;
    for (const { name, doc } of PIPELINES) {
      const textContent = name === FUNCTIONAL ? "functional: a cycle per instruction" : `${name}: ${doc}`;
      this.#timing.append(make("option", { value: name, textContent }));
    }
    for (const count of COUNTS) {
      this.#count.append(make("option", { value: String(count), textContent: `last ${count}` }));
    }
    this.#count.value = String(USUAL_COUNT);
    this.#timing.addEventListener("change", () => this.#act(() => actions.setTiming(this.#timing.value)));
    for (const choice of [this.#hart, this.#count]) {
      choice.addEventListener("change", () => void this.refresh());
    }
    element("pipe-tools").append(
      make("label", {}, "Guest time ", this.#timing),
      this.#hart,
      this.#count,
      button("Step", () => this.#step("step"), "One instruction of this hart"),
      button("Back", () => this.#step("stepBack"), "To before the last instruction of this hart"),
      button("Save Kanata", () => this.#save(), `The last ${FILE_COUNT} instructions, for Konata`),
      button("Save text", () => this.#saveText(), "The diagram as text"),
    );
    this.#diagram.onChoose = (row) => this.#describe(row);
    client.on("stopped", ({ hart }) => this.#choose(hart));
    client.on("power-on", () => this.#powerOn());
    client.on("status", ({ timing, harts, power }) => {
      this.#timing.value = timing;
      this.#drawHarts(harts);
      if (power === "running" || power === "idle") void this.refresh();
    });
  }

  /** Called when the panel comes into sight or leaves it. */
  set shown(shown: boolean) {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#watch();
    void this.refresh();
  }

  async refresh(): Promise<void> {
    if (!this.#shown) return;
    const hart = Math.max(0, this.#hart.selectedIndex);
    const view = await this.#client.ask("pipeline", hart, Number(this.#count.value)).catch(() => undefined);
    if (view) this.#draw(view, hart);
  }

  #powerOn(): void {
    if (this.#shown) this.#watch();
    void this.refresh();
  }

  #watch(): void {
    this.#client.ask("watchPipeline", this.#shown).catch(() => undefined);
  }

  /** Another hart is looked at. */
  #choose(hart: number): void {
    this.#hart.selectedIndex = Math.min(hart, this.#hart.options.length - 1);
    void this.refresh();
  }

  #draw({ rows, stages, reason, busy, stats }: PipelineView, hart: number): void {
    const others = busy.map((other) => button(`Show hart ${other}`, () => this.#choose(other)));
    element("pipe-empty").replaceChildren(...(reason === undefined ? [] : [reason, ...others]));
    element("pipe-diagram").hidden = reason !== undefined;
    this.#diagram.draw(rows, stages);
    element("pipe-stages").replaceChildren(
      ...stages.map(({ name, doc }, index) =>
        make("li", {}, make("span", { className: `stage hue-${index}`, textContent: name }), ` ${doc}`),
      ),
    );
    drawStack(stats[hart]);
  }

  #drawHarts(harts: number): void {
    if (harts === this.#harts) return;
    this.#harts = harts;
    const options = Array.from({ length: harts }, (_, hart) =>
      make("option", { textContent: `hart ${hart}` }),
    );
    this.#hart.replaceChildren(...options);
  }

  #describe(row: PipelineRow | undefined): void {
    const details = element("pipe-details");
    if (!row) details.replaceChildren();
    else {
      const show = button(
        row.where,
        () => this.#actions.showPlace(`0x${row.pc.toString(16)}`),
        "Show in the debugger",
      );
      details.replaceChildren(show, spoken(row).slice(row.where.length));
    }
  }

  #step(how: "step" | "stepBack"): Promise<void> {
    return this.#act(() => this.#client.ask(how, Math.max(0, this.#hart.selectedIndex), "instruction"));
  }

  #save(): Promise<void> {
    return this.#act(async () => {
      const text = await this.#client.ask("pipelineFile", FILE_COUNT, "kanata");
      download("hartbeat-pipeline.kanata", text, "text/plain");
    });
  }

  #saveText(): Promise<void> {
    return this.#act(async () => {
      const text = await this.#client.ask("pipelineFile", Number(this.#count.value), "text");
      download("hartbeat-pipeline.txt", text, "text/plain");
    });
  }

  async #act(action: () => Promise<unknown>): Promise<void> {
    await actWith(element("pipe-complaint"), action);
    await this.refresh();
  }
}
