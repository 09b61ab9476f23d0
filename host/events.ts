/** The event queue: what devices asked to happen, in the order of guest time, and of asking within one cycle. */
import type { Clock, Timer } from "./clock.ts";

interface Event {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/** What the queue needs of the core. */
export interface TimeSource {
  readonly cycles: number;
  bringForward(at: number): void;
}

/** Earlier first. */
const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export class EventQueue implements Clock {
  readonly #time: TimeSource;
  /** Sorted, earliest last, so that the next one is popped. A machine has a handful of timers. */
  #events: Event[] = [];
  #order = 0;

  constructor(time: TimeSource) {
    this.#time = time;
  }

  now(): number {
    return this.#time.cycles;
  }

  schedule(at: number, fire: () => void): Timer {
    const event: Event = { at: Math.ceil(at), order: this.#order++, fire, cancelled: false };
    let index = this.#events.length;
    while (index > 0 && before(this.#events[index - 1] as Event, event)) index--;
    this.#events.splice(index, 0, event);
    this.#time.bringForward(event.at);
    return {
      cancel: () => {
        if (event.cancelled) return;
        event.cancelled = true;
        this.#events = this.#events.filter((other) => other !== event);
      },
    };
  }

  /** Cycle of the next event; Infinity when there is none. */
  get next(): number {
    return this.#events.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Fires what is due at the present cycle, and what that makes due. */
  deliver(): void {
    const now = this.now();
    while (this.next <= now) {
      const event = this.#events.pop() as Event;
      event.cancelled = true;
      event.fire();
    }
  }

  /** Forgets everything, as after power-on. */
  clear(): void {
    this.#events = [];
  }
}
