/** What comes to a virtio device from outside: an event, so that the guest sees it between two instructions. */
import type { Clock, Timer } from "../clock.ts";

export interface VirtioArrivalOptions {
  readonly clock: Clock;
  /** Of the event; tells it apart from others of the machine. */
  readonly name: string;
  /** The event has come: what has arrived may go to the driver. */
  readonly deliver: () => void;
}

export class VirtioArrival {
  readonly #options: VirtioArrivalOptions;
  #timer: Timer | undefined;
  #at: number | null = null;

  constructor(options: VirtioArrivalOptions) {
    this.#options = options;
  }

  /** The cycle of the event that is pending; null when none is. */
  get at(): number | null {
    return this.#at;
  }

  /** Something has come at the present guest time. */
  announce(): void {
    if (this.#at === null) this.set(this.#options.clock.now());
  }

  /** Takes over a saved cycle; null takes back what is pending. */
  set(at: number | null): void {
    const { clock, name, deliver } = this.#options;
    this.#timer?.cancel();
    this.#at = at;
    const arrive = (): void => {
      this.#at = null;
      deliver();
    };
    this.#timer = at === null ? undefined : clock.schedule(at, arrive, name);
  }
}
