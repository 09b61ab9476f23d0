/** The source of kernel and firmware with the current line: loads the files, and the editor that shows them. */
import type { MachineClient } from "../client.ts";
import { make } from "../dom.ts";
import type { MachineView, SourceView as Place } from "../protocol.ts";
import type { SourceEditor } from "./source-editor.ts";

interface SourceFile {
  readonly text: string;
  readonly withCode: ReadonlySet<number>;
}

export class SourceView {
  readonly #client: MachineClient;
  readonly #onBreak: (where: string) => void;
  readonly #files = new Map<string, Promise<SourceFile | undefined>>();
  readonly #title = make("div", { className: "label" });
  readonly #parent = make("div", { className: "editor", hidden: true });
  #editor: Promise<SourceEditor> | undefined;
  #shown: SourceEditor | undefined;
  #view: MachineView | undefined;
  /** How often something was to be shown: what comes late from the server must not cover what was asked for later. */
  #turn = 0;

  constructor(client: MachineClient, root: HTMLElement, onBreak: (where: string) => void) {
    this.#client = client;
    this.#onBreak = onBreak;
    root.append(this.#title, this.#parent);
  }

  /** `file:line` of the caret; undefined while no file is shown. */
  get cursor(): string | undefined {
    return this.#shown && `${this.#shown.file}:${this.#shown.cursorLine}`;
  }

  /** Another kernel has other files. */
  forget(): void {
    this.#turn++;
    this.#files.clear();
    this.#shown = undefined;
  }

  /** Shows a line. `browsing`: it is looked at, and not where the hart stands. */
  async show(place: Place | undefined, view: MachineView | undefined, browsing = false): Promise<void> {
    const turn = ++this.#turn;
    this.#view = view;
    const file = place && (await this.#load(place.file));
    if (turn !== this.#turn) return;
    this.#parent.hidden = !file;
    if (!place || !file) {
      this.#shown = undefined;
      this.#title.textContent = place
        ? `${place.file}:${place.line}; its text is not beside this page.`
        : "No source line belongs to this address.";
      return;
    }
    this.#editor ??= this.#loadEditor();
    const editor = await this.#editor;
    if (turn !== this.#turn) return;
    if (this.#shown?.file !== place.file) editor.open(place.file, file.text, file.withCode);
    this.#shown = editor;
    this.#title.textContent = place.file;
    this.#drawMarks();
    editor.goTo(place.line, browsing);
  }

  /** Draws breakpoints anew, in the file and at the place that is shown. */
  mark(view: MachineView): void {
    this.#view = view;
    this.#drawMarks();
  }

  #drawMarks(): void {
    const file = this.#shown?.file;
    const lines = (this.#view?.breakpoints ?? []).flatMap(({ source }) =>
      source?.file === file ? [source?.line ?? 0] : [],
    );
    this.#shown?.setBreakpoints(new Set(lines));
  }

  async #loadEditor(): Promise<SourceEditor> {
    const { SourceEditor } = await import("./source-editor.ts");
    return new SourceEditor({
      parent: this.#parent,
      onBreak: (line) => this.#onBreak(`${this.#shown?.file}:${line}`),
    });
  }

  #load(path: string): Promise<SourceFile | undefined> {
    const known = this.#files.get(path);
    if (known) return known;
    const loading = this.#fetch(path).catch(() => {
      // The server may answer the next time.
      this.#files.delete(path);
      return undefined;
    });
    this.#files.set(path, loading);
    return loading;
  }

  async #fetch(path: string): Promise<SourceFile | undefined> {
    const [response, codeLines] = await Promise.all([
      fetch(`source/${path}`),
      this.#client.ask("codeLines", path).catch(() => []),
    ]);
    if (!response.ok) return undefined;
    return { text: (await response.text()).replace(/\n$/, ""), withCode: new Set(codeLines) };
  }
}
