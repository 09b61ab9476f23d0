/**
 * Which hart the user of a debugger looks at. `bs` and `qRcmd` name none, and `Hg` tells only whose registers GDB wanted last:
 * `info threads` reads those of all harts, and then GDB has them and says no more when a thread is selected.
 *
 * But GDB asks whether a thread is there (`T`) whenever its user selects one. It does so for `thread apply all`, too, from the
 * last thread down to the first, right after it has read the list of them, and is then back at the thread of before.
 */
export class SelectedHart {
  readonly #hartCount: number;
  #hart = 0;
  /** The hart that the present walk over all threads began at. */
  #before = 0;
  /** The hart that such a walk asks for next; undefined: there is none. */
  #next: number | undefined;

  constructor(hartCount: number) {
    this.#hartCount = hartCount;
  }

  get hart(): number {
    return this.#hart;
  }

  /** A stop was reported of a hart. */
  stopped(hart: number): void {
    this.#hart = hart;
    this.#next = undefined;
  }

  /** The list of threads was read. */
  listed(): void {
    this.#before = this.#hart;
    this.#next = this.#hartCount - 1;
  }

  /** The thread of a hart was asked for. */
  asked(hart: number): void {
    const walks = hart === this.#next;
    this.#next = walks && hart > 0 ? hart - 1 : undefined;
    this.#hart = walks && hart === 0 ? this.#before : hart;
  }
}
