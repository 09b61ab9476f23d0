/** GDB on Debian's own kernel, unmodified, with the debug symbols of its package. */
import { expect, it } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { kernelSessions } from "../host/debug/kernel-guest.ts";
import { debianInitramfs, debianKernel, debianKernelSymbols } from "../tools/debian-initramfs.ts";

const FETCH_MS = 900_000;

const COMMANDS = [
  ...["break start_kernel", "continue", "bt", "p init_task.comm", "delete"],
  ...["tbreak rest_init", "continue", "bt", "delete"],
  ...["watch -l system_state", "continue", "reverse-continue", "p system_state", "delete"],
  ...["tbreak kernel_init", "continue", "bt"],
];

export function debugTest(): void {
  const { debug } = kernelSessions();

  it("walks its stacks from a breakpoint set before the first instruction", {
    timeout: FETCH_MS,
  }, async () => {
    const symbols = debianKernelSymbols();
    const machine = await Machine.create({
      ramBytes: 256 * 2 ** 20,
      harts: 2,
      kernel: debianKernel(),
      initrd: debianInitramfs(),
      append: "console=ttyS0",
    });
    const output = await debug(machine, COMMANDS, symbols);
    expect(output).toMatch(/hit Breakpoint 1.*start_kernel \(\)/);
    expect(output).toMatch(
      /#0 .*start_kernel \(\).*\n#1 .*_start_kernel \(\) at arch\/riscv\/kernel\/head\.S/,
    );
    expect(output).toMatch(/\$1 = "swapper/);
    expect(output).toMatch(/#0 +rest_init \(\).*\n#1 .* start_kernel \(\).*\n#2 .*_start_kernel \(\)/);
    expect(output).toMatch(/Old value = SYSTEM_BOOTING\nNew value = SYSTEM_SCHEDULING/);
    expect(output).toMatch(/\$2 = SYSTEM_BOOTING/);
    expect(output).toMatch(/#0 +kernel_init \(.*\n#1 .* ret_from_fork/);
  });
}
