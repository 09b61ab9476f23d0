/** A real GDB on our kernel: from before the MMU is on to the first user program, on two and four harts. */
import { expect, it } from "vitest";
import { requireTool } from "../../tools/require-tool.ts";
import { FIRMWARE_SYMBOLS, kernelSessions } from "./kernel-guest.ts";

const HARTS = { harts: 2 };

requireTool("gdb-multiarch")("gdb on the kernel", () => {
  const { fromReset } = kernelSessions();

  it("reads the kernel's data by its names before the first instruction", async () => {
    expect(await fromReset(HARTS, "p init_task.comm", "x/i start_kernel")).toMatch(
      /\$1 = "swapper.*\n.*<start_kernel>:\t/,
    );
  });

  it("stops at start_kernel, called from the entry point", async () => {
    const output = await fromReset(
      HARTS,
      "break start_kernel",
      "continue",
      "bt",
      "info registers pc satp",
      "x/4i $pc",
      "stepi",
      "info threads",
      "detach",
    );
    expect(output).toMatch(/Thread 1 .*hit Breakpoint 1, (0x[0-9a-f]+ in )?start_kernel \(\)/);
    expect(output).toMatch(/#0 .*start_kernel \(\).*\n#1 .*_start \(\)/);
    expect(output).not.toMatch(/corrupt/);
    expect(output).toMatch(/=> 0x[0-9a-f]+ <start_kernel\+?\d*>:/);
    expect(output).toMatch(/\* 1 +Thread 1 .*\(CPU#0 \[S, running\]/);
    expect(output).toMatch(/ {2}2 +Thread 2 .*\(CPU#1 \[M, (wfi|running)\]/);
  });

  it("stops before the MMU is on, where the code was loaded", async () => {
    const output = await fromReset(
      HARTS,
      "p &setup_vm",
      "break setup_vm",
      "continue",
      "p/x $satp",
      "p $pc == (unsigned long)&setup_vm - 0xffffffff80000000 + 0x80200000",
      "stepi",
      "tbreak start_kernel",
      "continue",
      "reverse-continue",
      "p $pc",
    );
    expect(output).toMatch(/received signal SIGTRAP[\s\S]*\n\$2 = 0x0\n\$3 = 1\n/);
    expect(output).toMatch(
      /Temporary breakpoint 2, (0x\w+ in )?start_kernel[\s\S]*SIGTRAP[\s\S]*\$4 = .*0x802\w{5}/,
    );
  });

  it("walks the stacks of the first three tasks to their ends", async () => {
    const output = await fromReset(
      HARTS,
      ...["rest_init", "kernel_init", "kthreadd"].map((name) => `tbreak ${name}`),
      ...Array(3).fill(["continue", "bt"]).flat(),
      "p ((struct task_struct *)$tp)->pid",
      "p ((struct task_struct *)$tp)->real_parent->pid",
    );
    expect(output).toMatch(
      /#0 .*rest_init \(\)[^#]*(#.*arch_call_rest_init.*\n)?#\d .* start_kernel \(\).*\n#\d .* _start \(\)/,
    );
    expect(output).toMatch(/#0 .*kernel_init \(.*\n#1 .* ret_from_fork \(\).*\n/);
    expect(output).toMatch(/#0 .*kthreadd \(.*\n#1 .* ret_from_fork \(\).*\n/);
    expect(output).not.toMatch(/corrupt|stopped:/);
    expect(output).toMatch(/\$1 = [12]\n\$2 = 0\n/);
  });

  it("follows the other hart into its idle loop", async () => {
    const output = await fromReset(HARTS, "break smp_callin", "continue", "bt", "info threads");
    expect(output).toMatch(/Thread 2 .*hit Breakpoint 1/);
    expect(output).toMatch(/#0 .*smp_callin \(\).*\n#1 .*secondary_start \(\)/);
    expect(output).toMatch(/\* 2 +Thread 2 .*\(CPU#1 \[S, running\]/);
  });

  it("finds the harts that wait in the firmware, and goes from the firmware back into the kernel", async () => {
    const output = await fromReset(
      { harts: 4 },
      FIRMWARE_SYMBOLS,
      "tbreak start_kernel",
      "continue",
      "info threads",
      "thread 3",
      "p $priv == 3",
      "bt",
      "thread 1",
      "tbreak handle_trap",
      "continue",
      "bt",
      "finish",
      "p $priv == 3",
      "p init_task.comm",
      "tbreak kernel_init",
      "continue",
      "tbreak handle_trap",
      "continue",
      "bt",
    );
    expect(output).toMatch(/\* 1 +Thread 1 .*\(CPU#0 \[S, running\].* start_kernel/);
    for (const hart of [1, 2, 3])
      expect(output).toMatch(
        new RegExp(` ${hart + 1} +Thread ${hart + 1} .*\\(CPU#${hart} \\[M, wfi\\].* \\w+ \\(`),
      );
    expect(output).toMatch(/\$1 = 1\n#0 .*hsm_wait \(\) at .*hsm\.c:\d+\n/);
    // A call of the kernel's in the firmware: its frames, then the kernel's.
    expect(output).toMatch(
      /#0 +handle_trap \(.*\n#1 +<signal handler called>\n#2 .*sbi_ecall \([\s\S]*#\d+ .* start_kernel \(\)[\s\S]*_start \(\)/,
    );
    expect(output).toMatch(/\$2 = 1\n\$3 = "swapper/);
    // A stack that only the kernel's page tables know.
    expect(output).toMatch(/#0 +handle_trap \([\s\S]*#\d+ .* ret_from_fork \(\)[\s\S]*$/);
  });

  it("steps lines and out of functions on a hart, the other running along", async () => {
    const output = await fromReset(
      HARTS,
      "tbreak start_kernel",
      "continue",
      "next",
      "next",
      "tbreak rest_init",
      "continue",
      "tbreak kernel_thread",
      "continue",
      "finish",
      "info threads",
    );
    expect(output).toMatch(/rest_init \(\) at .*\nValue returned is \$1 = [12]\n/);
  });
});
