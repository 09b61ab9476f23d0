/** Call stacks in the order of time: when what began and ended on each hart, as far as there is room for it. */
import type { StackListener } from "./call-stacks.ts";
import type { CallNode } from "./call-tree.ts";

/** Events of one hart: positive numbers open, negative ones close; {number of the code + 1, cycle} in turn. */
export type HartEvents = readonly number[];

/** More than viewers open with pleasure. */
const MOST = 2_000_000;

export class StackEvents implements StackListener {
  /** There were more than there is room for; what is kept ends early. */
  overflowed = false;
  readonly #harts: number[][] = [];
  #count = 0;

  onOpen(hart: number, { code }: CallNode, cycle: number): void {
    this.#add(hart, code.id + 1, cycle);
  }

  onClose(hart: number, { code }: CallNode, cycle: number): void {
    this.#add(hart, -(code.id + 1), cycle);
  }

  of(hart: number): HartEvents {
    return this.#harts[hart] ?? [];
  }

  #add(hart: number, event: number, cycle: number): void {
    if (this.#count >= MOST) {
      this.overflowed = true;
      return;
    }
    this.#count += 1;
    const events = this.#harts[hart] ?? [];
    this.#harts[hart] = events;
    events.push(event, cycle);
  }
}
