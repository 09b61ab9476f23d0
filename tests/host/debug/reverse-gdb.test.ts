/** A real GDB going backwards through our kernel's boot on two harts, and asking the monitor. */
import { expect, it } from "vitest";
import { requireTool } from "../../tools/require-tool.ts";
import { kernelSessions } from "./kernel-guest.ts";

requireTool("gdb-multiarch")("gdb backwards", () => {
  const { fromReset } = kernelSessions();
  const debug = (...commands: string[]): Promise<string> => fromReset({ harts: 2 }, ...commands);

  it("undoes instructions one by one", async () => {
    const output = await debug(
      "break start_kernel",
      "continue",
      "delete",
      "p/x $sp",
      "stepi 5",
      "p/x $pc",
      // GDB reads the registers of all harts, and does not say which one it goes back on.
      "info threads",
      "reverse-stepi 5",
      "p/x $sp",
      "p $pc == &start_kernel",
    );
    const values = [...output.matchAll(/\$\d+ = (\S+)/g)].map((match) => match[1]);
    expect(values[2]).toBe(values[0]);
    expect(values[3]).toBe("1");
  });

  it("finds each writer of a variable, forward and backward", async () => {
    const output = await debug(
      "break start_kernel",
      "continue",
      "watch system_state",
      "continue",
      "continue",
      "reverse-continue",
      "reverse-continue",
      "p system_state",
      "bt 1",
    );
    expect(output.match(/Hardware watchpoint 2: system_state\n/g)?.length).toBe(5);
    expect(output).toMatch(/Old value = SYSTEM_FREEING_INITMEM\nNew value = SYSTEM_SCHEDULING/);
    expect(output).toMatch(/\$1 = SYSTEM_BOOTING\n#0 .*rest_init/);
  });

  it("goes back over breakpoints to the start of the history, and out of a function to its call", async () => {
    const output = await debug(
      "break setup_arch",
      "break rest_init",
      "continue",
      "continue",
      "reverse-continue",
      "reverse-finish",
      "x/i $pc",
      "delete",
      "reverse-continue",
      "p/x $pc",
    );
    expect(output).toMatch(/Breakpoint 2, rest_init[\s\S]*Breakpoint 1, .*setup_arch/);
    expect(output).toMatch(/=> 0x[0-9a-f]+ <start_kernel\+\d+>:[^=]*jalr?\s/);
    expect(output).toMatch(/No more reverse-execution history[\s\S]*\$1 = 0x1000\n/);
  });

  it("explains page tables, CSRs, traps, tasks and calls", async () => {
    const output = await debug(
      "break run_init_process",
      "continue",
      "monitor pt 0xffffffff80000000",
      "monitor csrs satp",
      "monitor trap",
      "monitor ps",
      "monitor bt-all",
      "monitor trace 4",
      "monitor tlb",
      "monitor plic",
      "monitor nonsense",
    );
    expect(output).toMatch(/level 0: .* page 0x80200000\n0xffffffff80000000 is at 0x80200000\n/);
    expect(output).toMatch(/satp +0x8\w+ +MODE=Sv39 ASID=0x0 PPN=0x\w+\n/);
    expect(output).toMatch(/S-mode: the last trap was: .*handle_exception/);
    expect(output).toMatch(/ 2 +0 +\d \w+ +0x\w+ \[kthreadd\]\n/);
    expect(output).toMatch(/#\d 0x\w+ in kernel_init\+0x\w+\n/);
    expect(output).toMatch(/kernel_init|run_init_process/);
    expect(output).toMatch(/ S +0xf{8}8\w{7} -> 0x80\w{6} --x/);
    expect(output).toMatch(/ 10 NS16550A UART +priority 1, enabled for hart 0 S/);
    expect(output).toContain("unknown command");
  });
});
