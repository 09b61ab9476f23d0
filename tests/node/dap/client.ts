/** A client of the Debug Adapter Protocol for tests: sends requests, waits for responses and events. */
import type { Readable, Writable } from "node:stream";
import { PATIENCE_MS } from "../../tools/patience.ts";

export interface Message {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Bodies are looked into freely: a test that finds something else fails. */
// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire has any shape
export type Body = any;

interface Waiting {
  readonly fits: (message: Message) => boolean;
  readonly resolve: (message: Message) => void;
}

export class DapClient {
  /** Everything that came and was not waited for. */
  readonly messages: Message[] = [];
  readonly #output: Writable;
  #buffer = Buffer.alloc(0);
  #seq = 0;
  #waiting: Waiting[] = [];

  constructor(input: Readable, output: Writable) {
    this.#output = output;
    input.on("data", (bytes: Buffer) => this.#take(bytes));
    output.on("error", () => {});
  }

  raw(text: string | Uint8Array): void {
    this.#output.write(text);
  }

  send(message: object): void {
    const body = JSON.stringify(message);
    this.raw(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** The body of the response; rejects with its message when the request failed. */
  async request(command: string, args?: object): Promise<Body> {
    this.#seq += 1;
    const seq = this.#seq;
    this.send({ seq, type: "request", command, ...(args && { arguments: args }) });
    const response = await this.#next(({ type, request_seq }) => type === "response" && request_seq === seq);
    if (response.success !== true) throw new Error(`${response.message}`);
    return response.body;
  }

  /** The body of the next event of that name. */
  async event(name: string): Promise<Body> {
    const message = await this.#next(({ type, event }) => type === "event" && event === name);
    return message.body;
  }

  /** What the events of a category have said so far. */
  output(category: string): string {
    return this.messages
      .filter(({ event, body }) => event === "output" && (body as Body).category === category)
      .map(({ body }) => (body as Body).output)
      .join("");
  }

  /** Sends a request that lets the machine go and gives the stop that follows. */
  async stopAfter(command: string, args: object = { threadId: 1 }): Promise<Body> {
    const stopped = this.event("stopped");
    await this.request(command, args);
    return stopped;
  }

  /** initialize and launch or attach, up to where breakpoints are set. */
  async open(command: "launch" | "attach", args: object): Promise<Body> {
    const capabilities = await this.request("initialize", { adapterID: "hartbeat", pathFormat: "path" });
    const initialized = this.event("initialized");
    await this.request(command, args);
    await initialized;
    return capabilities;
  }

  #next(fits: (message: Message) => boolean): Promise<Message> {
    const index = this.messages.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.messages.splice(index, 1)[0] as Message);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const seen = this.messages.map((message) => JSON.stringify(message)).join("\n");
        reject(new Error(`the message that was waited for did not come; there came:\n${seen.slice(-3000)}`));
      }, PATIENCE_MS);
      this.#waiting.push({
        fits,
        resolve: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
      });
    });
  }

  #take(bytes: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#buffer.toString("latin1", 0, end))?.[1]);
      const next = end + 4 + length;
      if (this.#buffer.length < next) return;
      this.#message(JSON.parse(this.#buffer.toString("utf8", end + 4, next)) as Message);
      this.#buffer = this.#buffer.subarray(next);
    }
  }

  #message(message: Message): void {
    const waiting = this.#waiting.find(({ fits }) => fits(message));
    if (!waiting) {
      this.messages.push(message);
      return;
    }
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.resolve(message);
  }
}
