/** A real GDB on our kernel: from before the MMU is on to the first user program, on two harts. */
import { afterEach, expect, it } from "vitest";
import { PACKAGE_FILES } from "../../../host/node/files.ts";
import { Machine } from "../../../host/node/index.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { DebuggedGuest, gdb } from "./guest.ts";

requireTool("gdb-multiarch")("gdb on the kernel", () => {
  let guest: DebuggedGuest | undefined;

  afterEach(async () => {
    await guest?.stop();
    guest = undefined;
  });

  async function debug(...commands: string[]): Promise<string> {
    guest = await DebuggedGuest.start(await Machine.create({ harts: 2 }));
    return gdb(guest.server, PACKAGE_FILES.kernel, commands);
  }

  it("reads the kernel's data by its names before the first instruction", async () => {
    expect(await debug("p init_task.comm", "x/i start_kernel")).toMatch(
      /\$1 = "swapper.*\n.*<start_kernel>:\t/,
    );
  });

  it("stops at start_kernel, called from the entry point", async () => {
    const output = await debug(
      "break start_kernel",
      "continue",
      "bt",
      "info registers pc satp",
      "x/4i $pc",
      "stepi",
      "info threads",
      "detach",
    );
    expect(output).toMatch(/Thread 1 hit Breakpoint 1, (0x[0-9a-f]+ in )?start_kernel \(\)/);
    expect(output).toMatch(/#0 .*start_kernel \(\).*\n#1 .*_start \(\)/);
    expect(output).not.toMatch(/corrupt/);
    expect(output).toMatch(/=> 0x[0-9a-f]+ <start_kernel\+?\d*>:/);
    expect(output).toMatch(/\* 1 +Thread 1 \(CPU#0 \[S, running\]\)/);
    expect(output).toMatch(/ {2}2 +Thread 2 \(CPU#1 \[M, (wfi|running)\]\)/);
  });

  it("shows the task that runs kernel_init", async () => {
    const output = await debug(
      "break kernel_init",
      "continue",
      "p ((struct task_struct *)$tp)->pid",
      "p ((struct task_struct *)$tp)->real_parent->pid",
    );
    expect(output).toMatch(/\$1 = 1\n\$2 = 0\n/);
  });

  it("follows the other hart into its idle loop", async () => {
    const output = await debug("break smp_callin", "continue", "bt", "info threads");
    expect(output).toMatch(/Thread 2 hit Breakpoint 1/);
    expect(output).toMatch(/#0 .*smp_callin \(\).*\n#1 .*secondary_start \(\)/);
    expect(output).toMatch(/\* 2 +Thread 2 \(CPU#1 \[S, running\]\)/);
  });
});
