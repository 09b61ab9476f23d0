/** A real GDB on user programs of our kernel: down into a system call and out again, and breakpoints of one program. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { requireTool } from "../../tools/require-tool.ts";
import { kernelSessions } from "./kernel-guest.ts";

requireTool(
  "gdb-multiarch",
  "riscv64-linux-gnu-gcc",
  "make",
)("gdb on user programs", () => {
  const { atPrompt, symbolsOf } = kernelSessions();
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-gdb-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A loop, which GDB takes from files only, that prints nothing. */
  function script(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(
      path,
      `set logging file /dev/null\nset logging redirect on\nset logging enabled on\n${text}`,
    );
    return `source ${path}`;
  }

  it("walks from the kernel over the trap into the program", async () => {
    const output = await atPrompt(
      { harts: 2 },
      "id\n",
      symbolsOf("id"),
      "tbreak sys_geteuid",
      "continue",
      "bt",
      "frame function main",
      "p argv[0]",
    );
    expect(output).toMatch(
      /#0 .*sys_geteuid \([\s\S]*#\d .*do_trap_ecall_u [\s\S]*#\d +<signal handler called>\n#\d +0x\w+ in geteuid \(\).*\n#\d +0x\w+ in main \(/,
    );
    expect(output).toMatch(/\$1 = 0x\w+ "id"\n/);
    expect(output).not.toMatch(/corrupt/);
  });

  it("steps from an ecall into the kernel, out through sret, and back again", async () => {
    const output = await atPrompt(
      { harts: 2 },
      "id\n",
      symbolsOf("id"),
      "monitor program id",
      "tbreak geteuid",
      "continue",
      "stepi",
      "x/i $pc",
      "p $priv",
      "stepi",
      "info symbol $pc",
      "p $priv",
      "bt 2",
      "stepi 30",
      "bt 2",
      "set $steps = 31", // with the one over the ecall
      script(
        "out.gdb",
        "while $priv != 0\n  stepi\n  set $steps = $steps + 1\nend\nset logging enabled off\n",
      ),
      "p $priv",
      "x/i $pc",
      "bt 2",
      "reverse-stepi",
      "set $steps = $steps - 1",
      "x/i $pc",
      "p $priv",
      script(
        "in.gdb",
        "while $priv != 0\n  reverse-stepi\n  set $steps = $steps - 1\nend\nset logging enabled off\n",
      ),
      "x/i $pc",
      "p $steps",
    );
    const story = [
      /=> 0x\w+ <geteuid\+4>:\tecall/,
      /\$1 = 0\n/,
      /handle_exception in section \.text/,
      /\$2 = 1\n#0 +<signal handler called>\n#1 +0x\w+ in geteuid \(\).*\n/,
      /#0 +<signal handler called>\n#1 +0x\w+ in geteuid \(\).*\n/,
      /\$3 = 0\n=> 0x\w+ <geteuid\+8>:/,
      /#0 +0x\w+ in geteuid \(\).*\n#1 +0x\w+ in main \(/,
      /=> 0x\w+ <ret_from_exception\+\d+>:\tsret/,
      /\$4 = 1\n/,
      /=> 0x\w+ <geteuid\+4>:\tecall\s+\$5 = 0\n/,
    ];
    let rest = output;
    for (const scene of story) {
      expect(rest).toMatch(scene);
      const match = scene.exec(rest) as RegExpExecArray;
      rest = rest.slice(match.index + match[0].length);
    }
  });

  it("stops one program of several that have the same addresses", async () => {
    const output = await atPrompt(
      { harts: 2 },
      "cp /bin/id /twin; id; /twin; id; poweroff\n",
      symbolsOf("id"),
      "monitor program twin",
      "break main",
      "continue",
      "info threads",
      "monitor program",
      "continue",
    );
    expect(output.match(/hit Breakpoint 1, main /g)).toHaveLength(1);
    expect(output).toMatch(/\[U, running\] twin, pid \d+\)/);
    expect(output.match(/user breakpoints stop twin only/g)).toHaveLength(2);
    expect(output).toMatch(/exited normally/);
  });
});
