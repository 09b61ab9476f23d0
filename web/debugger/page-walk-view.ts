/**
 * A page-table walk as a picture: the parts of the virtual address side by side, below each the table that it looks into
 * with the entry that it picks, and at the end the page.
 */
import type { Walk, WalkStep } from "../../host/inspect/page-walk.ts";
import type { MachineClient } from "../client.ts";
import { orComplain } from "../complaint.ts";
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

const line = (className: string, ...content: (Node | string)[]): HTMLElement =>
  make("div", { className }, ...content);

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
    await orComplain(
      async () => this.#draw(await this.#client.ask("walk", this.#hart(), this.#where.value)),
      (message) => this.#picture.replaceChildren(make("p", { textContent: message })),
    );
  }

  #draw(walk: Walk): void {
    const { mode, virtual, steps, asid } = walk;
    if (mode === "Bare") {
      const text = `Translation is off (satp is Bare): the physical address is ${hex(virtual)} itself.`;
      this.#picture.replaceChildren(make("p", { textContent: text }));
      return;
    }
    const columns = make("ol", { className: "levels" });
    columns.append(...steps.map((step) => this.#level(step)), this.#page(walk));
    this.#picture.replaceChildren(
      make("p", { textContent: `${mode}, ASID ${asid}, virtual address ${hex(virtual, 16)}` }),
      columns,
    );
  }

  #level({ level, table, index, entry, flags, leaf }: WalkStep): HTMLElement {
    const marks = [..."VRWXUGAD"].map((flag) =>
      make("abbr", {
        className: flags.includes(flag) ? "set" : "clear",
        title: `${FLAG_NAMES[flag]}: ${flags.includes(flag) ? "yes" : "no"}`,
        textContent: flags.includes(flag) ? flag : "–",
      }),
    );
    return make(
      "li",
      { className: leaf ? "level leaf" : "level" },
      line("part", `VPN[${level}]`, make("b", {}, String(index))),
      line(
        "table",
        line("title", `${hex(table)}`),
        line("rest", "⋮"),
        line(
          "entry",
          line("index", `${index}`),
          make("code", {}, entry === undefined ? "no memory" : hex(entry)),
          line("flags", ...marks),
        ),
        line("rest", "⋮"),
      ),
    );
  }

  /** Where the walk ends: the page and the address within it, or the fault. */
  #page({ virtual, physical, pageBytes, fault }: Walk): HTMLElement {
    if (fault !== undefined) {
      return make("li", { className: "level end" }, line("fault", `✕ Page fault: ${fault}`));
    }
    const offset = virtual & BigInt((pageBytes ?? 4096) - 1);
    return make(
      "li",
      { className: "level end" },
      line("part", `offset, ${Math.log2(pageBytes ?? 4096)} bits`, make("b", {}, hex(offset))),
      line(
        "table page",
        line("title", `page of ${sizeText(pageBytes ?? 4096)}`),
        line("rest", hex((physical ?? 0n) - offset)),
        line("entry result", `✓ physical ${hex(physical ?? 0n)}`),
        line("rest", "⋮"),
      ),
    );
  }
}
