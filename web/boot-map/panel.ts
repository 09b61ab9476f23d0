/** The boot map panel: the chart, what is selected in it, and the same as a tree of text. */
import { digestOf } from "../../host/snapshot/digest.ts";
import type { MachineClient } from "../client.ts";
import { button, download, element, grouped, make } from "../dom.ts";
import type { BootPathView } from "../protocol.ts";
import { BootChart, label, timeText } from "./chart.ts";
import { BootMapModel, type SavedMap, type Span } from "./model.ts";
import { traceEvents } from "./trace-events.ts";

/** What a selected span can lead to elsewhere on the page. */
export interface BootMapActions {
  /** Shows the source of a function in the debugger. */
  showSource(name: string): void;
  breakAt(name: string): void;
  /** Runs a new machine to the moment at which a function was entered. */
  travel(name: string, cycle: number): void;
}

/** Names of missing functions that are told. */
const MOST_MISSING = 6;

/** Nothing for a kernel that tells all that there is to know. */
function unknownText({ pids, found, missing }: BootPathView): string {
  if (pids) return "";
  if (found === 0) {
    return (
      "This kernel's file has no symbols of the documented boot path: " +
      "drop its vmlinux or its System.map on the page, too, to see its boot."
    );
  }
  const more = missing.length > MOST_MISSING ? ` and ${missing.length - MOST_MISSING} more` : "";
  const names = `${missing.slice(0, MOST_MISSING).join(", ")}${more}`;
  return (
    `This kernel has ${found} of the ${found + missing.length} functions of the path (not: ${names || "none"}). ` +
    "It does not tell the pids of its tasks; a task is named by where it was first seen."
  );
}

/** The text tree is redrawn so often at most, while the machine boots. */
const TREE_INTERVAL_MS = 400;

export class BootMapPanel {
  readonly model = new BootMapModel();
  readonly #chart: BootChart;
  readonly #client: MachineClient;
  readonly #actions: BootMapActions;
  readonly #rows = new Map<string, HTMLElement>();
  /** Maps that belong to snapshots of this page, by their digests. */
  readonly #saved = new Map<string, SavedMap>();
  #treeDue = false;
  #selected: Span | undefined;
  #keepsNext = false;

