/**
 * The console's way from the UART to the page, with back-pressure: a guest that floods its console is slowed down, and
 * nothing is buffered without bound or thrown away.
 *
 * Bytes gather here while the guest runs. With PIECE of them the run is asked to end after the present instruction, so
 * that no turn of the guest can fill more. They then go to the page as one message, which is small enough to be drawn in one
 * short task. The page says how much it has drawn (xterm.js calls back); while MOST_UNDRAWN or more is on its way, `ready` gives a
 * promise, at which the run loop waits. So at any time at most MOST_UNDRAWN + PIECE bytes are neither drawn nor
 * still inside the guest, however fast it writes. A guest that waits does so until all is drawn (`drained`): it may have asked
 * the terminal something, and a slow page's answer must not come after the guest has given it up. One flow serves all machines of a page, since what the last machine
 * wrote is still being drawn when the next one starts.
 */
import { OutputBuffer } from "../../host/output-buffer.ts";
import type { ConsoleOutput } from "../protocol.ts";
import { Hold } from "./hold.ts";

/** Bytes in one message, about. */
export const PIECE = 16 * 1024;
/** While the page has so much yet to draw, the guest waits. */
export const MOST_UNDRAWN = 128 * 1024;

export class ConsoleFlow {
  readonly #post: (output: ConsoleOutput) => void;
  readonly #buffer = new OutputBuffer();
  #gathered = 0;
  #past = false;
  #undrawn = 0;
  #behind: Hold | undefined;
  #draining: Hold | undefined;

  /** `post` sends output to the page. */
  constructor(post: (output: ConsoleOutput) => void) {
    this.#post = post;
  }

  /** Bytes that the guest has written and the page has not drawn. */
  get outstanding(): number {
    return this.#gathered + this.#undrawn;
  }

  /** The guest writes, maybe in its past. True: it shall stop, so that the bytes can be sent. */
  push(bytes: Uint8Array, past = false): boolean {
    if (past !== this.#past) this.flush();
    this.#past = past;
    this.#buffer.push(bytes);
    this.#gathered += bytes.length;
    return this.#gathered >= PIECE;
  }

  /** Sends what was gathered. */
  flush(): void {
    const bytes = this.#buffer.take();
    this.#gathered = 0;
    if (!bytes) return;
    this.#undrawn += bytes.length;
    this.#post({ bytes, past: this.#past });
  }

  /** Drops what was gathered and not sent. */
  discard(): void {
    this.#buffer.take();
    this.#gathered = 0;
  }

  /** The page has drawn so many bytes. */
  drawn(count: number): void {
    this.#undrawn -= count;
    if (this.#undrawn === 0) this.#endDraining();
    if (this.#undrawn <= MOST_UNDRAWN / 2) this.#endBehind();
  }

  /** A promise to wait for while the page is behind; undefined when the guest may write. */
  get ready(): Promise<void> | undefined {
    if (this.#undrawn < MOST_UNDRAWN) return undefined;
    this.#behind ??= new Hold();
    return this.#behind.ended;
  }

  /** A promise to wait for until the page has drawn all that it was sent; undefined when it has. */
  get drained(): Promise<void> | undefined {
    if (this.#undrawn === 0) return undefined;
    this.#draining ??= new Hold();
    return this.#draining.ended;
  }

  /** Lets whoever waits go on. */
  release(): void {
    this.#endBehind();
    this.#endDraining();
  }

  #endDraining(): void {
    this.#draining?.end();
    this.#draining = undefined;
  }

  #endBehind(): void {
    this.#behind?.end();
    this.#behind = undefined;
  }
}
