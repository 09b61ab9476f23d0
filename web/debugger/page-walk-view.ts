/** A page-table walk as a picture: the parts of the virtual address, and the table entry that each picks. */
import type { Walk, WalkStep } from "../../host/inspect/page-walk.ts";
import { type MachineClient, Refusal } from "../client.ts";
import { hex, make } from "../dom.ts";

const FLAG_NAMES: Readonly<Record<string, string>> = {
  V: "valid",
  R: "readable",
  W: "writable",
  X: "executable",
  U: "user",
  G: "global",
  A: "accessed",
  D: "dirty",
};

function sizeText(bytes: number): string {
  return bytes >= 2 ** 30 ? `${bytes / 2 ** 30} GiB` : bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : "4 KiB";
}

export class PageWalkView {
  readonly #client: MachineClient;
  readonly #hart: () => number;
  readonly #where = make("input", { value: "pc", ariaLabel: "Virtual address to walk", spellcheck: false });
  readonly #picture = make("div", { className: "walk" });
  readonly #details: HTMLDetailsElement;

  constructor(client: MachineClient, root: HTMLElement, hart: () => number) {
    this.#client = client;
    this.#hart = hart;
    this.#details = root.closest("details") as HTMLDetailsElement;
    root.append(this.#where, this.#picture);
    this.#where.addEventListener("change", () => this.refresh());
    this.#details.addEventListener("toggle", () => this.refresh());
  }

  async refresh(): Promise<void> {
    if (!this.#details.open) return;
    try {
      this.#draw(await this.#client.ask("walk", this.#hart(), this.#where.value));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#picture.replaceChildren(make("p", { textContent: error.message }));
    }
  }

  #draw(walk: Walk): void {
    const { mode, virtual, steps, physical, pageBytes, fault, asid } = walk;
    if (mode === "Bare") {
      const text = `Translation is off (satp is Bare): the physical address is ${hex(virtual)} itself.`;
      this.#picture.replaceChildren(make("p", { textContent: text }));
      return;
    }
    const offsetBits = pageBytes === undefined ? 12 : Math.log2(pageBytes);
    const parts = [
      ...steps.map(({ level, index }) =>
        make("span", { className: "part" }, `VPN[${level}]`, make("b", {}, String(index))),
      ),
      make(
        "span",
        { className: "part" },
        `offset (${offsetBits} bits)`,
        make("b", {}, hex(virtual & ((1n << BigInt(offsetBits)) - 1n))),
      ),
    ];
    const result = fault
      ? make("p", { className: "fault", textContent: `✕ Page fault: ${fault}.` })
      : make(
          "p",
          { className: "result" },
          `✓ physical ${hex(physical ?? 0n)}, in a page of ${sizeText(pageBytes ?? 4096)}`,
        );
    this.#picture.replaceChildren(
      make("p", { textContent: `${mode}, ASID ${asid}, virtual ${hex(virtual, 16)}` }),
      make("div", { className: "parts" }, ...parts),
      ...steps.map((step) => this.#step(step)),
      result,
    );
  }

  #step({ level, table, index, entry, flags, physicalPage, leaf }: WalkStep): HTMLElement {
    const flagMarks = [..."VRWXUGAD"].map((flag) =>
      make("abbr", {
        className: flags.includes(flag) ? "set" : "clear",
        title: `${FLAG_NAMES[flag]}: ${flags.includes(flag) ? "yes" : "no"}`,
        textContent: flags.includes(flag) ? flag : "–",
      }),
    );
    return make(
      "div",
      { className: "step" },
      make("span", { className: "table" }, `table ${hex(table)}`),
      make("span", { className: "entry" }, `[${index}] = ${entry === undefined ? "no memory" : hex(entry)}`),
      make("span", { className: "flags" }, ...flagMarks),
      make(
        "span",
        { className: "next" },
        leaf ? `leaf: page ${hex(physicalPage << 12n)}` : `↓ level ${level - 1}`,
      ),
    );
  }
}
