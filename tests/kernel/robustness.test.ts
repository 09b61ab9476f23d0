/** Mistakes of programs and of the kernel: who has to go goes, the log tells why, and the rest of the system lives. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INITRAMFS, named } from "../boot/images.ts";
import {
  archive,
  bootGuest,
  describeInEachPlace,
  type Guest,
  type Place,
  program,
  Shell,
} from "../tools/guest.ts";
import { compileForGuest } from "../tools/guest-compiler.ts";
import { requireTool } from "../tools/require-tool.ts";

const DIRECT = "/sys/kernel/debug/provoke-crash/DIRECT";
const SIGNALLED = 128;
const SIGKILL = 9;
const SIGSEGV = 11;
/** Each line of a backtrace: an address and the name of its function. */
const FRAME = String.raw`\[<[0-9a-f]{16}>\] `;
const REGISTERS =
  /epc : [0-9a-f]{16} ra : [0-9a-f]{16} sp : [0-9a-f]{16}\n(.*\n)+.*status: [0-9a-f]{16} badaddr: /;

const plain = (guest: Guest): string => guest.output.replace(/\r/g, "").replace(/^\[ *\d+\.\d+\] /gm, "");

/** A backtrace that goes through these functions, innermost first. */
const through = (...names: string[]): RegExp =>
  new RegExp(
    `Call Trace:\\n${names.map((name) => `(${FRAME}.*\\n)*${FRAME}${name}\\+0x`).join("[^\\n]*\\n")}`,
  );

requireTool("riscv64-linux-gnu-gcc", "riscv64-libc")("mistakes of programs", () => {
  let initrd: Uint8Array[];

  beforeAll(() => {
    initrd = [named(INITRAMFS).bytes, archive([program("bin/faults", compileForGuest("faults", "static"))])];
  });

  describeInEachPlace("a program", (place) => {
    let guest: Guest;
    let shell: Shell;

    beforeAll(async () => {
      guest = await bootGuest(place, { initrd });
      shell = await Shell.login(guest);
    });
    afterAll(() => guest?.dispose());

    test.each(["null", "text", "data", "read-kernel", "write-kernel", "call-kernel", "stack"])(
      "%s: is killed alone, and the log has a line",
      async (what) => {
        await shell.run(`faults ${what}`, SIGNALLED + SIGSEGV);
        expect(await shell.run("dmesg | tail -n 1")).toMatch(
          /faults\[\d+\]: unhandled signal 11 code 0x[12] at 0x[0-9a-f]{16}, epc [0-9a-f]{16}/,
        );
        await shell.run("dmesg -c > /dev/null; sleep 1");
      },
    );

    test("that takes all memory is killed, its small neighbour is not, and the log has a report", async () => {
      await shell.run("dmesg -c > /dev/null; sleep 1000 & echo $! > /tmp/small");
      await shell.run("faults hog", SIGNALLED + SIGKILL);
      const report = (await shell.run("dmesg")).replace(/^\[ *\d+\.\d+\] /gm, "");
      expect(report).toMatch(/^\w+ invoked oom-killer/m);
      expect(report).toMatch(/^Mem-Info: free:\d+kB min:\d+kB/m);
      expect(report).toMatch(/^\[ +\d+\] +0 +\d+ +\d+ +\d+ faults$/m);
      expect(report).toMatch(
        /^Out of memory: Killed process \d+ \(faults\) total-vm:\d+kB, rss:\d{5,}kB, UID:0$/m,
      );
      await shell.run("kill $(cat /tmp/small)");
    });

    test("that forks without end comes to the limit of its control group", async () => {
      const group = "/sys/fs/cgroup/few";
      await shell.run(
        `echo +pids > /sys/fs/cgroup/cgroup.subtree_control; mkdir ${group}; echo 20 > ${group}/pids.max`,
      );
      await shell.run(`echo 'echo $$ > ${group}/cgroup.procs; b() { b & b & }; b; sleep 1' > /tmp/bomb`);
      await shell.run("sh /tmp/bomb > /dev/null 2>&1; true");
      expect(await shell.run(`cat ${group}/pids.events`)).toMatch(/max [1-9]/);
      await shell.run(`echo 1 > ${group}/cgroup.kill`);
      expect(await shell.run("echo alive")).toBe("alive\n");
    });
  });
});

