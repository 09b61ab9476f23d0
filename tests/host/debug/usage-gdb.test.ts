/** A real GDB used as people use it: without a file, in many sessions, with large transfers, and after `monitor` commands. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import { PACKAGE_FILES, PACKAGE_ROOT } from "../../../host/node/files.ts";
import { Machine } from "../../../host/node/index.ts";
import { HartbeatProcess } from "../../tools/hartbeat-process.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { DebuggedGuest, gdb } from "./guest.ts";
import { kernelSessions } from "./kernel-guest.ts";

const KERNEL = { execFile: PACKAGE_FILES.kernel };
const KERNEL_BYTES = 0x4_0000;

requireTool("gdb-multiarch")("gdb in use", () => {
  const { fromReset, atPrompt, symbolsOf } = kernelSessions();
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-gdb-"));
  let guest: DebuggedGuest | undefined;
  afterEach(async () => {
    await guest?.stop();
    guest = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const values = (output: string): string[] =>
    [...output.matchAll(/^\$\d+ = (.+)$/gm)].map((match) => match[1] as string);

  it("needs no file: the machine names its kernel", async () => {
    guest = await DebuggedGuest.start(await Machine.create({ harts: 2 }), KERNEL);
    const output = await gdb(guest.server, undefined, ["break rest_init", "continue", "bt", "info mem"]);
    expect(output).toContain(`Reading symbols from ${PACKAGE_FILES.kernel}`);
    expect(output).toMatch(/hit Breakpoint 1, .*rest_init[\s\S]*#\d .* start_kernel \(\)/);
    expect(output).toMatch(/0x0+1000 +0x0+10000 +ro /);
  });

  it("finds the kernel of the command hartbeat, and ends it", async () => {
    const command = new HartbeatProcess(["boot", "--gdb", "tcp::0", "-S"]);
    try {
      await expect.poll(() => command.stderr).toMatch(/may connect to 127\.0\.0\.1:\d+/);
      const [address = ""] = /127\.0\.0\.1:\d+/.exec(command.stderr) ?? [];
      const output = await gdb({ address }, undefined, ["break start_kernel", "continue", "kill"]);
      expect(output).toMatch(/Breakpoint 1, .*start_kernel \(\)[\s\S]*killed/);
      expect(await command.end()).toEqual({ status: 0, signal: null });
    } finally {
      command.kill();
    }
  });

  it("comes and goes: one session after another finds the machine where the last one left it, or further on", async () => {
    guest = await DebuggedGuest.start(await Machine.create({ harts: 2 }), KERNEL);
    const { server } = guest;
    const session = (...commands: string[]): Promise<string> => gdb(server, undefined, commands);
    expect(await session("break start_kernel", "continue", "p system_state", "disconnect")).toMatch(
      /SYSTEM_BOOTING/,
    );
    // No breakpoint is left behind, and the machine has gone on by itself.
    await guest.machine.console.expect(/login: /);
    const cycles = Number(/\n(\d+)\n/.exec(await session("monitor cycles", "detach"))?.[1]);
    expect(cycles).toBeGreaterThan(1_000_000);
    const later = await session("monitor cycles", "p system_state", "kill");
    expect(Number(/\n(\d+)\n/.exec(later)?.[1])).toBeGreaterThanOrEqual(cycles);
    expect(later).toMatch(/SYSTEM_RUNNING/);
    await guest.done;
  });

  it("speaks with acknowledgements and without, in large packets and in small ones", async () => {
    const memory = readFileSync(PACKAGE_FILES.kernel);
    for (const [name, settings] of Object.entries({
      usual: [],
      acknowledged: ["set remote noack-packet off"],
      small: ["set remote memory-read-packet-size 256", "set remote memory-write-packet-size 256"],
    })) {
      const [first, second] = [join(folder, `${name}-1`), join(folder, `${name}-2`)];
      const start = "&_start";
      const output = await fromReset(
        { harts: 1 },
        ...settings,
        `dump binary memory ${first} ${start} (char *)${start}+${KERNEL_BYTES}`,
        `restore ${first} binary 0x82000000`,
        `dump binary memory ${second} 0x82000000 0x82000000+${KERNEL_BYTES}`,
      );
      expect(output).not.toMatch(/rror|annot/);
      const bytes = readFileSync(first);
      expect(bytes).toHaveLength(KERNEL_BYTES);
      // What is loaded is what stands in the file.
      expect(memory.includes(bytes.subarray(0x1000, 0x8000))).toBe(true);
      expect(readFileSync(second).equals(bytes)).toBe(true);
    }
  });

  it("steps lines in ranges as it does instruction by instruction", async () => {
    const walk = [
      "tbreak start_kernel",
      "continue",
      ...Array(6).fill(["next", "p/x $pc"]).flat(),
      "step",
      "p/x $pc",
    ];
    const [ranges, single] = [
      await fromReset({ harts: 2 }, "set range-stepping on", ...walk),
      await fromReset({ harts: 2 }, "set range-stepping off", ...walk),
    ];
    expect(values(ranges)).toHaveLength(7);
    expect(new Set(values(ranges)).size).toBeGreaterThan(4);
    expect(values(ranges)).toEqual(values(single));
  });

  it("steps the hart of its choice, and hears that harts do not go alone", async () => {
    const output = await fromReset(
      { harts: 4 },
      "tbreak start_kernel",
      "continue",
      "thread 3",
      "stepi",
      "info threads",
      "set scheduler-locking on",
      "continue",
      "set scheduler-locking off",
      "tbreak do_execve",
      "continue",
    );
    expect(output).toMatch(/\* 3 +Thread 3 /);
    expect(output).toContain("harts go together; set scheduler-locking off");
    expect(output).toMatch(/hit Temporary breakpoint 2, .*do_execve/);
  });

  it("shows stale stacks after a monitor command, unless it is told to forget them, as its script does", async () => {
    const look = ["p/x $pc", "p/x *(unsigned long *)$sp@4", "bt"];
    const commands = (after: readonly string[]): string[] => [
      ...[
        "tbreak start_kernel",
        "continue",
        "next",
        "next",
        ...look,
        "monitor goto 1500000",
        ...after,
        ...look,
      ],
      ...["monitor goto 1000", ...after, "p/x $satp"],
    ];
    const flush = ["maintenance flush register-cache", "maintenance flush dcache"];
    const stale = await fromReset({ harts: 2 }, ...commands([]));
    const told = await fromReset({ harts: 2 }, ...commands(flush));
    const script = `source ${join(PACKAGE_ROOT, "editors/gdb/hartbeat.gdb")}`;
    const hooked = await fromReset({ harts: 2 }, script, ...commands([]));
    expect(values(told)).toEqual(values(hooked));
    expect(values(stale)).not.toEqual(values(hooked));
    expect(values(hooked).at(-1)).toBe("0x0");
    expect(hooked).toMatch(/cycle 1500000\n[\s\S]*#\d+ .* (kernel_init|ret_from_fork) \(/);
  });

  it("reads and writes physical memory, whatever the page tables say", async () => {
    const output = await fromReset(
      { harts: 1 },
      `source ${join(PACKAGE_ROOT, "editors/gdb/hartbeat.gdb")}`,
      "tbreak rest_init",
      "continue",
      "p/x *(unsigned long *)&_start",
      "x/1gx 0x80200000",
      "monitor phys on",
      "x/1gx 0x80200000",
      "set *(unsigned int *)0x86000000 = 0x12345678",
      "x/1wx 0x86000000",
      "x/1wx 0xffffffff80000000",
      "monitor phys off",
      "p/x *(unsigned long *)&_start",
    );
    const [before, after] = values(output);
    expect(after).toBe(before);
    expect(output).toMatch(/Cannot access memory at address 0x80200000\naddresses are physical\n/);
    const word = (before as string).slice(2).padStart(16, "0");
    expect(output).toContain(`0x80200000:\t0x${word}\n`);
    expect(output).toContain("0x86000000:\t0x12345678\n");
    expect(output).toContain("Cannot access memory at address 0xffffffff80000000");
  });

  it("interrupts harts that sleep", async () => {
    guest = await DebuggedGuest.start(await Machine.create({ harts: 4 }), KERNEL);
    const asleep = guest.machine.console.expect(/login: /);
    const output = await gdb(guest.server, undefined, ["continue", "info threads", "detach"], asleep);
    expect(output).toContain("received signal SIGINT");
    expect(output.match(/CPU#\d \[S, wfi\]/g)?.length).toBeGreaterThan(1);
  });

  it("breaks in the shell's main, and not in that of ls at the same address", async () => {
    const output = await atPrompt(
      { harts: 2 },
      "sh -c 'exit 0'; ls /; poweroff\n",
      symbolsOf("sh"),
      "monitor program sh",
      "break main",
      "tbreak start_thread",
      "continue",
      "p $a1",
      "delete 2",
      "continue",
      "continue",
    );
    expect(output).toContain("user breakpoints stop sh only");
    expect(output.match(/hit Breakpoint 1, main /g)).toHaveLength(1);
    expect(output).toMatch(/exited normally/);
  });
});
