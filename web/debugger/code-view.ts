/** Disassembly around a place, as a list to walk with the arrow keys: Enter or a click sets a breakpoint. */
import type { MachineClient } from "../client.ts";
import { make } from "../dom.ts";
import type { CodeLine, MachineView } from "../protocol.ts";

const LINES = 60;
/** Lines of the function that are shown before the current one. */
const BEFORE = 12;
/** Nearer to the end of what is known, more is fetched. */
const MARGIN = 6;

export class CodeView {
  readonly #client: MachineClient;
  readonly #root: HTMLElement;
  readonly #onBreak: (where: string) => void;
  readonly #onRunTo: (where: string) => void;
  #lines: CodeLine[] = [];
  #rows: HTMLElement[] = [];
  #active = 0;
  #view: MachineView | undefined;
  /** How often something was to be shown: what comes late must not cover what was asked for later. */
  #turn = 0;

  constructor(
    client: MachineClient,
    root: HTMLElement,
    onBreak: (where: string) => void,
    onRunTo: (where: string) => void,
  ) {
    this.#client = client;
    this.#root = root;
    this.#onBreak = onBreak;
    this.#onRunTo = onRunTo;
    root.tabIndex = 0;
    root.setAttribute("role", "listbox");
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The address of the chosen line. */
  get cursor(): string | undefined {
    const line = this.#lines[this.#active];
    return line && `0x${line.address.toString(16)}`;
  }

  /** Memory has another contents. */
  forget(): void {
    this.#turn++;
    this.#lines = [];
  }

  /** Code from `where` on; without it the code that the hart executes. */
  async show(view: MachineView, where?: string): Promise<void> {
    const turn = ++this.#turn;
    this.#view = view;
    const { hart } = view;
    const pc = view.harts[hart]?.pc ?? 0n;
    const known = this.#lines.findIndex(({ address }) => address === pc);
    if (where !== undefined || known < 0 || known > this.#lines.length - MARGIN) {
      const before = where === undefined ? BEFORE : 0;
      const lines = await this.#client.ask("code", hart, where ?? `0x${pc.toString(16)}`, LINES, before);
      if (turn !== this.#turn) return;
      this.#lines = lines;
    }
    const current = where === undefined ? this.#lines.findIndex(({ address }) => address === pc) : 0;
    this.#active = Math.max(0, current);
    this.#draw();
    const row = this.#rows[this.#active];
    if (row) this.#root.scrollTop = row.offsetTop - this.#root.clientHeight / 3;
  }

  /** Draws the lines that are known with breakpoints and places as they are now. */
  mark(view: MachineView): void {
    this.#view = view;
    this.#draw();
  }

  #draw(): void {
    const view = this.#view;
    if (!view) return;
    const here = new Map(view.running ? [] : view.harts.map(({ pc }, hart) => [pc, hart]));
    const breaks = new Set(view.breakpoints.map(({ address }) => address));
    this.#rows = this.#lines.map((line, index) =>
      this.#row(line, index, here.get(line.address), breaks.has(line.address)),
    );
    this.#root.replaceChildren(
      ...this.#rows.flatMap((row, index) => {
        const label = this.#lines[index]?.label;
        const title = make("div", { className: "label", textContent: `${label}:` });
        title.setAttribute("role", "presentation");
        return label === undefined ? [row] : [title, row];
      }),
    );
    this.#choose(this.#active);
  }

  #row(line: CodeLine, index: number, hart: number | undefined, broken: boolean): HTMLElement {
    const { address, bytes, mnemonic, operands, target } = line;
    const place = `0x${address.toString(16)}`;
    const row = make(
      "div",
      {
        id: `code-${index}`,
        className: `row ${hart === undefined ? "" : "current"} ${broken ? "broken" : ""}`,
        title: "Click: breakpoint. Shift-click: run to here.",
      },
      make("span", {
        className: "mark",
        textContent: `${broken ? "●" : " "}${hart === undefined ? " " : "▶"}`,
      }),
      make("span", { className: "address", textContent: address.toString(16) }),
      make("span", { className: "bytes", textContent: bytes }),
      make("span", { className: "mnemonic", textContent: mnemonic }),
      make("span", { textContent: operands }),
      make("span", { className: "target", textContent: target === undefined ? "" : `→ ${target}` }),
    );
    row.setAttribute("role", "option");
    const state = [broken && "breakpoint", hart !== undefined && `hart ${hart} stands here`].filter(Boolean);
    if (state.length > 0)
      row.append(make("span", { className: "spoken", textContent: `, ${state.join(", ")}` }));
    row.addEventListener("click", (event) => {
      this.#choose(index);
      if (event.shiftKey) this.#onRunTo(place);
      else this.#onBreak(place);
    });
    return row;
  }

  #choose(index: number): void {
    this.#rows[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = Math.min(this.#rows.length - 1, Math.max(0, index));
    const row = this.#rows[this.#active];
    row?.setAttribute("aria-selected", "true");
    if (row) this.#root.setAttribute("aria-activedescendant", row.id);
  }

  #key(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 }[event.key];
    const place = this.cursor;
    if (step !== undefined) {
      this.#choose(this.#active + step);
      this.#rows[this.#active]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && place !== undefined) {
      if (event.shiftKey) this.#onRunTo(place);
      else this.#onBreak(place);
    } else return;
    event.preventDefault();
  }
}