/** What the kernel does to itself, and what the backtrace must lead through. */
const OOPSES: readonly (readonly [string, RegExp, RegExp])[] = [
  [
    "EXCEPTION",
    /Unable to handle kernel NULL pointer dereference at virtual address 0{16} \[#\d+\]/,
    through("lkdtm_EXCEPTION", "direct_write", "sys_write"),
  ],
  ["BUG", /kernel BUG at drivers\/misc\/lkdtm\.c:\d+!/, through("lkdtm_BUG", "direct_write", "sys_write")],
  [
    "WRITE_RO",
    /Unable to handle kernel paging request at virtual address [0-9a-f]{16}/,
    through("lkdtm_WRITE_RO", "direct_write"),
  ],
  [
    "WRITE_KERN",
    /Unable to handle kernel paging request at virtual address [0-9a-f]{16}/,
    through("lkdtm_WRITE_KERN", "direct_write"),
  ],
  [
    "EXEC_DATA",
    /Unable to handle kernel paging request at virtual address [0-9a-f]{16}/,
    through("lkdtm_EXEC_DATA", "direct_write"),
  ],
  [
    "ACCESS_USERSPACE",
    /Unable to handle kernel paging request at virtual address 0{11}10000/,
    through("lkdtm_ACCESS_USERSPACE", "sys_write"),
  ],
];

describeInEachPlace("an oops", (place) => {
  let guest: Guest;
  let shell: Shell;

  beforeAll(async () => {
    guest = await bootGuest(place, { initrd: [named(INITRAMFS).bytes] });
    shell = await Shell.login(guest);
  });
  afterAll(() => guest?.dispose());

  test.each(OOPSES)(
    "%s: kills the task alone, with registers and a backtrace by names",
    async (name, message, trace) => {
      const before = plain(guest).length;
      await shell.run(`sh -c 'echo ${name} > ${DIRECT}'`, SIGNALLED + SIGSEGV);
      const said = plain(guest).slice(before);
      expect(said).toMatch(message);
      expect(said).toMatch(REGISTERS);
      expect(said).toMatch(trace);
      expect(said).toMatch(/CPU: \d PID: \d+ Comm: sh/);
      expect(await shell.run("echo alive")).toBe("alive\n");
    },
  );

  test("WARNING: leaves the task alone", async () => {
    await shell.run(`echo WARNING > ${DIRECT}`);
    expect(plain(guest)).toMatch(/WARNING: CPU: \d PID: \d+ at drivers\/misc\/lkdtm\.c:\d+/);
  });

  test("sysrq tells of memory and tasks", async () => {
    const said = await shell.run(
      "dmesg -c > /dev/null; for k in m t w h; do echo $k > /proc/sysrq-trigger; done; dmesg",
    );
    expect(said).toMatch(/Mem-Info: free:\d+kB/);
    expect(said).toMatch(/task:kthreadd +state:S pid: +2 ppid: +0\n/);
    expect(said).toMatch(new RegExp(`task:init(.*\\n)+?.*Call Trace:(.*\\n)+?.*${FRAME}schedule\\+0x`));
    expect(said).toMatch(/HELP : reboot\(b\) crash\(c\)/);
  });

  test("a task that hangs is told of", async () => {
    await shell.run("echo 1 > /proc/sys/kernel/hung_task_timeout_secs");
    await shell.run(`sh -c 'echo HUNG_TASK > ${DIRECT}' & true`);
    await guest.expect(/INFO: task sh:\d+ blocked for more than 1 seconds\./);
    await guest.expect(/lkdtm_HUNG_TASK\+0x/);
    // It would be told of again, between the lines of what follows.
    guest.send("echo 0 > /proc/sys/kernel/hung_task_timeout_secs\n");
    await guest.expect(/# /);
    expect(await shell.run("echo alive")).toContain("alive\n");
  });
});

/** The whole system goes: what has to be typed, and what it must say. */
const PANICS: readonly (readonly [string, string, RegExp])[] = [
  [
    "sysrq-trigger c",
    "echo c > /proc/sysrq-trigger",
    /Kernel panic - not syncing: sysrq triggered crash\n(.*\n)*.*sysrq_trigger_write\+0x/,
  ],
  ["PANIC", `echo PANIC > ${DIRECT}`, /Kernel panic - not syncing: dumptest\n(.*\n)*.*lkdtm_PANIC\+0x/],
  [
    "EXHAUST_STACK",
    `echo EXHAUST_STACK > ${DIRECT}`,
    /Kernel panic - not syncing: (corrupted stack end detected inside scheduler|Kernel stack overflow)/,
  ],
  [
    "CORRUPT_STACK",
    `echo CORRUPT_STACK > ${DIRECT}`,
    /Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: lkdtm_CORRUPT_STACK\+0x/,
  ],
  [
    "panic_on_oops",
    `echo 1 > /proc/sys/kernel/panic_on_oops; sh -c 'echo EXCEPTION > ${DIRECT}'`,
    /lkdtm_EXCEPTION\+0x(.*\n)+.*Kernel panic - not syncing: Fatal exception: panic_on_oops/,
  ],
];
const PLACES_OF_PANICS: readonly Place[] = [
  { machine: "hartbeat", harts: 1 },
  { machine: "hartbeat", harts: 4 },
];

describe.each(PLACES_OF_PANICS)("a panic, on $machine with -smp $harts", (place) => {
  test.each(PANICS)("%s", async (_, command, message) => {
    // panic=-1 restarts at once: the machine has ended.
    const guest = await bootGuest(place, { initrd: [named(INITRAMFS).bytes], append: "panic=-1" });
    try {
      await Shell.login(guest);
      guest.send(`${command}\n`);
      await guest.ended();
      expect(plain(guest)).toMatch(message);
      expect(plain(guest)).toMatch(REGISTERS);
    } finally {
      guest.dispose();
    }
  });
});

/** Two seconds of a busy hart are two thousand million cycles on ours. */
const PLACES_OF_LOCKUPS: readonly Place[] = [
  { machine: "QEMU", harts: 4 },
  ...(process.env.HARTBEAT_LONG === "1" ? [{ machine: "hartbeat", harts: 4 } as const] : []),
];

requireTool("qemu-system-riscv64", "opensbi")("a soft lockup", () => {
  test.each(PLACES_OF_LOCKUPS)("is told with its CPU, on $machine", async (place) => {
    const append = "watchdog_thresh=1 rcupdate.rcu_cpu_stall_timeout=1";
    const guest = await bootGuest(place, { initrd: [named(INITRAMFS).bytes], append });
    try {
      const shell = await Shell.login(guest);
      await shell.run(`sh -c 'echo SOFTLOCKUP > ${DIRECT}' & true`);
      // A host that keeps processors from QEMU makes other lockups, which are told, too.
      const [, cpu] = await guest.expect(
        /watchdog: BUG: soft lockup - CPU#(\d) stuck for \d+s! \[sh:\d+\](?:(?!soft lockup)[\s\S])*?lkdtm_SOFTLOCKUP\+0x/,
      );
      // The other CPUs go on. What the kernel says meanwhile may stand inside of a line.
      guest.send("for i in 1 2 3; do echo a''live; done\n");
      await guest.expect(/alive\r\n/);
      // The end of a process asks for a grace period. That does not end, and RCU names the same CPU.
      const stalled = new RegExp(`rcu: INFO: rcu_sched detected a stall on CPU ${cpu} .for \\d+ jiffies`);
      guest.send("uname\n");
      if (!stalled.test(guest.output)) await guest.expect(stalled);
    } finally {
      guest.dispose();
    }
  });
});
