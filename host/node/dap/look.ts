/** What a stopped machine shows: stacks and evaluators of its harts, made once for each stop. */
import { Evaluator } from "../../debug/source/evaluate.ts";
import type { SourceImages } from "../../debug/source/images.ts";
import { type StackFrame, stackOf } from "../../debug/source/stack.ts";
import type { Surroundings } from "../../debug/source/variables.ts";
import { HartbeatError } from "../../errors.ts";
import type { Machine } from "../../machine.ts";

export class Look {
  readonly #machine: Machine;
  readonly #images: SourceImages;
  readonly #stacks = new Map<number, StackFrame[]>();
  /** So many innermost frames of a hart are not shown yet. */
  #hidden: { readonly hart: number; readonly frames: number } | undefined;

  constructor(machine: Machine, images: SourceImages) {
    this.#machine = machine;
    this.#images = images;
  }

  /** To be called when the machine has moved. */
  forget(): void {
    this.#stacks.clear();
    this.#hidden = undefined;
  }

  /** The same when registers or memory were changed. */
  refresh(): void {
    this.#stacks.clear();
  }

  /**
   * A hart that has stepped over a line stands at the beginning of the next one. When that begins with an inlined function, the
   * function has not been called yet, as people see it.
   */
  hideInlined(hart: number): void {
    this.#hidden = undefined;
    this.#stacks.clear();
    const stack = this.stackNow(hart);
    const pc = stack[0]?.pc;
    const entered = stack.findIndex(
      ({ inlined, scope }) => !inlined || !scope?.ranges.some(({ low }) => low === pc),
    );
    this.#stacks.clear();
    if (entered > 0) this.#hidden = { hart, frames: entered };
  }

  /** Steps into one of the hidden functions; false when there is none. */
  enterInlined(hart: number): boolean {
    if (this.#hidden?.hart !== hart) return false;
    const frames = this.#hidden.frames - 1;
    this.#hidden = frames > 0 ? { hart, frames } : undefined;
    this.#stacks.clear();
    return true;
  }

  /** The stack of a hart, with the file of the program that it runs. */
  async stack(hart: number): Promise<StackFrame[]> {
    const task = this.#machine.debugger.taskOf(hart);
    if (task) await this.#images.prepare(task.name);
    return this.stackNow(hart);
  }

  /** The same with the files that are there. `limit` counts physical frames. */
  stackNow(hart: number, limit?: number): StackFrame[] {
    if (limit !== undefined) return stackOf(this.#machine, this.#images, hart, limit);
    const hidden = this.#hidden?.hart === hart ? this.#hidden.frames : 0;
    const stack = this.#stacks.get(hart) ?? stackOf(this.#machine, this.#images, hart).slice(hidden);
    this.#stacks.set(hart, stack);
    return stack;
  }

  surroundings(hart: number, stack = this.stackNow(hart)): Surroundings {
    return { machine: this.#machine, images: this.#images, hart, stack };
  }

  evaluator(hart: number, index: number, stack = this.stackNow(hart)): Evaluator {
    const frame = stack[index];
    if (!frame) throw new HartbeatError("There is no such frame any more.");
    return new Evaluator(this.surroundings(hart, stack), frame);
  }
}
