/** Console input on its way to the UART: each piece is an event at the cycle at which it was given. */
import type { Clock } from "./clock.ts";
import type { PendingInput } from "./snapshot/machine-state.ts";

export interface ConsoleInputOptions {
  readonly clock: Clock;
  readonly receive: (bytes: Uint8Array) => void;
}

export class ConsoleInput {
  readonly #options: ConsoleInputOptions;
  readonly #pending = new Set<PendingInput>();
  #lastSerial = 0;

  constructor(options: ConsoleInputOptions) {
    this.#options = options;
  }

  /** What is still to arrive, for a snapshot. */
  get pending(): PendingInput[] {
    return [...this.#pending];
  }

  /** Takes what was typed at this moment. */
  type(bytes: Uint8Array): void {
    this.#schedule({ serial: this.#lastSerial + 1, at: this.#options.clock.now(), bytes });
  }

  /** Takes over what was pending. */
  restore(pending: readonly PendingInput[]): void {
    for (const input of pending) this.#schedule(input);
  }

  /** Forgets what is pending; its events are the clock's to end. */
  clear(): void {
    this.#pending.clear();
  }

  #schedule(input: PendingInput): void {
    const { clock, receive } = this.#options;
    const arrive = (): void => {
      this.#pending.delete(input);
      receive(input.bytes);
    };
    this.#pending.add(input);
    this.#lastSerial = Math.max(this.#lastSerial, input.serial);
    clock.schedule(input.at, arrive, `input ${input.serial}`);
  }
}
