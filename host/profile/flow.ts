/**
 * The call stack of one flow of control, followed instruction by instruction.
 *
 * Calls push and returns pop, told apart by link registers; a trap pushes, and the return from it pops to where it came from.
 * What keeps no such order puts itself right: a return looks for its address further down the stack, and when execution
 * turns out to be in another function than the one on top, as behind a tail call, that one takes its place.
 */
import type { CallNode } from "./call-tree.ts";
import type { Code, CodeTable } from "./code-table.ts";

/** Privilege levels of trap handlers. */
export type Handler = 1 | 3;

interface Frame {
  readonly node: CallNode;
  /** Where it returns to; NaN for what was not called. */
  readonly back: number;
  /** Set on the frame of a trap: who handles it. */
  readonly handler: Handler | undefined;
}

/** Told of frames that begin and end. */
export interface FlowListener {
  onOpen(node: CallNode): void;
  onClose(node: CallNode): void;
}

/** How far down a return looks for its address. */
const LONGEST_UNWIND = 64;

export class Flow {
  listener: FlowListener | undefined;
  /** The user address space that the frames of user mode belong to; 0 while there is none. */
  space = 0;
  readonly #table: CodeTable;
  #root: CallNode;
  #frames: Frame[] = [];

  constructor(table: CodeTable, root: CallNode) {
    this.#table = table;
    this.#root = root;
  }

  /** What executes. */
  get node(): CallNode {
    return this.#frames.at(-1)?.node ?? this.#root;
  }

  /** All nodes from the root to the one that executes. */
  get nodes(): CallNode[] {
    return [this.#root, ...this.#frames.map(({ node }) => node)];
  }

  get root(): CallNode {
    return this.#root;
  }

  /** Forgets all frames, and goes on under another root. */
  restart(root: CallNode): void {
    this.#popTo(0);
    this.#root = root;
  }

  /** An instruction at `pc` is about to be executed in the function on top, or in another that took its place. */
  at(pc: number, program: string | undefined): void {
    const top = this.#frames.at(-1);
    if (!top || top.handler !== undefined) {
      this.#push(this.#table.entered(pc, program), Number.NaN);
      return;
    }
    const { start, end } = top.node.code;
    if (start === end || (pc >= start && pc < end)) return;
    const code = this.#table.around(pc, program);
    if (!code || code === top.node.code) return;
    this.#popTo(this.#frames.length - 1);
    this.#push(code, top.back);
  }

  call(target: number, back: number, program: string | undefined): void {
    this.#push(this.#table.entered(target, program), back);
  }

  /** A jump through a link register: to the caller, or somewhere else in disguise. */
  return(target: number): void {
    const lowest = Math.max(0, this.#frames.length - LONGEST_UNWIND);
    for (let index = this.#frames.length - 1; index >= lowest; index--) {
      const frame = this.#frames[index] as Frame;
      if (frame.handler !== undefined) return;
      if (frame.back === target) {
        this.#popTo(index);
        return;
      }
    }
  }

  trap(code: Code, handler: Handler): void {
    this.#push(code, Number.NaN, handler);
  }

  /** mret or sret: back to before the trap. One without a trap leaves nothing of what was. */
  trapReturn(handler: Handler): void {
    for (let index = this.#frames.length - 1; index >= 0; index--) {
      if (this.#frames[index]?.handler === handler) {
        this.#popTo(index);
        return;
      }
    }
    this.#popTo(0);
  }

  #push(code: Code, back: number, handler?: Handler): void {
    const node = this.node.child(code);
    this.#frames.push({ node, back, handler });
    this.listener?.onOpen(node);
  }

  #popTo(length: number): void {
    while (this.#frames.length > length) {
      const frame = this.#frames.pop() as Frame;
      this.listener?.onClose(frame.node);
    }
  }
}
