/** Calls rebuilt from function entries. */
import { describe, expect, it } from "vitest";
import { CallTree, type Frame, walkFrames } from "../../../host/trace/call-tree.ts";

/** A stack on which functions are called and return, as a compiler with frame pointers lays it out. */
class Stack {
  readonly memory = new Map<bigint, bigint>();
  readonly frames: Frame[] = [];
  framePointer = 0n;

  constructor(public stackPointer: bigint) {}

  /** The prologue of a function that was called with this return address. */
  enter(returnAddress: bigint, frameBytes: bigint): void {
    this.frames.push({ stackPointer: this.stackPointer, returnAddress });
    this.memory.set(this.stackPointer - 8n, returnAddress);
    this.memory.set(this.stackPointer - 16n, this.framePointer);
    this.framePointer = this.stackPointer;
    this.stackPointer -= frameBytes;
  }

  leave(): void {
    const frame = this.frames.pop();
    this.framePointer = this.frames.at(-1)?.stackPointer ?? 0n;
    this.stackPointer = frame?.stackPointer ?? this.stackPointer;
  }
}

/** Traced and untraced calls on one stack. */
function task() {
  const tree = new CallTree<string>();
  const stack = new Stack(0x8000n);
  return {
    /** Enters a function that is not traced. */
    call: (returnAddress: bigint, frameBytes = 32n): void => stack.enter(returnAddress, frameBytes),
    leave: (): void => stack.leave(),
    /** Enters a traced function and gives its depth. */
    trace(name: string, returnAddress: bigint, frameBytes = 32n): number {
      const { stackPointer, framePointer } = stack;
      const callers = walkFrames(framePointer, (address) => stack.memory.get(address));
      const depth = tree.enter("task", { name, caller: undefined, stackPointer, returnAddress }, callers);
      stack.enter(returnAddress, frameBytes);
      return depth;
    },
  };
}

describe("the call tree", () => {
  it("nests callees, and puts functions called from one frame side by side", () => {
    const { trace, leave } = task();
    expect(trace("start_kernel", 1n)).toBe(0);
    expect(trace("setup_arch", 2n)).toBe(1);
    expect(trace("paging_init", 3n)).toBe(2);
    leave();
    leave();
    expect(trace("mm_init", 4n)).toBe(1);
    leave();
    expect(trace("mm_init", 4n)).toBe(1);
    leave();
    leave();
    expect(trace("next", 5n)).toBe(0);
  });

  it("skips functions that are not traced", () => {
    const { call, trace, leave } = task();
    trace("load_elf_binary", 1n);
    expect(trace("begin_new_exec", 2n)).toBe(1);
    leave();
    call(3n, 256n);
    expect(trace("setup_arg_pages", 4n)).toBe(1);
  });

  it("goes by the return address where the caller has no frame", () => {
    const tree = new CallTree<string>();
    const enter = (key: string, name: string, caller?: string): number =>
      tree.enter(key, { name, caller, stackPointer: 0n, returnAddress: 0n }, []);
    expect(enter("hart 0", "_start", "firmware")).toBe(0);
    expect(enter("hart 0", "setup_vm", "_start")).toBe(1);
    tree.rename("hart 0", "init_task");
    expect(enter("init_task", "start_kernel", "_start")).toBe(1);
    expect(enter("hart 0", "_start")).toBe(0);
  });

  it("keeps tasks apart, and lets a task that has calls of its own keep them", () => {
    const tree = new CallTree<string>();
    const enter = (key: string, name: string, caller?: string): number =>
      tree.enter(key, { name, caller, stackPointer: 0n, returnAddress: 0n }, []);
    enter("task", "rest_init");
    expect(enter("other", "kernel_init")).toBe(0);
    enter("hart", "secondary_start");
    tree.rename("hart", "task");
    tree.rename("nobody", "task");
    expect(enter("task", "cpu_startup_entry", "rest_init")).toBe(1);
  });
});

describe("a walk of frames", () => {
  it("ends at memory that cannot be read, at nonsense, and after many frames", () => {
    expect(walkFrames(0n, () => 1n)).toEqual([]);
    expect(walkFrames(0x1000n, () => undefined)).toEqual([]);
    expect(walkFrames(0x1000n, () => 0x1000n)).toHaveLength(1);
    expect(walkFrames(0x1000n, () => 0xffff_ffff_ffffn)).toHaveLength(1);
    expect(walkFrames(0x1000n, (address) => address + 32n)).toHaveLength(64);
  });
});
