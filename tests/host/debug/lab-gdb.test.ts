/** The lab "From a panic back to the instruction that caused it": the commands of its transcript still tell its story. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../../host/node/files.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { kernelSessions } from "./kernel-guest.ts";

const lab = readFileSync(join(PACKAGE_ROOT, "docs/labs/panic-backwards.md"), "utf8");

/** What a reader types. */
const commands = [...lab.matchAll(/^\(gdb\) (.+)$/gm)].map((match) => match[1] as string);

requireTool("gdb-multiarch")("the lab", () => {
  const { fromReset } = kernelSessions();

  it("leads from the panic of init to the ecall of the program that failed", async () => {
    expect(commands.length).toBeGreaterThan(10);
    const output = await fromReset({ harts: 2, append: "init=/bin/false" }, ...commands);
    expect(output).toMatch(/Breakpoint 1, panic \(.*Attempted to kill init! exitcode/);
    expect(output).toMatch(
      /#\d+ .*do_trap_ecall_u .*\n[\s\S]*#\d+ +<signal handler called>\n#\d+ +0x0+1\w{4} in/,
    );
    expect(output).toMatch(/\$1 = 1\n\$2 = 94\n/);
    expect(output).toMatch(/Old value = 1\nNew value = 0\n/);
    expect(output).toMatch(/=> 0x\w+ <handle_exception\+\d+>:/);
    expect(output).toMatch(/S-mode: the last trap was: environment call from U-mode, at 0x1\w{4},/);
    expect(output).toMatch(/0x1\w{4} +ecall *\n0x\w+ <handle_exception> +csrrw/);
    expect(output).toMatch(/hit Temporary breakpoint 3, 0x0+1\w{4} in/);
    expect(output).toMatch(/\na0 +0x1\t1\na7 +0x5e\t94\npriv +0x0\t/);
    expect(output).toMatch(/cycle \d+, \d+ cycles executed by all harts, 0 inputs\n/);
  });
});
