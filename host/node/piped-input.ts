/**
 * Input from a pipe, typed as a patient person would: a line whenever the guest waits and has been silent for a moment. What
 * came all at once would arrive before anything reads it, and who opens a terminal (getty, a shell) throws away what was
 * typed before. A guest that never waits, because it polls, gets a line after a longer silence. All in guest time.
 */
import { CYCLES_PER_SECOND } from "../../spec/machine-map.ts";

/** A guest that boots waits now and then, but hardly so long without a word. */
const SILENCE = CYCLES_PER_SECOND / 20;
const LONG_SILENCE = 2 * CYCLES_PER_SECOND;
const NEWLINE = 10;

export class PipedInput {
  #bytes = new Uint8Array(0);
  /** When the guest last wrote, or was written to. */
  #lastWord = 0;

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

  /** The guest wrote at cycle `now`. */
  heard(now: number): void {
    this.#lastWord = now;
  }

  /** The next line if it is time to type it, at cycle `now`. */
  next(guestWaits: boolean, now: number): Uint8Array | undefined {
    if (this.#bytes.length === 0 || now - this.#lastWord < (guestWaits ? SILENCE : LONG_SILENCE))
      return undefined;
    this.#lastWord = now;
    const end = this.#bytes.indexOf(NEWLINE) + 1;
    const line = end === 0 ? this.#bytes : this.#bytes.subarray(0, end);
    this.#bytes = this.#bytes.subarray(line.length);
    return line;
  }
}
