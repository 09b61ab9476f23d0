/** Memory in hexadecimal and as characters. */
import { type MachineClient, Refusal } from "../client.ts";
import { make } from "../dom.ts";

const BYTES = 256;
const ROW = 16;

export class MemoryView {
  readonly #client: MachineClient;
  readonly #hart: () => number;
  readonly #where = make("input", { value: "sp", ariaLabel: "Address of memory", spellcheck: false });
  readonly #text = make("pre", { tabIndex: 0 });
  readonly #details: HTMLDetailsElement;
  #last: Uint8Array | undefined;
  #lastAddress = 0n;

  constructor(client: MachineClient, root: HTMLElement, hart: () => number) {
    this.#client = client;
    this.#hart = hart;
    this.#text.setAttribute("aria-label", "Memory");
    this.#details = root.closest("details") as HTMLDetailsElement;
    root.append(this.#where, this.#text);
    this.#where.addEventListener("change", () => this.refresh());
    this.#details.addEventListener("toggle", () => this.refresh());
  }

  async refresh(): Promise<void> {
    if (!this.#details.open) return;
    try {
      const { address, bytes } = await this.#client.ask("memory", this.#hart(), this.#where.value, BYTES);
      this.#draw(address, bytes);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#text.textContent = error.message;
    }
  }

  #draw(address: bigint, bytes: Uint8Array): void {
    const before = address === this.#lastAddress ? this.#last : undefined;
    const rows: Node[] = [];
    for (let at = 0; at < bytes.length; at += ROW) {
      const row = bytes.subarray(at, at + ROW);
      rows.push(document.createTextNode(`${(address + BigInt(at)).toString(16).padStart(16, "0")}  `));
      for (const [index, byte] of row.entries()) {
        const text = `${byte.toString(16).padStart(2, "0")}${index === 7 ? "  " : " "}`;
        const changed = before && before[at + index] !== byte;
        rows.push(changed ? make("mark", { textContent: text }) : document.createTextNode(text));
      }
      const characters = [...row].map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "."));
      rows.push(document.createTextNode(` ${characters.join("")}\n`));
    }
    this.#text.replaceChildren(...rows);
    if (bytes.length === 0) this.#text.textContent = "There is no memory at this address.";
    this.#last = bytes;
    this.#lastAddress = address;
  }
}
