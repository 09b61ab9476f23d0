/** The event queue: what devices asked to happen, in the order of guest time, and of asking within one cycle. */
import type { Clock, Timer } from "./clock.ts";

interface Event {
  readonly at: number;
  order: number;
  readonly name: string;
  readonly fire: () => void;
  readonly ready: () => boolean;
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

  schedule(at: number, fire: () => void, name: string, ready = (): boolean => true): Timer {
    const event: Event = { at: Math.ceil(at), order: this.#order++, name, fire, ready, cancelled: false };
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

  /** Fires what is due at the present cycle, and what that makes due. False when something of it is not ready. */
  deliver(): boolean {
    const now = this.now();
    while (this.next <= now) {
      const event = this.#events.at(-1) as Event;
      if (!event.ready()) return false;
      this.#events.pop();
      event.cancelled = true;
      event.fire();
    }
    return true;
  }

  /** Names of what is pending, in the order in which it will happen. */
  get names(): string[] {
    return this.#events.map(({ name }) => name).reverse();
  }

  /** Puts what is due at the same cycle into the order of `names`; false unless just these are pending. */
  arrange(names: readonly string[]): boolean {
    const order = new Map(names.map((name, index) => [name, index]));
    if (order.size !== this.#events.length || this.#events.some(({ name }) => !order.has(name))) return false;
    for (const event of this.#events) event.order = order.get(event.name) as number;
    this.#events.sort((a, b) => (before(a, b) ? 1 : -1));
    this.#order = names.length;
    return true;
  }

  /** Forgets everything, as after power-on. */
  clear(): void {
    this.#events = [];
  }
}
