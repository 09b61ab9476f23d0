/** Calls rebuilt from function entries. */
import { describe, expect, it } from "vitest";
import { CallTree } from "../../../host/trace/call-tree.ts";

function tree() {
  const calls = new CallTree<string>();
  return {
    calls,
    enter: (key: string, name: string, stackPointer: bigint, caller?: string) =>
      calls.enter(key, { name, stackPointer, caller }),
  };
}

describe("the call tree", () => {
  it("nests callees, and puts functions called from one frame side by side", () => {
    const { enter } = tree();
    expect(enter("task", "start_kernel", 0x1000n)).toBe(0);
    expect(enter("task", "setup_arch", 0xf00n)).toBe(1);
    expect(enter("task", "paging_init", 0xe00n)).toBe(2);
    expect(enter("task", "mm_init", 0xf00n)).toBe(1);
    expect(enter("task", "mm_init", 0xf00n)).toBe(1);
    expect(enter("task", "next", 0x1000n)).toBe(0);
  });

  it("keeps tasks apart", () => {
    const { enter } = tree();
    enter("a", "rest_init", 0x1000n);
    expect(enter("b", "kernel_init", 0x800n)).toBe(0);
    expect(enter("a", "cpu_startup_entry", 0xf00n)).toBe(1);
  });

  it("goes by the return address where the stack is set up between caller and callee", () => {
    const { calls, enter } = tree();
    expect(enter("hart 0", "_start", 0n, "firmware")).toBe(0);
    expect(enter("hart 0", "setup_vm", 0x8000_1000n, "_start")).toBe(1);
    calls.rename("hart 0", "init_task");
    expect(enter("init_task", "start_kernel", 0xffff_ffff_8000_1000n, "_start")).toBe(1);
    expect(enter("hart 0", "_start", 0n)).toBe(0);
  });

  it("does not take a distant stack for the same one", () => {
    const { enter } = tree();
    enter("task", "a", 0x9000_0000n);
    expect(enter("task", "b", 0x8000_0000n)).toBe(0);
  });

  it("lets a task that has calls of its own keep them", () => {
    const { calls, enter } = tree();
    enter("task", "a", 0x1000n);
    enter("hart", "b", 0x1000n);
    calls.rename("hart", "task");
    calls.rename("nobody", "task");
    expect(enter("task", "c", 0xff0n)).toBe(1);
  });
});
