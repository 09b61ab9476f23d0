/** Cycles by call stack: a tree whose paths from the root are the stacks that were seen. */
import type { Code } from "./code-table.ts";

export class CallNode {
  readonly code: Code;
  readonly parent: CallNode | undefined;
  readonly children = new Map<Code, CallNode>();
  /** Cycles spent here, and not in a child. */
  cycles = 0;
  instructions = 0;

  constructor(code: Code, parent: CallNode | undefined) {
    this.code = code;
    this.parent = parent;
  }

  child(code: Code): CallNode {
    const found = this.children.get(code);
    if (found) return found;
    const node = new CallNode(code, this);
    this.children.set(code, node);
    return node;
  }

  /** Cycles spent here and in all children. */
  get total(): number {
    let sum = this.cycles;
    for (const child of this.children.values()) sum += child.total;
    return sum;
  }
}
