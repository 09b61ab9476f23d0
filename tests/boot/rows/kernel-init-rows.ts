/** Section 7 of the boot path: pid 1 in the kernel, up to the search for a program. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { FileDisk } from "../../../host/node/index.ts";
import { CYCLES_PER_SECOND } from "../../../spec/machine-map.ts";
import { DISK_TOOLS, makeDisk } from "../../tools/ext2-disk.ts";
import { archive, program } from "../../tools/guest.ts";
import { initramfsWith } from "../images.ts";
import { CPUHP_ONLINE, type KernelMemory } from "./kernel-memory.ts";
import { ObservedBoot } from "./observed-boot.ts";
import { divert, onceIn, outputOf } from "./provoked.ts";
import {
  after,
  before,
  changes,
  console,
  grows,
  holds,
  type Row,
  row,
  SOMETHING,
  task1,
  threads,
} from "./row.ts";

const RUNNING = 3;
const FREEING_INITMEM = 2;
const READ = 2n;
const WRITE = 4n;
const EXECUTE = 8n;
const WXR = 14n;
const CHARACTER_DEVICE = 0x2000n;

const forCpus = (boot: ObservedBoot, what: (cpu: number) => bigint): bigint[] =>
  Array.from({ length: boot.harts }, (_, cpu) => what(cpu));

const flags = (memory: KernelMemory, address: bigint): bigint | undefined => {
  const leaf = memory.leaf(address);
  return leaf && leaf.flags & WXR;
};

/** The same bytes in the linear map. */
const alias = (memory: KernelMemory, address: bigint): bigint =>
  address - memory.c("kernel_map.va_kernel_pa_offset") + memory.c("kernel_map.va_pa_offset");

/** A RAM disk behind the package's own that brings a file which can be executed, but is no program. */
const noProgram = program("bad", new TextEncoder().encode("not a program\n"));
const withNoProgram = (): { initrd: { name: string; bytes: Uint8Array } } => ({
  initrd: initramfsWith([noProgram]),
});
const onlyNoProgram = (): { initrd: { name: string; bytes: Uint8Array } } => ({
  initrd: { name: "RAM disk", bytes: archive([noProgram]) },
});

/** The modules that are loaded, with the rights of the pages that hold their text, data and read-only data. */
function modules(memory: KernelMemory): { name: string; linked: boolean; rights: (bigint | undefined)[] }[] {
  return memory.list("modules", "struct module", "list").map((module) => ({
    name: memory.text(`${module}->name`),
    linked: memory.c(`(long)${module}->exit - (long)${module}->mem[0].base < ${module}->mem[0].size`) === 1n,
    rights: [0, 1, 2].map((kind) => flags(memory, memory.c(`${module}->mem[${kind}].base`))),
  }));
}

/** The table of suites, before it is given back: each entry leads to a name. */
function suitesInMemory(memory: KernelMemory, hart: number): boolean {
  const start = memory.address("__kunit_suites_start");
  const count = Number(memory.address("__kunit_suites_end") - start) / 8;
  const names = Array.from({ length: count }, (_, index) =>
    memory.text(`(*(struct kunit_suite **)0x${(start + BigInt(8 * index)).toString(16)})->name`, hart),
  );
  return names.length > 8 && names.includes("list") && names.includes("page_alloc");
}

/** The device of the first virtio disk, 254:0, as the kernel writes its numbers. */
const VDA = BigInt(254 << 20);
const rootType = (memory: KernelMemory, hart: number): string =>
  memory.text("current->fs->root.mnt->mnt_sb->s_type->name", hart);

