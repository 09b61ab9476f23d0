/**
 * The custom element `<hartbeat-machine>`: a machine of this site inside another page, in a frame of its own.
 *
 *     <script type="module" src="https://.../hartbeat-machine.js"></script>
 *     <hartbeat-machine smp="2" memory="256M" append="quiet" panel="map"></hartbeat-machine>
 *
 * Attributes set the machine up: smp, memory, append, panel (console, map, debugger), paused. Methods: `send(text)`,
 * `expect(text)` (a promise for the output up to the text), `pause()`, `resume()`, `reset()`. Properties: `output`,
 * `status`. Events: `output` (detail: text) and `status` (detail: power, cycles, harts).
 */
import type { EmbedderRequest } from "./embedded.ts";
import type { Status } from "./protocol.ts";

const OUTPUT_KEPT = 2 ** 20;
const PARAMETERS = { smp: "smp", memory: "m", append: "append", panel: "panel" } as const;

type FromPage =
  | { readonly type: "output"; readonly bytes: Uint8Array }
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "answer"; readonly id: number }
  | { readonly type: "refusal"; readonly id: number; readonly message: string };

type Wish = EmbedderRequest extends infer R ? (R extends { id: number } ? Omit<R, "id"> : never) : never;

class HartbeatMachine extends HTMLElement {
  output = "";
  status: Status | undefined;
  readonly #frame = document.createElement("iframe");
  readonly #channel = new MessageChannel();
  readonly #waiting = new Map<number, { resolve: () => void; reject: (why: Error) => void }>();
  #lastId = 0;

  connectedCallback(): void {
    const address = new URL("index.html", import.meta.url);
    for (const [attribute, parameter] of Object.entries(PARAMETERS)) {
      const value = this.getAttribute(attribute);
      if (value !== null) address.searchParams.set(parameter, value);
    }
    if (!this.hasAttribute("panel")) address.searchParams.set("panel", "console");
    if (this.hasAttribute("paused")) address.searchParams.set("paused", "1");
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent =
      ":host { display: block; height: 30em } iframe { width: 100%; height: 100%; border: 0; border-radius: 8px }";
    this.#frame.title = this.getAttribute("title") ?? "hartbeat, a RISC-V computer";
    this.#frame.src = address.href;
    this.#channel.port1.onmessage = ({ data }: MessageEvent<FromPage>) => this.#receive(data);
    addEventListener("message", this.#connect);
    root.replaceChildren(style, this.#frame);
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#connect);
  }

  /** Types text into the machine. */
  send(text: string): Promise<void> {
    return this.#ask({ name: "send", text });
  }

  pause(): Promise<void> {
    return this.#ask({ name: "pause" });
  }

  resume(): Promise<void> {
    return this.#ask({ name: "resume" });
  }

  reset(): Promise<void> {
    return this.#ask({ name: "reset" });
  }

  /** Waits until the output holds the text, and gives the output. */
  expect(text: string): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.output.includes(text)) return;
        this.removeEventListener("output", look);
        resolve(this.output);
      };
      this.addEventListener("output", look);
      look();
    });
  }

  readonly #connect = ({ data, source }: MessageEvent): void => {
    if (source !== this.#frame.contentWindow || data !== "hartbeat:ready") return;
    this.#frame.contentWindow?.postMessage("hartbeat:connect", "*", [this.#channel.port2]);
  };

  #ask(wish: Wish): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#channel.port1.postMessage({ ...wish, id });
    });
  }

  #receive(data: FromPage): void {
    if (data.type === "output") {
      const text = new TextDecoder("latin1").decode(data.bytes);
      this.output = (this.output + text).slice(-OUTPUT_KEPT);
      this.dispatchEvent(new CustomEvent("output", { detail: text }));
    } else if (data.type === "status") {
      this.status = data.status;
      this.dispatchEvent(new CustomEvent("status", { detail: data.status }));
    } else {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.type === "answer") waiting?.resolve();
      else waiting?.reject(new Error(data.message));
    }
  }
}

customElements.define("hartbeat-machine", HartbeatMachine);
