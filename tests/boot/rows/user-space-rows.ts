/** Section 10 of the boot path: user space. */
import { expect } from "vitest";
import { GuestShell } from "../guest-shell.ts";
import { Watched } from "./observed-boot.ts";
import { type Row, row } from "./row.ts";

export const USER_SPACE_ROWS: readonly Row[] = [
  row(
    "10.1 init",
    ({ memory }) => {
      expect(memory.tasks().find(({ pid }) => pid === 1)).toMatchObject({ comm: "init", parent: 0 });
    },
    async (boot) => {
      const shell = await GuestShell.boot({ harts: boot.harts });
      expect(await shell.run("grep -c : /etc/inittab")).toMatch(/^[1-9]/);
      expect(await shell.run("runlevel")).toMatch(/^N \d\n/);
      // An orphan goes to init, which collects it.
      expect(
        await shell.run(
          "(sleep 1 & echo $!) > /tmp/pid; sleep 2; ps -eo pid,ppid,command | grep -c 'slee[p]'",
        ),
      ).toBe("0\n");
      shell.machine.console.send("exit\n");
      await shell.machine.console.expect(/login: $/);
      shell.dispose();
    },
  ),
  row("10.2 getty", ({ memory }) => {
    expect(memory.tasks().find(({ comm }) => comm === "getty")).toMatchObject({ parent: 1 });
  }),
  row("10.3 login", async (boot) => {
    const { memory } = boot;
    const shell = await GuestShell.boot({ harts: boot.harts });
    const watched = await Watched.around(shell.machine);
    const [sh] = watched.memory.tasks().filter(({ comm }) => comm.endsWith("sh"));
    const who = await shell.run("id -u; pwd; echo $SHELL");
    shell.dispose();
    expect(sh, "the same task from getty to the shell").toMatchObject({
      pid: memory.pidOf("getty"),
      parent: 1,
    });
    expect(who).toBe("0\n/root\n/bin/sh\n");
  }),
  row("10.4 sh", async (boot) => {
    const shell = await GuestShell.boot({ harts: boot.harts });
    expect(await shell.run("echo b a | tr a-z A-Z 2>/dev/null || echo a | cat")).toMatch(/\n$/);
    expect(await shell.run("seq 3 | wc -l")).toMatch(/^\s*3\n/);
    expect(await shell.run("A=5; echo $((A * 2)) > /tmp/f; cat < /tmp/f")).toBe("10\n");
    expect(await shell.run("sleep 9 & kill %1; wait; echo done")).toContain("done");
    shell.dispose();
  }),
  row("10.5 ps", async (boot) => {
    const shell = await GuestShell.boot({ harts: boot.harts });
    const lines = (await shell.run("ps -eo pid,ppid,command")).trim().split("\n").slice(1);
    const rows = lines.map(
      (line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)?.slice(1) as [string, string, string],
    );
    const full = (await shell.run("ps -ef")).trim().split("\n");
    shell.dispose();
    expect(full[0]).toMatch(/^UID +PID +PPID +C +STIME +TTY +TIME +CMD$/);
    const parentOf = new Map(rows.map(([pid, parent]) => [Number(pid), Number(parent)]));
    expect([parentOf.get(1), parentOf.get(2)]).toEqual([0, 0]);
    for (const [pid, parent, command] of rows) {
      const isKernel = /^\[.*\]$/.test(command);
      if (Number(pid) > 2) expect(isKernel, command).toBe(parent === "2");
      let ancestor = Number(pid);
      while (ancestor > 2) ancestor = parentOf.get(ancestor) ?? 0;
      expect(ancestor, command).toBe(isKernel ? 2 : 1);
      expect(full.some((line) => line.endsWith(command)) || /^ps/.test(command), command).toBe(true);
    }
    const commands = rows.map(([, , command]) => command);
    for (let cpu = 0; cpu < boot.harts; cpu++)
      for (const name of ["cpuhp", "migration", "ksoftirqd", "watchdog"])
        expect(commands).toContain(`[${name}/${cpu}]`);
  }),
  row("10.6 the usual small tools", async (boot) => {
    const shell = await GuestShell.boot({ harts: boot.harts });
    const tools =
      "ls cat echo cp mv rm mkdir mount umount dmesg free uptime uname nproc top kill sleep wc grep hexdump head tail poweroff reboot";
    const missing = await shell.run(`for t in ${tools}; do type $t > /dev/null || echo $t; done`);
    expect(await shell.run("nproc")).toBe(`${boot.harts}\n`);
    shell.dispose();
    expect(missing).toBe("");
  }),
];
