/** The kernel's C and assembly source with the current line; a click on a line of code sets a breakpoint. */
import type { MachineClient } from "../client.ts";
import { make } from "../dom.ts";
import type { MachineView, SourceView as Place } from "../protocol.ts";

interface SourceFile {
  readonly lines: readonly string[];
  readonly withCode: ReadonlySet<number>;
}

export class SourceView {
  readonly #client: MachineClient;
  readonly #root: HTMLElement;
  readonly #onBreak: (where: string) => void;
  readonly #files = new Map<string, Promise<SourceFile | undefined>>();
  #shownFile = "";

  constructor(client: MachineClient, root: HTMLElement, onBreak: (where: string) => void) {
    this.#client = client;
    this.#root = root;
    this.#onBreak = onBreak;
  }

  /** `browsing`: the line is looked at, and not where the hart stands. */
  async show(place: Place | undefined, view: MachineView | undefined, browsing = false): Promise<void> {
    const file = place && (await this.#load(place.file));
    if (!place || !file) {
      this.#shownFile = "";
      const why = place
        ? `${place.file}:${place.line}; its text is not beside this page.`
        : "No source line belongs to this address.";
      this.#root.replaceChildren(make("p", { className: "hint", textContent: why }));
      return;
    }
    if (place.file !== this.#shownFile) {
      this.#shownFile = place.file;
      this.#root.replaceChildren(
        make("div", { className: "label", textContent: place.file }),
        ...file.lines.map((text, index) =>
          this.#row(place.file, index + 1, text, file.withCode.has(index + 1)),
        ),
      );
    }
    const broken = new Set(
      (view?.breakpoints ?? []).flatMap(({ source }) => (source?.file === place.file ? [source.line] : [])),
    );
    for (const [index, row] of this.#root.querySelectorAll(".row").entries()) {
      const current = index + 1 === place.line;
      row.classList.toggle("current", current && !browsing);
      row.classList.toggle("looked-at", current && browsing);
      row.classList.toggle("broken", broken.has(index + 1));
      const mark = row.querySelector(".mark");
      const pointer = current ? (browsing ? "›" : "▶") : " ";
      if (mark) mark.textContent = `${broken.has(index + 1) ? "●" : " "}${pointer}`;
      if (current) this.#root.scrollTop = (row as HTMLElement).offsetTop - this.#root.clientHeight / 3;
    }
  }

  #row(file: string, line: number, text: string, code: boolean): HTMLElement {
    const content = [
      make("span", { className: "mark", textContent: " " }),
      make("span", { className: "line-number", textContent: String(line) }),
      make("span", { textContent: text.replaceAll("\t", "    ") }),
    ];
    if (!code) return make("div", { className: "row" }, ...content);
    const row = make(
      "button",
      { type: "button", className: "row code", title: `Breakpoint at ${file}:${line}` },
      ...content,
    );
    row.addEventListener("click", () => this.#onBreak(`${file}:${line}`));
    return row;
  }

  #load(path: string): Promise<SourceFile | undefined> {
    const known = this.#files.get(path);
    if (known) return known;
    const loading = Promise.all([
      fetch(`source/${path}`).catch(() => undefined),
      this.#client.ask("codeLines", path).catch(() => []),
    ]).then(async ([response, codeLines]) => {
      if (!response?.ok) return undefined;
      const lines = (await response.text()).replace(/\n$/, "").split("\n");
      return { lines, withCode: new Set(codeLines) };
    });
    this.#files.set(path, loading);
    return loading;
  }
}
