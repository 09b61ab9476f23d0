/** Lock debugging: each mistake is told with the locks' names and callers, and the kernel itself makes none. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS } from "../boot/images.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, program, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { buildUsertests } from "./usertests.ts";

const initramfs = readFileSync(INITRAMFS);
const REPORT = /WARNING: (?:possible|inconsistent|lock) .*|lockdep: too many .*|BUG: .*/g;

describeInEachPlace("a mistake with locks", (place) => {
  let guest: Guest;
  let shell: Shell;

  /** What the kernel says while a module makes a mistake. */
  async function provoke(mistake: string): Promise<string> {
    const log = await shell.run(
      `modprobe test_lockdep provoke=${mistake} > /dev/null 2>&1; rmmod test_lockdep; dmesg -c`,
    );
    return log.replace(/^(?:<\d+>)?\[ *\d+\.\d+\] /gm, "");
  }

  beforeAll(async () => {
    const append = "quiet loglevel=1 lockdep lockdep.held_ms=50";
    guest = await bootGuest(place, { initrd: [initramfs], append });
    shell = await Shell.login(guest);
    await shell.run("dmesg -c > /dev/null");
  });

  afterAll(() => guest?.dispose());

  test("the order of two locks, once, with both orders", async () => {
    const log = await provoke("order");
    expect(log.match(/possible circular locking dependency/g)).toHaveLength(1);
    expect(log).toMatch(/modprobe\/\d+ is trying to acquire lock:\n \(lock_a\), at: take_b_then_a\+/);
    expect(log).toMatch(/but task is already holding lock:\n \(lock_b\), at: take_b_then_a\+/);
    expect(log).toMatch(
      /taken behind the new lock before:\n \(lock_b\), at: take_a_then_b\+\S+ \[test_lockdep\]\n while holding \(lock_a\), at: take_a_then_b\+/,
    );
  });

  test("a circle of three, which a module that was loaded before has no part in", async () => {
    const log = await provoke("chain");
    expect(log.match(/possible circular locking dependency/g)).toHaveLength(1);
    expect(log).toMatch(/trying to acquire lock:\n \(lock_a\), at: take_c_then_a\+/);
    expect(log).toMatch(/already holding lock:\n \(lock_c\), at: take_c_then_a\+/);
    expect(log).toMatch(/\(lock_c\), at: take_b_then_c\+\S+ \[test_lockdep\]\n while holding \(lock_b\)/);
    expect(log).toMatch(/\(lock_b\), at: take_a_then_b\+\S+ \[test_lockdep\]\n while holding \(lock_a\)/);
  });

  test("a lock that is held too long", async () => {
    expect(await provoke("long")).toMatch(
      /WARNING: lock held too long\n-+\nmodprobe\/\d+ held \(lock_a\) for \d{2,} ms, at: hold_long\+/,
    );
  });

  test("the order of two spinlocks, once, with both orders", async () => {
    const log = await provoke("spinorder");
    expect(log.match(/possible circular locking dependency/g)).toHaveLength(1);
    expect(log).toMatch(/modprobe\/\d+ is trying to acquire lock:\n \(spin_a\), at: spin_b_then_a\+/);
    expect(log).toMatch(/but task is already holding lock:\n \(spin_b\), at: spin_b_then_a\+/);
    expect(log).toMatch(
      /before:\n \(spin_b\), at: spin_a_then_b\+\S+ \[test_lockdep\]\n while holding \(spin_a\), at: spin_a_then_b\+/,
    );
  });

  test("a spinlock that an interrupt takes and a task with interrupts on", async () => {
    const log = await provoke("irq");
    expect(log.match(/WARNING: inconsistent lock state/g)).toHaveLength(1);
    expect(log).toMatch(
      /: \(spin_irq\)\n taken in the interrupt, at: spin_in_interrupt\+\S+ \[test_lockdep\]\n and with interrupts on, at: spin_with_interrupts_on\+/,
    );
  });

  test("a spinlock that a softirq takes and a task with softirqs on", async () => {
    const log = await provoke("softirq");
    expect(log.match(/WARNING: inconsistent lock state/g)).toHaveLength(1);
    expect(log).toMatch(
      /: \(spin_softirq\)\n taken in the softirq, at: spin_in_softirq\+\S+ \[test_lockdep\]\n and with softirqs on, at: spin_with_softirqs_on\+/,
    );
  });

  test("the order of a spinlock and a lock for readers and writers", async () => {
    const log = await provoke("readers");
    expect(log).toMatch(/modprobe\/\d+ is trying to acquire lock:\n \(readers\), at: spin_then_write\+/);
    expect(log).toMatch(
      /before:\n \(spin_a\), at: read_then_spin\+\S+ \[test_lockdep\]\n while holding \(readers\)/,
    );
  });

  test("a spinlock that is held too long", async () => {
    expect(await provoke("spinlong")).toMatch(
      /WARNING: lock held too long\n-+\nmodprobe\/\d+ held \(spin_a\) for \d{2,} ms, at: spin_long\+/,
    );
  });

  test("a lock that is taken along to user space", async () => {
    expect(await provoke("user")).toMatch(
      /WARNING: lock still held\n-+\nmodprobe\/\d+ returns to user space, still holding:\n \(lock_kept\), at: /,
    );
  });

  const onSeveralHarts = place.harts > 1 ? test : () => undefined;
  onSeveralHarts("a spinlock that another CPU does not let go of", async () => {
    const log = await provoke("spin");
    expect(log).toMatch(/BUG: spinlock lockup suspected on CPU#\d, modprobe\/\d+: waiting for \d{2,} ms/);
    expect(log).toMatch(
      / lock: [0-9a-f]{16}, last seen held by CPU#\d\n[\s\S]*wait_for_spinlock\+\S+ \[test_lockdep\]/,
    );
  });

  test("a lock that may sleep where nothing may", async () => {
    expect(await provoke("atomic")).toMatch(
      /BUG: sleeping function called from invalid context at kernel\/locking\/mutex\.c:\d+[\s\S]*sleep_in_atomic_context\+/,
    );
  });
});

test("without lockdep nothing is told", async () => {
  const guest = await bootGuest({ machine: "hartbeat", harts: 1 }, { initrd: [initramfs] });
  try {
    const shell = await Shell.login(guest);
    await shell.run("modprobe test_lockdep provoke=order");
    expect(await shell.run("dmesg")).not.toMatch(REPORT);
  } finally {
    guest.dispose();
  }
});

requireTool("riscv64-linux-gnu-gcc", "make")("a boot and usertests with lockdep", () => {
  test("the kernel makes no mistake", async () => {
    const initrd = [initramfs, archive([program("bin/usertests", buildUsertests())])];
    const guest = await bootGuest({ machine: "hartbeat", harts: 4 }, { initrd, append: "lockdep" });
    try {
      const shell = await Shell.login(guest);
      expect(await shell.run("usertests -n; true")).toMatch(/^ok \d+ /m);
      expect(guest.output.match(REPORT) ?? []).toEqual([]);
    } finally {
      guest.dispose();
    }
  });
});