  constructor(client: MachineClient, actions: BootMapActions) {
    this.#client = client;
    this.#actions = actions;
    this.#chart = new BootChart(element<HTMLCanvasElement>("map-canvas"), element("map-chart"), this.model);
    this.#chart.onSelect = (span) => this.#showDetails(span);
    element("map-tools").append(
      button("Boot", () => this.#chart.fitBoot(), "Show the boot (key 0)"),
      button("All", () => this.#chart.fitAll(), "Show everything up to now"),
      button("−", () => this.#chart.zoom(1 / 1.6), "Less detail (key -)"),
      button("+", () => this.#chart.zoom(1.6), "More detail (key +)"),
      button("Save trace", () => this.saveTrace(), "Download the map for Perfetto or chrome://tracing"),
    );
    for (const tool of element("map-tools").querySelectorAll("button")) {
      if (tool.textContent === "−") tool.setAttribute("aria-label", "Less detail");
      if (tool.textContent === "+") tool.setAttribute("aria-label", "More detail");
    }
    client.on("power-on", () => this.#powerOn());
    client.on("restored", ({ cycle, snapshot }) => {
      this.model.restore(this.#saved.get(snapshot), cycle);
      this.#chart.fitBoot();
      this.#chart.select(undefined);
      this.#changed();
    });
    client.on("trace", (update) => {
      this.model.update(update);
      this.#changed();
    });
    client.on("status", ({ cycles }) => {
      this.model.now = cycles;
      this.#chart.draw();
    });
    element("map-list").addEventListener("toggle", () => this.#drawTree());
    this.#showDetails(undefined);
  }

  /** Remembers the map as it is now with a snapshot, for when that is restored. */
  saveWith(snapshot: Uint8Array): void {
    this.#saved.set(digestOf(snapshot), this.model.save());
  }

  /** The next machine goes through what the map already shows. */
  keepNext(): void {
    this.#keepsNext = true;
  }

  draw(): void {
    this.#chart.draw();
  }

  #powerOn(): void {
    if (!this.#keepsNext) {
      this.model.clear();
      this.#chart.fitBoot();
      this.#chart.select(undefined);
    }
    this.#keepsNext = false;
    this.#changed();
    void this.#tellUnknown();
  }

  /** Says what of the boot path this kernel does not show. */
  async #tellUnknown(): Promise<void> {
    const path = await this.#client.ask("bootPath").catch(() => undefined);
    element("map-unknown").textContent = path ? unknownText(path) : "";
  }

  #changed(): void {
    this.#chart.draw();
    const spans = this.model.lanes.reduce((sum, lane) => sum + lane.spans.length, 0);
    element("map-count").textContent = `${grouped(spans)} steps`;
    if (this.#treeDue) return;
    this.#treeDue = true;
    setTimeout(() => {
      this.#treeDue = false;
      this.#drawTree();
    }, TREE_INTERVAL_MS);
  }

  #drawTree(): void {
    if (!element<HTMLDetailsElement>("map-list").open) return;
    this.#rows.clear();
    const rows = this.model.spans.map((span) => {
      const name = button(label(span), () => this.#chart.select(span));
      name.style.paddingLeft = `${6 + span.depth * 14}px`;
      const row = make(
        "tr",
        {},
        make("td", { className: "number", textContent: grouped(span.start) }),
        make("td", { textContent: String(span.hart) }),
        make("td", { textContent: span.pid === undefined ? "–" : String(span.pid) }),
        make("td", { textContent: span.mode }),
        make("td", {}, name),
        make("td", {
          className: "number",
          textContent: span.end === undefined ? "…" : grouped(span.end - span.start),
        }),
      );
      this.#rows.set(span.id, row);
      return row;
    });
    element("map-rows").replaceChildren(...rows);
    this.#markRow();
  }

  #markRow(): void {
    for (const [id, row] of this.#rows) row.classList.toggle("selected", id === this.#selected?.id);
  }

  #showDetails(span: Span | undefined): void {
    this.#selected = span;
    this.#markRow();
    const details = element("map-details");
    if (!span) {
      details.replaceChildren(
        make("p", {
          className: "hint",
          textContent:
            "Click a bar. Wheel zooms, drag pans; with the keyboard arrows pan and walk, + and − zoom, Enter fills the chart.",
        }),
      );
      return;
    }
    const facts: [string, string][] = [
      ["from", `${grouped(span.start)} (${timeText(span.start)})`],
      ["took", span.end === undefined ? "has not returned" : `${grouped(span.end - span.start)} cycles`],
      ...(span.instructions === undefined
        ? []
        : ([["retired", `${grouped(span.instructions)} instructions`]] as [string, string][])),
      ["hart", String(span.hart)],
      [
        "pid",
        span.pid === undefined ? (span.task === undefined ? "none yet" : "not known") : String(span.pid),
      ],
      ["mode", span.mode],
    ];
    const list = make("dl", { className: "facts" });
    for (const [name, value] of facts) {
      list.append(make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value })));
    }
    const callers = this.model.callersOf(span).map(({ name }) => name);
    const lines = this.model.linesOf(span);
    const tools = make("p", { className: "tools" });
    if (span.kind !== "program") {
      const { name, start } = span;
      tools.append(
        button(
          "Go to this moment",
          () => this.#actions.travel(name, start),
          "Boots again and stops right here",
        ),
        button("Break here", () => this.#actions.breakAt(name), "Stops the machine whenever it comes here"),
      );
    }
    details.replaceChildren(
      make("h3", { textContent: label(span) }),
      make("p", { className: "callers", textContent: callers.length > 0 ? `in ${callers.join(" › ")}` : "" }),
      list,
      tools,
      make("pre", {
        className: "printed",
        tabIndex: lines.length > 0 ? 0 : -1,
        textContent: lines.map(({ text }) => text).join("\n") || "Nothing was printed meanwhile.",
      }),
    );
    if (span.kind === "kernel") this.#addSource(span, tools);
  }

  async #addSource(span: Span, tools: HTMLElement): Promise<void> {
    const place = await this.#client.ask("source", span.name).catch(() => undefined);
    if (!place || this.#selected !== span) return;
    tools.prepend(
      button(`${place.file}:${place.line}`, () => this.#actions.showSource(span.name), "Show the source"),
    );
  }

  /** Downloads the map in the Trace Event Format. */
  saveTrace(): void {
    const text = JSON.stringify(
      traceEvents(this.model.spans, this.model.lines, (span) => this.model.drawnEnd(span)),
    );
    download("hartbeat-trace.json", text, "application/json");
  }
}
