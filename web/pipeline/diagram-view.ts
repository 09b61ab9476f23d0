/** The cycle diagram: a row for each instruction, a box for each stage, hatched where it waited for its issue. */
import type { PipelineRow } from "../../host/pipeline/recorder.ts";
import { CAUSE_DOCS } from "../../host/timing/report.ts";
import { element, grouped, make } from "../dom.ts";

import { Columns } from "./columns.ts";

/** Width of a cycle in pixels. */
const CELL = 22;
/** Colours that there are for stages. */
const HUES = 8;

const FATES = { retired: "", killed: "killed: fetched in vain", trapped: "raised an exception" } as const;

export class DiagramView {
  onChoose: (row: PipelineRow | undefined) => void = () => {};
  readonly #root = element("pipe-rows");
  readonly #axis = element("pipe-axis");
  readonly #scroller = element("pipe-diagram");
  #rows: readonly PipelineRow[] = [];
  #lines: HTMLElement[] = [];
  #columns = new Columns([]);
  #chosen = -1;

  constructor() {
    this.#root.tabIndex = 0;
    this.#root.addEventListener("keydown", (event) => this.#key(event));
  }

  draw(rows: readonly PipelineRow[], stages: readonly { readonly name: string }[]): void {
    this.#rows = rows;
    this.#columns = new Columns(rows);
    const hues = new Map(stages.map(({ name }, index) => [name, index % HUES]));
    this.#lines = rows.map((row, index) => this.#line(row, index, hues));
    this.#root.replaceChildren(...this.#lines);
    this.#drawAxis();
    // After the panel has got its new shape.
    requestAnimationFrame(() => this.#choose(rows.length - 1));
  }

  #drawAxis(): void {
    const at = (column: number, className: string, text: string, title: string): HTMLElement => {
      const label = make("span", { className, textContent: text, title });
      label.style.left = `${column * CELL}px`;
      return label;
    };
    const first = this.#columns.labels[0]?.cycle ?? 0;
    this.#axis.style.width = `${this.#columns.count * CELL}px`;
    this.#axis.replaceChildren(
      ...this.#columns.labels.map(({ column, cycle }) =>
        at(
          column,
          "tick",
          column === 0 ? grouped(cycle) : `+${grouped(cycle - first)}`,
          `cycle ${grouped(cycle)}`,
        ),
      ),
      ...this.#columns.cuts.map(({ column, cycles }) =>
        at(column, "cut", "⋯", `${grouped(cycles)} cycles are left out here`),
      ),
    );
  }

  #line(row: PipelineRow, index: number, hues: ReadonlyMap<string, number>): HTMLElement {
    const { where, text, fate, cause, stall } = row;
    const track = make("span", { className: "track" });
    track.style.width = `${this.#columns.count * CELL}px`;
    track.setAttribute("aria-hidden", "true");
    track.append(...this.#boxes(row, hues));
    const why = cause === undefined ? "" : `${cause} ${stall}`;
    const line = make(
      "div",
      { id: `pipe-${index}`, className: `row ${fate}`, title: FATES[fate] },
      make(
        "span",
        { className: "label" },
        make("span", { className: "where", textContent: where }),
        make("span", { className: "text", textContent: text }),
        make("span", { className: "why", textContent: why }),
        make("span", { className: "spoken", textContent: `, ${wayOf(row)}` }),
      ),
      track,
    );
    line.setAttribute("role", "option");
    line.addEventListener("click", () => this.#choose(index));
    return line;
  }

  #boxes({ stages, issued, stall, cause }: PipelineRow, hues: ReadonlyMap<string, number>): HTMLElement[] {
    const box = (className: string, begin: number, end: number, text: string, title: string): HTMLElement => {
      const [left, right] = [this.#columns.at(begin), this.#columns.at(end)];
      const made = make("span", { className, textContent: text, title });
      made.style.left = `${left * CELL}px`;
      made.style.width = `${(right - left) * CELL - 1}px`;
      return made;
    };
    const boxes = stages.map(({ name, begin, end }) =>
      box(`stage hue-${hues.get(name) ?? 0}`, begin, end, name, `${name}: cycles ${begin} to ${end - 1}`),
    );
    const begin = Math.max(stages[0]?.begin ?? issued, issued - stall);
    if (cause !== undefined && begin < issued) {
      boxes.push(box("stall", begin, issued, "", `${stall} cycles: ${CAUSE_DOCS[cause]}`));
    }
    return boxes;
  }

  #choose(index: number): void {
    this.#lines[this.#chosen]?.setAttribute("aria-selected", "false");
    this.#chosen = Math.max(0, Math.min(this.#rows.length - 1, index));
    const [line, row] = [this.#lines[this.#chosen], this.#rows[this.#chosen]];
    this.onChoose(row);
    if (!line || !row) return;
    line.setAttribute("aria-selected", "true");
    this.#root.setAttribute("aria-activedescendant", line.id);
    this.#reveal(line, row);
  }

  /** Scrolls to where the row has its boxes. */
  #reveal(line: HTMLElement, row: PipelineRow): void {
    const scroller = this.#scroller;
    const labels = (line.firstElementChild as HTMLElement).offsetWidth;
    const left = this.#columns.at(row.stages[0]?.begin ?? 0) * CELL;
    const right = this.#columns.at(row.cycle + 1) * CELL;
    const room = scroller.clientWidth - labels;
    if (left < scroller.scrollLeft || right > scroller.scrollLeft + room) {
      scroller.scrollLeft = Math.min(left, right - room) + CELL;
    }
    const { offsetTop: top, offsetHeight: height } = line;
    const lowest = top + height - scroller.clientHeight;
    scroller.scrollTop = Math.max(lowest, Math.min(scroller.scrollTop, top - height));
  }

  #key(event: KeyboardEvent): void {
    const last = this.#rows.length - 1;
    const target = {
      ArrowUp: this.#chosen - 1,
      ArrowDown: this.#chosen + 1,
      PageUp: this.#chosen - 10,
      PageDown: this.#chosen + 10,
      Home: 0,
      End: last,
    }[event.key];
    if (target === undefined) return;
    this.#choose(target);
    event.preventDefault();
  }
}

/** A row's way through the pipeline in words. */
function wayOf({ fate, stages, stall, cause }: PipelineRow): string {
  const way = stages.map(({ name, begin, end }) => (end - begin > 1 ? `${name} for ${end - begin}` : name));
  const late = cause === undefined ? "" : `; issued ${stall} late, ${CAUSE_DOCS[cause]}`;
  return `${fate === "retired" ? "" : `${FATES[fate]}; `}${way.join(", ")}${late}`;
}

/** A row in words. */
export function spoken(row: PipelineRow): string {
  return `${row.where}: ${row.text}; ${wayOf(row)}`;
}
