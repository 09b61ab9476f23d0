/** Disassembly around a place; a click on a line sets a breakpoint, with Shift the machine runs to it. */
import type { MachineClient } from "../client.ts";
import { make } from "../dom.ts";
import type { CodeLine, MachineView } from "../protocol.ts";

const LINES = 40;

export class CodeView {
  readonly #client: MachineClient;
  readonly #root: HTMLElement;
  readonly #onBreak: (where: string) => void;
  readonly #onRunTo: (where: string) => void;
  #lines: CodeLine[] = [];

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
  }

  /** Code from `where` on; without it the code that the hart executes, from some lines earlier when it is known. */
  async show(view: MachineView, hart: number, where?: string): Promise<void> {
    const pc = view.harts[hart]?.pc ?? 0n;
    const known = this.#lines.findIndex(({ address }) => address === pc);
    if (where !== undefined || known < 0 || known > this.#lines.length - 6) {
      this.#lines = await this.#client.ask("code", hart, where ?? `0x${pc.toString(16)}`, LINES);
    }
    const here = new Set(view.running ? [] : view.harts.map((each) => each.pc));
    const breaks = new Set(view.breakpoints.map(({ address }) => address));
    this.#root.replaceChildren(
      ...this.#lines.flatMap((line) => this.#rows(line, here.has(line.address), breaks.has(line.address))),
    );
    const current = this.#root.querySelector<HTMLElement>(".current");
    if (where === undefined && current) {
      this.#root.scrollTop = current.offsetTop - this.#root.clientHeight / 3;
    }
  }

  #rows(line: CodeLine, current: boolean, broken: boolean): HTMLElement[] {
    const { address, label, bytes, mnemonic, operands, target } = line;
    const place = `0x${address.toString(16)}`;
    const row = make(
      "button",
      {
        type: "button",
        className: `${current ? "current" : ""} ${broken ? "broken" : ""}`,
        title: "Click: breakpoint. Shift-click: run to here.",
      },
      make("span", { className: "mark", textContent: `${broken ? "●" : " "}${current ? "▶" : " "}` }),
      make("span", { className: "address", textContent: address.toString(16) }),
      make("span", { className: "bytes", textContent: bytes }),
      make("span", { className: "mnemonic", textContent: mnemonic }),
      make("span", { textContent: operands }),
      make("span", { className: "target", textContent: target === undefined ? "" : `→ ${target}` }),
    );
    row.addEventListener("click", (event) => {
      if (event.shiftKey) this.#onRunTo(place);
      else this.#onBreak(place);
    });
    return label === undefined ? [row] : [make("div", { className: "label", textContent: `${label}:` }), row];
  }
}
