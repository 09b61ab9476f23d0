/** General, floating-point and control registers, with a mark at what has changed since the last stop. */
import { hex, make } from "../dom.ts";
import type { MachineView } from "../protocol.ts";
import { describeCsr } from "./csr-fields.ts";
import { roleOf } from "./register-roles.ts";

/** Counters change always; a mark there says nothing. */
const COUNTERS = new Set(["time", "cycle", "instret", "pc"]);
const SINGLE_BOX = 0xffff_ffffn;

/** The number in a floating-point register: a single is boxed in ones. */
function floatText(value: bigint): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return value >> 32n === SINGLE_BOX ? `${view.getFloat32(4)} (single)` : String(view.getFloat64(0));
}

export interface RegisterRoots {
  readonly registers: HTMLElement;
  readonly csrs: HTMLElement;
  readonly floats: HTMLElement;
}

export class RegisterView {
  readonly #roots: RegisterRoots;
  readonly #onAddress: (value: bigint) => void;
  #now = new Map<string, bigint>();
  #before = new Map<string, bigint>();
  #lastCycle = -1;
  #lastHart = 0;

  /** `onAddress` hears of registers that the user wants to follow into memory. */
  constructor(roots: RegisterRoots, onAddress: (value: bigint) => void) {
    this.#roots = roots;
    this.#onAddress = onAddress;
  }

  /** A new machine: nothing has changed yet. */
  forget(): void {
    this.#now.clear();
    this.#before.clear();
  }

  draw({ hart, registers, csrs, floats, cycles }: MachineView): void {
    if (hart !== this.#lastHart) this.forget();
    if (cycles !== this.#lastCycle || hart !== this.#lastHart) {
      this.#before = this.#now;
      this.#now = new Map([
        ...registers.map(({ name, value }) => [name, value] as const),
        ...csrs,
        ...floats,
      ]);
    }
    this.#lastCycle = cycles;
    this.#lastHart = hart;
    this.#roots.registers.replaceChildren(
      ...registers.map(({ name, value, where }) => this.#cell(name, this.#link(value), where ?? "")),
    );
    this.#roots.floats.replaceChildren(
      ...floats.map(([name, value]) => this.#cell(name, hex(value, 16), floatText(value))),
    );
    this.#roots.csrs.replaceChildren(...csrs.map(([name, value]) => this.#csr(name, value)));
  }

  #changed(name: string): boolean {
    return this.#before.has(name) && this.#before.get(name) !== this.#now.get(name) && !COUNTERS.has(name);
  }

  #link(value: bigint): HTMLElement {
    const link = make("button", { type: "button", textContent: hex(value, 16), title: "Show this memory" });
    link.addEventListener("click", () => this.#onAddress(value));
    return link;
  }

  #cell(name: string, value: Node | string, ...meaning: (Node | string)[]): HTMLElement {
    const changed = this.#changed(name);
    const title = make("dt", { textContent: name, title: roleOf(name) });
    if (changed) title.append(make("abbr", { title: "changed", textContent: "●" }));
    return make(
      "div",
      { className: changed ? "changed" : "" },
      title,
      make("dd", {}, make("span", {}, value), make("small", {}, ...meaning)),
    );
  }

  #csr(name: string, value: bigint): HTMLElement {
    const fields = describeCsr(name, value, COUNTERS.has(name) ? value : this.#before.get(name));
    const chips = fields.map(({ text, doc, changed }) =>
      make("span", {
        className: changed ? "field changed" : "field",
        textContent: changed ? `● ${text}` : text,
        title: doc,
      }),
    );
    const row = this.#cell(name, hex(value), ...chips);
    // The keyboard comes to general registers by their values, which are buttons.
    row.tabIndex = 0;
    return row;
  }
}
