/** A bar for whatever takes longer than half a second. */
import { element } from "./dom.ts";

/** A wait shorter than this needs no bar. */
const DELAY_MS = 500;

export class Progress {
  readonly #area = element("progress");
  readonly #bar = element<HTMLProgressElement>("progress-bar");
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Something begins that may take a while. */
  begin(what: string): void {
    element("progress-what").textContent = what;
    this.#bar.removeAttribute("value");
    this.#timer ??= setTimeout(() => {
      this.#area.hidden = false;
    }, DELAY_MS);
  }

  update(what: string, done: number, total: number): void {
    if (this.#timer === undefined) this.begin(what);
    element("progress-what").textContent = what;
    this.#bar.max = Math.max(total, done, 1);
    this.#bar.value = done;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#area.hidden = true;
  }

  /** Shows the bar while a promise is waited for. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    this.begin(what);
    try {
      return await work;
    } finally {
      this.end();
    }
  }
}
