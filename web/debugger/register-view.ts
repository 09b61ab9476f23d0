/** General registers and CSRs, fields decoded, with a mark at what has changed since the last stop. */
import { CSR_FIELDS, type CsrField, EXCEPTION_CAUSES, INTERRUPT_CAUSES } from "../../spec/csr-fields.ts";
import { hex, make } from "../dom.ts";
import type { MachineView } from "../protocol.ts";

const INTERRUPT_BIT = 63n;

function fieldText({ name, low, width, values }: CsrField, value: bigint): string | undefined {
  const field = Number((value >> BigInt(low)) & ((1n << BigInt(width)) - 1n));
  if (values) return `${name}=${values[field] ?? field}`;
  if (width === 1) return field === 1 ? name : undefined;
  return `${name}=${hex(field)}`;
}

/** The fields of a CSR in words; empty where there is nothing to say. */
export function describeCsr(name: string, value: bigint): string {
  if (name === "mcause" || name === "scause") {
    const code = Number(value & 0xffffn);
    const causes = value >> INTERRUPT_BIT ? INTERRUPT_CAUSES : EXCEPTION_CAUSES;
    return causes[code] ?? `cause ${code}`;
  }
  return (CSR_FIELDS[name] ?? [])
    .map((field) => fieldText(field, value))
    .filter((text) => text !== undefined)
    .join(" ");
}

/** Counters change always; a mark there says nothing. */
const COUNTERS = new Set(["time", "cycle", "instret", "pc"]);

export class RegisterView {
  readonly #registers: HTMLElement;
  readonly #csrs: HTMLElement;
  #last = new Map<string, bigint>();
  #lastCycle = -1;
  #lastHart = 0;
  #changed = new Set<string>();

  constructor(registers: HTMLElement, csrs: HTMLElement) {
    this.#registers = registers;
    this.#csrs = csrs;
  }

  /** A new machine: nothing has changed yet. */
  forget(): void {
    this.#last.clear();
    this.#changed.clear();
  }

  draw({ registers, csrs, cycles }: MachineView, hart: number): void {
    const all = [...registers, ...csrs];
    if (hart !== this.#lastHart) this.forget();
    if (cycles !== this.#lastCycle || hart !== this.#lastHart) {
      const differs = ([name, value]: readonly [string, bigint]): boolean =>
        this.#last.has(name) && this.#last.get(name) !== value && !COUNTERS.has(name);
      this.#changed = new Set(all.filter(differs).map(([name]) => name));
      this.#last = new Map(all);
    }
    this.#lastCycle = cycles;
    this.#lastHart = hart;
    this.#registers.replaceChildren(...registers.map(([name, value]) => this.#cell(name, hex(value, 16))));
    this.#csrs.replaceChildren(
      ...csrs.map(([name, value]) => this.#cell(name, hex(value), describeCsr(name, value))),
    );
  }

  #cell(name: string, value: string, meaning = ""): HTMLElement {
    const changed = this.#changed.has(name);
    const cell = make(
      "div",
      { className: changed ? "changed" : "" },
      make("dt", { textContent: name }),
      make("dd", {}, make("span", { textContent: value }), make("small", { textContent: meaning })),
    );
    if (changed) cell.querySelector("dt")?.append(make("abbr", { title: "changed", textContent: "●" }));
    return cell;
  }
}
