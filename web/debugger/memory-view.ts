/** Memory in hexadecimal and as characters, to page through. */
import type { MachineClient } from "../client.ts";
import { orComplain } from "../complaint.ts";
import { button, hex, make } from "../dom.ts";

const BYTES = 256;
const ROW = 16;

export class MemoryView {
  readonly #client: MachineClient;
  readonly #hart: () => number;
  readonly #where = make("input", { value: "sp", ariaLabel: "Address of memory", spellcheck: false });
  readonly #text = make("pre", { tabIndex: 0 });
  readonly #details: HTMLDetailsElement;
  #last: Uint8Array | undefined;
  #address = 0n;

  constructor(client: MachineClient, root: HTMLElement, hart: () => number) {
    this.#client = client;
    this.#hart = hart;
    this.#text.setAttribute("role", "region");
    this.#text.setAttribute("aria-label", "Memory");
    this.#details = root.closest("details") as HTMLDetailsElement;
    const page = (label: string, title: string, bytes: number): HTMLButtonElement =>
      button(label, () => this.show(BigInt.asUintN(64, this.#address + BigInt(bytes))), title);
    root.append(
      make(
        "div",
        { className: "bar" },
        this.#where,
        page("▲", `${BYTES} bytes before`, -BYTES),
        page("▼", `${BYTES} bytes after`, BYTES),
      ),
      this.#text,
    );
    this.#where.addEventListener("change", () => this.refresh());
    this.#details.addEventListener("toggle", () => this.refresh());
  }

  /** Opens the view at an address. */
  show(address: bigint): void {
    this.#where.value = hex(address);
    if (this.#details.open) void this.refresh();
    else this.#details.open = true;
    this.#details.scrollIntoView({ block: "nearest" });
  }

  async refresh(): Promise<void> {
    if (!this.#details.open) return;
    await orComplain(
      async () => {
        const { address, bytes } = await this.#client.ask("memory", this.#hart(), this.#where.value, BYTES);
        this.#draw(address, bytes);
      },
      (message) => {
        this.#text.textContent = message;
      },
    );
  }

  #draw(address: bigint, bytes: Uint8Array): void {
    const before = address === this.#address ? this.#last : undefined;
    const rows: Node[] = [];
    for (let at = 0; at < bytes.length; at += ROW) {
      const row = bytes.subarray(at, at + ROW);
      rows.push(
        make("span", { className: "address" }, (address + BigInt(at)).toString(16).padStart(16, "0")),
      );
      rows.push(document.createTextNode("  "));
      for (const [index, byte] of row.entries()) {
        const text = byte.toString(16).padStart(2, "0");
        const changed = before && before[at + index] !== byte;
        rows.push(changed ? make("mark", { textContent: text }) : document.createTextNode(text));
        rows.push(document.createTextNode(index === 7 ? "  " : " "));
      }
      const characters = [...row].map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "."));
      rows.push(document.createTextNode(` ${characters.join("")}\n`));
    }
    this.#text.replaceChildren(...rows);
    if (bytes.length === 0) this.#text.textContent = "There is no memory at this address.";
    this.#last = bytes;
    this.#address = address;
  }
}