async function bootFromDisk(harts: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-rows-"));
  const part = row(
    "from ext2",
    task1("console_on_rootfs", "prepare_namespace", "mount_root", "move_mount_to_root", "free_initmem"),
    changes("prepare_namespace", rootType, "rootfs", "ext2"),
    before("free_initmem", "current->fs->root.mnt->mnt_sb->s_dev", VDA),
    console(/VFS: Mounted root \(ext2 filesystem\) on device 254:0\.\r\n/),
    (boot) => expect(boot.records.at(-1)?.name).toBe("/sbin/init"),
    // Everybody's root: also of the programs that init has started.
    ({ memory }) => {
      const getty = memory.task(memory.pidOf("getty") ?? 0);
      expect(memory.c(`${getty}->fs->root.mnt->mnt_sb->s_dev`)).toBe(VDA);
    },
  );
  try {
    const file = makeDisk(join(folder, "root.img"), "4M");
    const drives = [new FileDisk({ file, readonly: false })];
    const options = { append: "root=/dev/vda rw", drives };
    const boot = await ObservedBoot.watch(harts, part.moments, part.enters, options);
    await part.check(boot).finally(() => boot.dispose());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const afterPanic = /---\[ end Kernel panic/;

export const KERNEL_INIT_ROWS: readonly Row[] = [
  row(
    "7.1 wait_for_completion(&kthreadd_done)",
    (boot) => boot.inOrder("kernel_init", "kernel_init_freeable"),
    before("kernel_init_freeable", "system_state", 1),
    before("kernel_init_freeable", "kthreadd_task", SOMETHING),
  ),
  row(
    "7.2 allocation mask, set_mems_allowed, set_cpus_allowed_ptr",
    task1("kernel_init_freeable", "set_mems_allowed", "smp_prepare_cpus"),
    before("set_mems_allowed", "current->cpus_mask.bits[0]", 1),
    before("smp_prepare_cpus", "current->cpus_mask.bits[0]", (boot) => boot.allCpus),
    before("kernel_init_freeable", "gfp_allowed_mask == 0xffffffff", 0),
    (boot) => {
      const { memory } = boot;
      expect(memory.c("gfp_allowed_mask")).toBeGreaterThan(0n);
    },
    changes("set_mems_allowed", "current->mems_allowed", 0, 1),
  ),
  row(
    "7.3 cad_pid",
    before("kernel_init_freeable", "cad_pid", 0),
    before("smp_prepare_cpus", "cad_pid == current->pids[0]", 1),
    holds("C_A_D", 0),
  ),
  row(
    "7.4 smp_prepare_cpus",
    task1("set_mems_allowed", "smp_prepare_cpus", "workqueue_init"),
    changes("smp_prepare_cpus", "__cpu_present_mask.bits[0]", 1, (boot) => boot.allCpus),
  ),
  row(
    "7.5 workqueue_init",
    task1("smp_prepare_cpus", "workqueue_init", "init_mm_internals"),
    changes("workqueue_init", "wq_online", 0, 1),
    changes(
      "workqueue_init",
      (memory) => memory.tasks().some(({ comm }) => comm === "kworker/0:0"),
      false,
      true,
    ),
  ),
  row(
    "7.6 init_mm_internals",
    task1("workqueue_init", "init_mm_internals", "rcu_init_tasks_generic"),
    changes("init_mm_internals", "mm_percpu_wq", 0, SOMETHING),
  ),
  row(
    "7.7 rcu_init_tasks_generic",
    task1("init_mm_internals", "rcu_init_tasks_generic", "do_pre_smp_initcalls"),
    threads("rcu_tasks_kthre"),
    changes("rcu_init_tasks_generic", (memory) => memory.pidOf("rcu_tasks_kthre") !== undefined, false, true),
  ),
  row(
    "7.8 do_pre_smp_initcalls",
    task1("rcu_init_tasks_generic", "do_pre_smp_initcalls", "lockup_detector_init"),
    (boot) => {
      const calls = boot.all("do_one_initcall").map((call) => boot.records.indexOf(call));
      const [from, to] = ["do_pre_smp_initcalls", "lockup_detector_init"].map((name) =>
        boot.records.indexOf(boot.first(name)),
      ) as [number, number];
      const size = boot.memory.c("sizeof(struct initcall_entry)");
      const early = boot.memory.address("__initcall0_start") - boot.memory.address("__initcall_start");
      expect(calls.filter((at) => at > from && at < to).length).toBe(Number(early / size));
      expect(early).toBeGreaterThan(0n);
    },
  ),
  row(
    "7.9 lockup_detector_init",
    task1("do_pre_smp_initcalls", "lockup_detector_init", "smp_init"),
    changes("lockup_detector_init", "watchdog_running", 0, 1),
    changes("lockup_detector_init", "watchdog_cpus@0.thread", 0, SOMETHING),
  ),
  row(
    "7.10 smp_init",
    task1("smp_init", "idle_threads_init", "cpuhp_threads_init", "sched_init_smp"),
    changes("smp_init", "__cpu_online_mask.bits[0]", 1, (boot) => boot.allCpus),
    changes("cpuhp_threads_init", "cpuhp_state@0.thread", 0, SOMETHING),
    (boot) => {
      expect(boot.output).toMatch(new RegExp(`Brought up 1 node, ${boot.harts} CPUs?\\b`));
      expect(boot.all("cpu_up")).toHaveLength(boot.harts - 1);
    },
    async (boot) => {
      if (boot.harts < 4) return;
      const output = await outputOf(boot, /login: /, undefined, { append: "maxcpus=2" });
      expect(output).toMatch(/Brought up 1 node, 2 CPUs/);
    },
  ),
  row(
    "7.11 secondaries",
    (boot) => {
      const path = ["secondary_start", "smp_callin", "notify_cpu_starting", "cpu_startup_entry"];
      for (const hart of boot.hartOf.slice(1)) {
        const mine = boot.records.filter((record) => record.hart === hart).map(({ name }) => name);
        expect(mine.filter((name) => path.includes(name)).slice(0, 4)).toEqual(path);
      }
      const { memory } = boot;
      expect(forCpus(boot, (cpu) => memory.c(`tick_cpu_sched@${cpu}.next != 0`))).toEqual(
        forCpus(boot, () => 1n),
      );
      expect(forCpus(boot, (cpu) => memory.c(`cpuhp_state@${cpu}.state`))).toEqual(
        forCpus(boot, () => CPUHP_ONLINE),
      );
      for (const hart of boot.hartOf) {
        expect(memory.machine.registers.read(hart, "stvec"), "stvec").toBe(
          memory.address("handle_exception"),
        );
        expect((memory.machine.registers.read(hart, "sie") ?? 0n) & 0x222n, "sie").toBe(0x222n);
      }
    },
    async (boot) => {
      if (boot.harts === 1) return;
      // A hart that the firmware sends nowhere useful: the boot says so, and goes on without it.
      const output = await outputOf(
        boot,
        /login: /,
        onceIn("secondary_start", (watched, hart) => {
          watched.target.writeRegister(hart, "pc", watched.memory.physical("_start"));
          watched.target.writeRegister(hart, "a0", 999n);
        }),
      );
      expect(output).toMatch(/CPU1: failed to come online/);
      expect(output).toMatch(new RegExp(`Brought up 1 node, ${boot.harts - 1} CPUs?\\b`));
    },
  ),
  row(
    "7.12 sched_init_smp",
    task1("smp_init", "sched_init_smp", "padata_init"),
    changes("sched_init_smp", "sched_smp_initialized", 0, 1),
    (boot) => {
      const domains = forCpus(boot, (cpu) => boot.memory.c(`runqueues@${cpu}.sd != 0`));
      expect(domains).toEqual(forCpus(boot, () => (boot.harts > 1 ? 1n : 0n)));
      expect(boot.memory.c("cpu_domain.span.bits[0]")).toBe(boot.allCpus);
    },
    async (boot) => {
      if (boot.harts < 4) return;
      const watched = await boot.another({ append: "isolcpus=1,3" });
      await watched.machine.console.expect(/login: /);
      const isolated = [0, 1, 2, 3].map((cpu) => watched.memory.c(`runqueues@${cpu}.sd != 0`));
      watched.dispose();
      expect(isolated).toEqual([1n, 0n, 1n, 0n]);
    },
  ),
  row(
    "7.13 padata_init",
    task1("sched_init_smp", "padata_init", "page_alloc_init_late"),
    changes("padata_init", "padata_free_works.next == &padata_free_works", 1, 0),
  ),
  row(
    "7.14 page_alloc_init_late",
    task1("padata_init", "page_alloc_init_late", "page_ext_init"),
    changes("page_alloc_init_late", "contig_zone.nr_free > 9000", 0, 1),
    changes("page_alloc_init_late", "contig_zone.watermark[1]", 0, SOMETHING),
  ),
  row(
    "7.15 page_ext_init",
    task1("page_alloc_init_late", "page_ext_init", "do_basic_setup"),
    holds("page_owner_inited", 0),
    async (boot) => {
      const watched = await boot.another({ append: "page_owner=on" });
      await watched.machine.console.expect(/page_owner: on, \d+K/);
      await watched.machine.console.expect(/login: /);
      const noted = watched.memory.c("page_owner_inited");
      watched.dispose();
      expect(noted).toBe(1n);
    },
  ),
  row("7.16 do_basic_setup", task1("page_ext_init", "do_basic_setup", "wait_for_initramfs"), (boot) =>
    expect(boot.first("do_basic_setup").end).toBeDefined(),
  ),
  // The tests themselves, which this boot is not asked for: tests/kernel/kunit.test.ts.
  row(
    "7.17 kunit_run_all_tests",
    task1("do_basic_setup", "kunit_run_all_tests", "wait_for_initramfs"),
    before("kunit_run_all_tests", suitesInMemory, true),
    holds("kunit_enabled", 0),
    (boot) => expect(boot.output).not.toContain("KTAP"),
  ),
  row(
    "7.18 wait_for_initramfs",
    task1("do_basic_setup", "wait_for_initramfs", "console_on_rootfs"),
    changes("wait_for_initramfs", "initrd_start", SOMETHING, 0),
    console(/Freeing initrd memory: \d+K/),
  ),
  row(
    "7.19 console_on_rootfs",
    task1("wait_for_initramfs", "console_on_rootfs", "free_initmem"),
    ...[0, 1, 2].map((fd) => changes("console_on_rootfs", `current->files->fd[${fd}] != 0`, 0, 1)),
    after("console_on_rootfs", "current->files->fd[0] == current->files->fd[2]", 1),
    after("console_on_rootfs", "current->files->fd[0]->f_inode->i_mode & 0xf000", CHARACTER_DEVICE),
  ),
  row(
    "7.20 init in the ramdisk",
    before("kernel_init_freeable", (memory, hart) => memory.text("ramdisk_execute_command", hart), "/init"),
    async (boot) => {
      const init = program(
        "init",
        new TextEncoder().encode('#!/bin/sh\necho "this is $0, pid $$"\nexec /sbin/init\n'),
      );
      const output = await outputOf(boot, /login: /, undefined, { initrd: initramfsWith([init]) });
      expect(output).toMatch(/Run \/init as init process[\s\S]*this is \/init, pid 1\n/);
    },
  ),
  {
    ...row("7.21 prepare_namespace", (boot) => bootFromDisk(boot.harts)),
    needs: DISK_TOOLS,
  },
  row(
    "7.22 integrity_load_keys, load_default_modules",
    task1("console_on_rootfs", "integrity_load_keys", "load_default_modules", "async_synchronize_full"),
    changes("load_default_modules", (memory) => modules(memory).map(({ name }) => name), [], ["sifive_test"]),
    // Relocated: a pointer of its data leads into its text. Text, data and read-only data have the rights that they need.
    holds((memory) => modules(memory)[0]?.linked, true),
    holds((memory) => modules(memory)[0]?.rights, [EXECUTE | READ, WRITE | READ, READ]),
  ),
  row(
    "7.23 async_synchronize_full",
    task1("console_on_rootfs", "async_synchronize_full", "free_initmem"),
    after("async_synchronize_full", "async_pending.next == &async_pending", 1),
    before("async_synchronize_full", "next_cookie > 1", 1),
  ),
  row(
    "7.24 free_initmem",
    task1("async_synchronize_full", "free_initmem", "mark_readonly"),
    before("free_initmem", "system_state", FREEING_INITMEM),
    console(/Freeing unused kernel image \(initmem\) memory: \d+K/),
    changes("free_initmem", (memory) => memory.leaf(memory.address("sched_init")) !== undefined, true, false),
    (boot) => {
      const { memory } = boot;
      const told = Number(/\(initmem\) memory: (\d+)K/.exec(boot.output)?.[1]) * 1024;
      expect(BigInt(told)).toBe(memory.address("__init_end") - memory.address("__init_begin"));
    },
    grows("free_initmem", "_totalram_pages.counter", ({ memory }) => {
      return (memory.address("__init_end") - memory.address("__init_begin")) / 4096n;
    }),
    async (boot) => {
      const output = await outputOf(boot, afterPanic, (watched) =>
        watched.onEntry("do_idle", (hart) => {
          if (watched.memory.c("system_state", hart) !== BigInt(RUNNING)) return true;
          divert(watched, hart, "sched_init");
          return false;
        }),
      );
      expect(output).toMatch(/Unable to handle kernel paging request at virtual address \w+/);
    },
  ),
  row(
    "7.25 mark_readonly",
    task1("free_initmem", "mark_readonly", "pti_finalize"),
    changes("mark_readonly", (memory) => flags(memory, memory.address("linux_banner")), READ | 4n, READ),
    changes(
      "mark_readonly",
      (memory) => flags(memory, alias(memory, memory.address("start_kernel"))),
      READ | 4n,
      READ,
    ),
    changes(
      "mark_readonly",
      (memory) => flags(memory, alias(memory, memory.address("linux_banner"))),
      READ | 4n,
      READ,
    ),
    holds((memory) => flags(memory, memory.address("start_kernel")), READ | EXECUTE),
    async (boot) => {
      for (const symbol of ["linux_banner", "start_kernel"]) {
        const output = await outputOf(boot, afterPanic, (watched) =>
          watched.onEntry("do_idle", (hart) => {
            if (watched.memory.c("system_state", hart) !== BigInt(RUNNING)) return true;
            divert(watched, hart, "memset", watched.memory.address(symbol), 0n, 8n);
            return false;
          }),
        );
        const address = boot.memory.address(symbol).toString(16);
        expect(output, `writing to ${symbol}`).toMatch(
          new RegExp(`Unable to handle kernel paging request at virtual address ${address}`),
        );
      }
    },
  ),
  row("7.26 pti_finalize", task1("mark_readonly", "pti_finalize", "rcu_end_inkernel_boot")),
  row(
    "7.27 system_state = SYSTEM_RUNNING",
    before("pti_finalize", "system_state", FREEING_INITMEM),
    before("rcu_end_inkernel_boot", "system_state", RUNNING),
    holds("system_state", RUNNING),
  ),
  row(
    "7.28 rcu_end_inkernel_boot",
    task1("pti_finalize", "rcu_end_inkernel_boot", "do_sysctl_args"),
    changes("rcu_end_inkernel_boot", "rcu_expedited", 1, 0),
  ),
  row(
    "7.29 do_sysctl_args",
    task1("rcu_end_inkernel_boot", "do_sysctl_args", "run_init_process"),
    async (boot) => {
      const watched = await boot.another({
        append: "sysctl.kernel.watchdog_thresh=33 sysctl.kernel.nothing=1",
      });
      const seen: bigint[] = [];
      watched.onEntry("do_sysctl_args", (hart) => {
        seen.push(watched.memory.c("watchdog_thresh", hart));
        watched.onReturn(hart, () => seen.push(watched.memory.c("watchdog_thresh", hart)));
        return false;
      });
      await watched.machine.console.expect(/login: /);
      const { output } = watched.machine.console;
      watched.dispose();
      expect(seen).toEqual([10n, 33n]);
      expect(output).toMatch(/sysctl: unknown name 'kernel.nothing'/);
    },
  ),
  row("7.30 search 1: rdinit=", task1("do_sysctl_args", "run_init_process"), async (boot) => {
    const output = await outputOf(boot, /login: /, undefined, { ...withNoProgram(), append: "rdinit=/bad" });
    expect(output).toMatch(/Failed to execute \/bad \(error -8\)[\s\S]*Run \/sbin\/init as init process/);
  }),
  row("7.31 search 2: init=", task1("do_sysctl_args", "run_init_process"), async (boot) => {
    const options = { ...withNoProgram(), append: "rdinit=/bad init=/bad" };
    expect(await outputOf(boot, afterPanic, undefined, options)).toMatch(
      /Kernel panic - not syncing: Requested init \/bad failed \(error -8\)\./,
    );
    const good = { ...withNoProgram(), append: "rdinit=/bad init=/sbin/init" };
    expect(await outputOf(boot, /login: /, undefined, good)).toMatch(/Run \/sbin\/init as init process/);
  }),
  row(
    "7.32 search 3 to 5: the usual places, and panic",
    task1("do_sysctl_args", "run_init_process"),
    async (boot) => {
      const output = await outputOf(boot, afterPanic, undefined, {
        ...onlyNoProgram(),
        append: "rdinit=/bad",
      });
      const tried = [...output.matchAll(/Run (\S+) as init process/g)].map(([, path]) => path);
      expect(tried).toEqual(["/bad", "/sbin/init", "/etc/init", "/bin/init", "/bin/sh"]);
      expect(output).toMatch(/No working init found\. {2}Try passing init= option to kernel\./);
    },
  ),
  row("7.33 panic", task1("do_sysctl_args", "run_init_process"), async (boot) => {
    // Waiting takes its time, so only one machine does it.
    const timeout = boot.harts === 1 ? 1 : -1;
    const watched = await boot.another({ ...onlyNoProgram(), append: `rdinit=/bad panic=${timeout}` });
    const { memory, machine } = watched;
    await machine.console.expect(/Call Trace:/);
    const from = machine.cycles;
    machine.run({ cycles: 2 * CYCLES_PER_SECOND });
    expect(machine.halted).toMatchObject({ kind: "reset" });
    if (timeout > 0) {
      expect(machine.console.output).toMatch(/Rebooting in 1 seconds\.\./);
      expect(machine.cycles - from).toBeGreaterThan(CYCLES_PER_SECOND);
    }
    const cpu = memory.c("panic_cpu");
    const harts = Array.from({ length: boot.harts }, (_, hart) => hart);
    const running = harts.filter((hart) => machine.core.hart(hart).get("waiting") === 0n);
    expect(running, "the other CPUs are stopped").toEqual([
      Number(memory.c(`__cpuid_to_hartid_map[${cpu}]`)),
    ]);
    const output = machine.console.output.replace(/\r/g, "");
    watched.dispose();
    expect(output).toMatch(/Kernel panic - not syncing: No working init/);
    expect(output).toMatch(/Call Trace:\n(.*\n)*.*\[<\w+>\] kernel_init\+0x\w+/);
    expect(output).toMatch(/ra : \w{16} sp : \w{16}\n(.*\n)+.*status: \w{16}/);
  }),
];
