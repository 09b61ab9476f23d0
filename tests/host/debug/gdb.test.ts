/** A real GDB on a real machine: the commands that people use first. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { requireTool } from "../../tools/require-tool.ts";
import { DebuggedGuest, GuestProgram, gdb } from "./guest.ts";

requireTool("gdb-multiarch", "riscv64-linux-gnu-gcc")("gdb", () => {
  let program: GuestProgram;
  let guest: DebuggedGuest | undefined;

  beforeAll(() => {
    program = new GuestProgram();
  });
  afterAll(() => program.remove());
  afterEach(async () => {
    await guest?.stop();
    guest = undefined;
  });

  async function debug(commands: readonly string[], harts = 2): Promise<string> {
    guest = await DebuggedGuest.start(await program.machine(harts));
    return gdb(guest.server, program.path, commands);
  }

  it("breaks, continues, walks the stack, lists and steps instructions", async () => {
    const output = await debug(["break count", "continue", "bt", "x/2i $pc", "stepi", "p $pc == &count + 2"]);
    expect(output).toMatch(/Breakpoint 1, count \(step=(step@entry=)?0\)/);
    expect(output).toMatch(
      /#0 {2}count.*\n#1 .* in setup_arch .*\n#2 .* in start_kernel .*\n#3 .* in _start/,
    );
    expect(output).toMatch(/=> 0x[0-9a-f]+ <count>:\s+add\s+sp,sp,-16\n.*<count\+2>:/);
    expect(output).not.toMatch(/corrupt|warning: (?!No executable)/);
  });

  it("stops at a breakpoint each time, not only the first", async () => {
    const output = await debug(["break count", "continue", "continue", "continue 3", "p step"]);
    expect(output.match(/Breakpoint 1, count/g)).toHaveLength(3);
    expect(output).toContain("$1 = 4");
  });

  it("shows registers and CSRs, and changes them", async () => {
    const output = await debug([
      "break setup_arch",
      "continue",
      "info registers",
      "p/x $misa",
      "p $priv",
      "p $mhartid",
      "set $a0 = 0x1234",
      "p/x $a0",
      "set var counter = 77",
      "p counter",
    ]);
    expect(output).toMatch(/\nra +0x[0-9a-f]+\t0x[0-9a-f]+ <start_kernel\+\d+>\n/);
    expect(output).toMatch(/\npc +0x[0-9a-f]+\t0x[0-9a-f]+ <setup_arch>\n/);
    expect(output).toMatch(/\$1 = 0x80000000[0-9a-f]{8}\n\$2 = .*3.*\n\$3 = 0\n\$4 = 0x1234\n\$5 = 77\n/);
  });

  it("shows a thread for each hart, and steps one of them", async () => {
    const output = await debug(["break setup_arch", "continue", "info threads", "thread 2", "p $mhartid"]);
    expect(output).toMatch(/\* 1 +Thread 1 "hart 0" \(CPU#0 \[M, running\]\) +setup_arch/);
    expect(output).toMatch(/ {2}2 +Thread 2 "hart 1" \(CPU#1 \[M, (wfi|running)\]\)/);
    expect(output).toContain("$1 = 1");
  });

  it("disassembles the boot ROM at reset", async () => {
    expect(await debug(["x/2i $pc"])).toMatch(/=> 0x1000:\t.+\n {3}0x100[24]:\t.+\n/);
  });

  it("finishes functions and steps lines", async () => {
    const output = await debug(["break setup_arch", "continue", "finish", "p counter", "next", "step"]);
    expect(output).toContain("$1 = 45");
    expect(output).toMatch(/count \(step=(step@entry=)?1\)/);
  });

  it("watches a variable by stepping", async () => {
    const output = await debug([
      "set can-use-hw-watchpoints 0",
      "break setup_arch",
      "continue",
      "watch counter",
      "continue",
    ]);
    expect(output).toMatch(/Old value = 0\nNew value = 1\n/);
  });

  it("tells that the guest powered off", async () => {
    expect(await debug(["break setup_arch", "continue", "set var released = 1", "continue"])).toMatch(
      /\[Inferior 1 \(Remote target\) exited normally\]/,
    );
  });

  it("interrupts a running guest", async () => {
    guest = await DebuggedGuest.start(await program.machine(2));
    const { machine, server } = guest;
    const counting = (async () => {
      await expect.poll(() => machine.cycles).toBeGreaterThan(1_000_000);
    })();
    const commands = ["continue", "p counter > 1000", "info threads"];
    const output = await gdb(server, program.path, commands, counting);
    expect(output).toContain("received signal SIGINT");
    expect(output).toMatch(/\$1 = 1\n/);
    expect(output).toMatch(/CPU#1 \[M, wfi\]/);
  });

  it("detaches, attaches again, and leaves the guest to run to its end", async () => {
    guest = await DebuggedGuest.start(await program.machine(1));
    const first = ["break setup_arch", "continue", "break count", "detach"];
    expect(await gdb(guest.server, program.path, first)).toContain("detached");
    const second = await gdb(guest.server, program.path, [
      "break count",
      "continue",
      "set var released = 1",
      "detach",
    ]);
    expect(second).toContain("Breakpoint 1, count");
    await guest.done;
    expect(guest.machine.halted).toEqual({ kind: "poweroff", status: 0 });
  });

  it("kills the machine", async () => {
    expect(await debug(["break setup_arch", "continue", "kill"])).toContain("killed");
    await guest?.done;
  });

  it("ends the machine by a monitor command", async () => {
    expect(await debug(["monitor cycles", "monitor quit"])).toMatch(/\n0\n/);
    await guest?.done;
  });
});
