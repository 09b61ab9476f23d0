/**
 * Cuts a stream of bytes into the messages of the Debug Adapter Protocol ("Base Protocol"): a header with Content-Length, an
 * empty line, JSON. What is damaged is told and left out; the next message is found by its header.
 */

export type Incoming =
  | { readonly kind: "message"; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: "broken"; readonly why: string };

const HEADER_END = "\r\n\r\n";
const LONGEST_HEADER = 4096;
/** No client has reason to send more at once. */
const LONGEST_BODY = 8 * 2 ** 20;
/** So much of a damaged message is kept to look for the beginning of a header in. */
const HEADER_START = "Content-Length";

export class MessageReader {
  #buffer = Buffer.alloc(0);
  /** Bytes of the body that is awaited; undefined between messages. */
  #awaited: number | undefined;
  /** Bytes of a body that is too long, still to be dropped. */
  #dropped = 0;

  /** Takes the next bytes and gives what they complete. */
  push(bytes: Uint8Array): Incoming[] {
    const dropped = Math.min(this.#dropped, bytes.length);
    this.#dropped -= dropped;
    this.#buffer = Buffer.concat([this.#buffer, bytes.subarray(dropped)]);
    const messages: Incoming[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (next !== "header") messages.push(next);
    }
    return messages;
  }

  /** What comes next in the buffer; undefined when it is not there as a whole. */
  #next(): Incoming | "header" | undefined {
    if (this.#awaited === undefined) return this.#header();
    if (this.#buffer.length < this.#awaited) return undefined;
    const body = this.#take(this.#awaited).toString("utf8");
    this.#awaited = undefined;
    return parse(body);
  }

  #header(): Incoming | "header" | undefined {
    const end = this.#buffer.indexOf(HEADER_END);
    if (end < 0 && this.#buffer.length <= LONGEST_HEADER) return undefined;
    if (end < 0 || end > LONGEST_HEADER) return this.#resynchronise("a header without an end");
    const header = this.#take(end + HEADER_END.length).toString("latin1");
    const length = /^content-length: *(\d{1,9}) *$/im.exec(header)?.[1];
    if (length === undefined) return broken("a header without Content-Length");
    const bytes = Number(length);
    if (bytes > LONGEST_BODY) {
      const present = Math.min(bytes, this.#buffer.length);
      this.#take(present);
      this.#dropped = bytes - present;
      return broken(`a message of ${bytes} bytes`);
    }
    this.#awaited = bytes;
    return "header";
  }

  /** Goes on at the next thing that looks like the beginning of a header. */
  #resynchronise(why: string): Incoming {
    const start = this.#buffer.indexOf(HEADER_START, 1);
    this.#take(start < 0 ? this.#buffer.length : start);
    return broken(why);
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }
}

const broken = (why: string): Incoming => ({ kind: "broken", why });

function parse(body: string): Incoming {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message === "object" && message !== null && !Array.isArray(message)) {
      return { kind: "message", message: message as Record<string, unknown> };
    }
  } catch {
    return broken("a message that is no JSON");
  }
  return broken("a message that is no JSON object");
}
