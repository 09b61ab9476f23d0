/**
 * Rebuilds who called whom from function entries alone.
 *
 * At the entry of a function s0 is still its caller's frame pointer, which RISC-V compilers set to the stack
 * pointer that the caller was entered with; the word below is the caller's return address, the next one the
 * frame pointer of the caller's caller (psABI, "Frame Pointer Convention"). So an earlier entry is still
 * active if its stack pointer and return address stand in this chain. Code without frames, such as the head
 * of the kernel, has called a function if ra points into it. A function that is reached by a jump is a
 * sibling of the one that jumped.
 */

/** An active call: the stack pointer at its entry, and where it will return to. */
export interface Frame {
  readonly stackPointer: bigint;
  readonly returnAddress: bigint;
}

export interface Entry extends Frame {
  /** The traced function itself and the function that ra points into, as `image:name`. */
  readonly name: string;
  readonly caller: string | undefined;
}

/** Longer chains, and frames farther apart than any stack is large, are not frames at all. */
const LONGEST_CHAIN = 64;
const LARGEST_STACK = 0x1_0000n;

/** Whether `next` may be the frame pointer of the caller of the function with `pointer`. */
export function isFrameAbove(next: bigint, pointer: bigint): boolean {
  return next > pointer && next - pointer <= LARGEST_STACK;
}

/** The frames of the callers, innermost first, from the frame pointer at a function's entry. */
export function walkFrames(framePointer: bigint, read: (address: bigint) => bigint | undefined): Frame[] {
  const frames: Frame[] = [];
  let pointer = framePointer;
  while (pointer !== 0n && frames.length < LONGEST_CHAIN) {
    const returnAddress = read(pointer - 8n);
    const next = read(pointer - 16n);
    if (returnAddress === undefined || next === undefined) break;
    frames.push({ stackPointer: pointer, returnAddress });
    if (!isFrameAbove(next, pointer)) break;
    pointer = next;
  }
  return frames;
}

/** One flow of control per key: a task, or a hart that has none yet. */
export class CallTree<Key> {
  readonly #flows = new Map<Key, Entry[]>();

  /** Notes an entry, whose callers have these frames, and returns its depth, 0 for the outermost. */
  enter(key: Key, entry: Entry, callers: readonly Frame[]): number {
    const isActive = (earlier: Entry): boolean =>
      earlier.name === entry.caller ||
      callers.some(
        ({ stackPointer, returnAddress }) =>
          stackPointer === earlier.stackPointer && returnAddress === earlier.returnAddress,
      );
    const active = this.#flows.get(key) ?? [];
    this.#flows.set(key, active);
    for (let last = active.at(-1); last !== undefined && !isActive(last); last = active.at(-1)) active.pop();
    return active.push(entry) - 1;
  }

  /** The flow `from` goes on under another key, as when a hart gets its first task. */
  rename(from: Key, to: Key): void {
    const flow = this.#flows.get(from);
    if (flow === undefined || this.#flows.has(to)) return;
    this.#flows.delete(from);
    this.#flows.set(to, flow);
  }
}
