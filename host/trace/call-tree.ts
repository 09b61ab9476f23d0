/**
 * Rebuilds who called whom from function entries alone.
 *
 * At the entry of a function the stack pointer is its caller's and ra points into its caller. An earlier
 * entry on the same stack is still active if its stack pointer was higher: a caller that comes back has
 * saved ra in a frame of its own, so its callee starts strictly lower. Where stacks differ or are not set
 * up yet (the head of the kernel, a hart before it has a task), ra tells: it lies in the calling function.
 * Functions reached by a jump count as siblings of the one they left.
 */

export interface Entry {
  readonly stackPointer: bigint;
  /** The traced function itself and the function that ra points into, as `image:name`. */
  readonly name: string;
  readonly caller: string | undefined;
}

/** No kernel stack is larger; entries farther apart are on different stacks. */
const LARGEST_STACK = 0x1_0000n;

function calls(parent: Entry, child: Entry): boolean {
  const distance = parent.stackPointer - child.stackPointer;
  return (distance > 0n && distance < LARGEST_STACK) || parent.name === child.caller;
}

/** One flow of control per key: a task, or a hart that has none yet. */
export class CallTree<Key> {
  readonly #flows = new Map<Key, Entry[]>();

  /** Notes an entry and returns its depth, 0 for the outermost. */
  enter(key: Key, entry: Entry): number {
    const active = this.#flows.get(key) ?? [];
    this.#flows.set(key, active);
    for (let parent = active.at(-1); parent !== undefined && !calls(parent, entry); parent = active.at(-1)) {
      active.pop();
    }
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
