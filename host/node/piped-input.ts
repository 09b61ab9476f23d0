/**
 * Input from a pipe, typed as a patient person would: a line whenever the guest waits. What came all at once would
 * arrive before anything reads it, and getty throws away what was typed before its prompt. A guest that never waits,
 * because it polls, gets a line each second.
 */
const PATIENCE_MS = 1000;
const NEWLINE = 10;

export class PipedInput {
  #bytes = new Uint8Array(0);
  #lastLine = 0;

  /** Bytes that wait to be typed. */
  get length(): number {
    return this.#bytes.length;
  }

  push(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#bytes.length + bytes.length);
    all.set(this.#bytes);
    all.set(bytes, this.#bytes.length);
    this.#bytes = all;
  }

  /** The next line if it is time to type it; `now` is the wall clock in milliseconds. */
  next(guestWaits: boolean, now: number): Uint8Array | undefined {
    if (this.#bytes.length === 0 || !(guestWaits || now - this.#lastLine >= PATIENCE_MS)) return undefined;
    this.#lastLine = now;
    const end = this.#bytes.indexOf(NEWLINE) + 1;
    const line = end === 0 ? this.#bytes : this.#bytes.subarray(0, end);
    this.#bytes = this.#bytes.subarray(line.length);
    return line;
  }
}
