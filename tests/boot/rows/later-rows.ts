/** Sections 4 to 10 of the boot path: from rest_init to the login prompt. */
import { expect } from "vitest";
import type { KernelMemory, Probe } from "./observed-boot.ts";
import {
  console,
  holds,
  type Row,
  row,
  rowFromDisk,
  says,
  sees,
  task0,
  task1,
  threads,
  threadsOfEachCpu,
} from "./row.ts";

const SCHEDULING = 1;
const RUNNING = 3;
const INITCALL_LEVELS = 8;
const READ = 2n;
const EXECUTE = 8n;
const WXR = 14n;
const EXEC_PATH = [
  "do_execve",
  "do_execveat_common",
  "prepare_bprm_creds",
  "check_unsafe_exec",
  "do_open_execat",
  "sched_exec",
  "bprm_mm_init",
  "prepare_binprm",
  "would_dump",
  "exec_binprm",
  "search_binary_handler",
];

/** The table of suites, before it is given back: each entry leads to a name. */
function suitesInMemory(memory: KernelMemory): boolean {
  const start = memory.address("__kunit_suites_start");
  const count = Number(memory.address("__kunit_suites_end") - start) / 8;
  const names = Array.from({ length: count }, (_, i) =>
    memory.text(memory.u64(memory.u64(start + BigInt(8 * i)))),
  );
  return names.length > 8 && names.includes("list") && names.includes("page_alloc");
}

/** The device of the first virtio disk, 254:0, as the kernel writes its numbers. */
const VDA = 254 << 20;

/** File system and device of a process's root. */
function rootOf(memory: KernelMemory, which: (task: { pid: number; comm: string }) => boolean) {
  const task = memory.tasks().find(which);
  if (!task) throw new Error("there is no such process");
  const fs = memory.u64(memory.field(task.address, "task_struct", "fs"));
  const mount = memory.u64(memory.field(fs, "fs_struct", "root_mnt"));
  const sb = memory.u64(memory.field(mount, "vfsmount", "mnt_sb"));
  const type = memory.u64(memory.field(sb, "super_block", "s_type"));
  const name = memory.u64(memory.field(type, "file_system_type", "name"));
  return { type: memory.text(name), device: memory.u32(memory.field(sb, "super_block", "s_dev")) };
}
/** A probe: each use is a look of its own. */
const rootOfInit = (): Probe => (memory) => rootOf(memory, ({ pid }) => pid === 1).type;

export const LATER_ROWS: readonly Row[] = [
  row("4 rcu_scheduler_starting", task0("rest_init", "rcu_scheduler_starting"), (boot) =>
    expect(boot.memory.u8("rcu_scheduler_active")).not.toBe(0),
  ),
  row("4 kernel_thread(kernel_init), kernel_thread(kthreadd)", (boot) => {
    const made = boot.all("kernel_thread").filter(({ pid }) => pid === 0);
    expect(made.map(({ argument }) => argument)).toEqual(["kernel_init", "kthreadd"]);
    expect(boot.first("kernel_init")).toMatchObject({ pid: 1, hart: boot.first("start_kernel").hart });
    expect(boot.first("kthreadd").pid).toBe(2);
  }),
  row("4 numa_default_policy", task0("kernel_thread", "numa_default_policy", "schedule_preempt_disabled")),
  row(
    "4 kthreadd_done, SYSTEM_SCHEDULING",
    sees("schedule_preempt_disabled", (m) => m.u32("system_state"), SCHEDULING),
  ),
  row("4 cpu_startup_entry", task0("rest_init", "schedule_preempt_disabled"), (boot) =>
    expect(boot.idlers.get(boot.first("start_kernel").hart)).toBe(0),
  ),

  row("5 idle loop", (boot) => {
    for (let cpu = 0; cpu < boot.harts; cpu++) {
      const rq = boot.memory.perCpu("runqueues", cpu);
      expect(boot.memory.u64(boot.memory.field(rq, "rq", "idle_time"))).toBeGreaterThan(0n);
    }
  }),

  row("6 kthreadd", (boot) => {
    for (const { pid } of boot.all("create_kthread")) expect(pid).toBe(2);
    expect(boot.all("create_kthread").length).toBeGreaterThan(boot.harts);
  }),
  row(
    "6 kworker/N:M and kworker/N:MH",
    threadsOfEachCpu("kworker", ":0"),
    threadsOfEachCpu("kworker", ":0H"),
  ),
  row("6 mm_percpu_wq", threads("mm_percpu_wq")),
  row("6 rcu_sched", threads("rcu_sched")),
  row("6 ksoftirqd/N", threadsOfEachCpu("ksoftirqd")),
  row("6 migration/N", threadsOfEachCpu("migration")),
  row("6 cpuhp/N", threadsOfEachCpu("cpuhp")),
  row("6 watchdog/N", threadsOfEachCpu("watchdog")),
  row("6 kswapd0", threads("kswapd0")),
  row("6 kdevtmpfs", threads("kdevtmpfs")),

  row(
    "7 allocation mask, set_mems_allowed",
    task1("kernel_init_freeable", "set_mems_allowed"),
    sees("kernel_init_freeable", (m) => m.u32("gfp_allowed_mask") !== 0xffffffff, true),
    holds(({ memory }) => memory.u32("gfp_allowed_mask") !== 0, true),
  ),
  row(
    "7 cad_pid",
    holds(({ memory }) => memory.u64("cad_pid") !== 0n, true),
  ),
  row("7 smp_prepare_cpus", task1("kernel_init_freeable", "smp_prepare_cpus"), (boot) =>
    expect(boot.memory.u64("__cpu_present_mask")).toBe((1n << BigInt(boot.harts)) - 1n),
  ),
  row(
    "7 workqueue_init",
    task1("smp_prepare_cpus", "workqueue_init", "do_pre_smp_initcalls"),
    holds(({ memory }) => memory.u8("wq_online"), 1),
  ),
  row("7 init_mm_internals", task1("workqueue_init", "init_mm_internals", "do_pre_smp_initcalls")),
  row(
    "7 rcu_init_tasks_generic",
    task1("init_mm_internals", "rcu_init_tasks_generic"),
    threads("rcu_tasks_kthre"),
  ),
  row("7 do_pre_smp_initcalls", task1("do_pre_smp_initcalls", "smp_init")),
  row("7 lockup_detector_init", task1("do_pre_smp_initcalls", "lockup_detector_init", "smp_init")),
  row(
    "7 smp_init",
    task1("smp_init", "idle_threads_init", "cpuhp_threads_init", "sched_init_smp"),
    says((harts) => new RegExp(`Brought up 1 node, ${harts} CPUs?\\b`)),
    (boot) => expect(boot.memory.u64("__cpu_online_mask")).toBe((1n << BigInt(boot.harts)) - 1n),
  ),
  row("7 secondaries", (boot) => {
    const { hart: first } = boot.first("start_kernel");
    for (let hart = 0; hart < boot.harts; hart++) {
      if (hart === first) continue;
      const mine = boot.records.filter((record) => record.hart === hart).map(({ name }) => name);
      const path = ["secondary_start", "smp_callin", "notify_cpu_starting", "cpu_startup_entry"];
      expect(mine.filter((name) => path.includes(name)).slice(0, 4)).toEqual(path);
    }
  }),
  row("7 sched_init_smp", task1("smp_init", "sched_init_smp", "do_basic_setup"), (boot) => {
    for (let cpu = 0; cpu < boot.harts; cpu++) {
      const domain = boot.memory.u64(boot.memory.field(boot.memory.perCpu("runqueues", cpu), "rq", "sd"));
      expect(domain !== 0n).toBe(boot.harts > 1);
    }
  }),
  row("7 padata_init", task1("sched_init_smp", "padata_init", "do_basic_setup")),
  row(
    "7 page_alloc_init_late, page_ext_init",
    task1("padata_init", "page_alloc_init_late", "page_ext_init", "do_basic_setup"),
  ),
  row("7 do_basic_setup", task1("sched_init_smp", "do_basic_setup", "console_on_rootfs")),
  // The tests themselves, which this boot is not asked for: tests/kernel/kunit.test.ts.
  row(
    "7 kunit_run_all_tests",
    task1("do_basic_setup", "kunit_run_all_tests", "console_on_rootfs"),
    sees("kunit_run_all_tests", suitesInMemory, true),
    holds(({ memory }) => memory.u8("kunit_enabled"), 0),
    holds(({ output }) => output.includes("KTAP"), false),
  ),
  row("7 wait_for_initramfs, console_on_rootfs", task1("wait_for_initramfs", "console_on_rootfs")),
  row(
    "7 init in the ramdisk",
    holds(({ records }) => records.at(-1)?.name, "/sbin/init"),
  ),
  rowFromDisk(
    "7 prepare_namespace",
    task1("console_on_rootfs", "prepare_namespace", "mount_root", "move_mount_to_root", "free_initmem"),
    console(/VFS: Mounted root \(ext2 filesystem\) on device 254:0\.\r\n/),
    sees("prepare_namespace", rootOfInit(), "rootfs"),
    sees("free_initmem", rootOfInit(), "ext2"),
    // Everybody's root: also of the programs that init has started.
    holds(({ memory }) => rootOf(memory, ({ comm }) => comm === "getty"), { type: "ext2", device: VDA }),
    holds(({ records }) => records.at(-1)?.name, "/sbin/init"),
  ),
  row("7 integrity_load_keys, load_default_modules", task1("integrity_load_keys", "load_default_modules")),
  row("7 async_synchronize_full", task1("console_on_rootfs", "async_synchronize_full", "free_initmem")),
  row(
    "7 free_initmem",
    task1("free_initmem"),
    console(/Freeing unused kernel image \(initmem\) memory: \d+K/),
    holds(({ memory }) => memory.leafFlags(memory.address("__init_begin")) !== 0n, false),
  ),
  row("7 mark_readonly", task1("free_initmem", "mark_readonly"), (boot) => {
    const { memory } = boot;
    const text = memory.address("start_kernel");
    const rodata = memory.address("linux_banner");
    const alias = (address: bigint): bigint =>
      address -
      memory.u64(memory.field(memory.address("kernel_map"), "kernel_mapping", "va_kernel_pa_offset")) +
      memory.u64(memory.field(memory.address("kernel_map"), "kernel_mapping", "va_pa_offset"));
    expect(memory.leafFlags(text) & WXR).toBe(EXECUTE | READ);
    expect(memory.leafFlags(rodata) & WXR).toBe(READ);
    expect(memory.leafFlags(alias(text)) & WXR).toBe(READ);
    expect(memory.leafFlags(alias(rodata)) & WXR).toBe(READ);
  }),
  row("7 pti_finalize (empty here is right)", task1("mark_readonly", "pti_finalize")),
  row(
    "7 system_state",
    holds(({ memory }) => memory.u32("system_state"), RUNNING),
    sees("free_initmem", (m) => m.u32("system_state"), 2),
  ),
  row(
    "7 rcu_end_inkernel_boot, do_sysctl_args",
    task1("rcu_end_inkernel_boot", "do_sysctl_args", "run_init_process"),
  ),
  row("7 the search for a program", task1("free_initmem", "run_init_process"), (boot) =>
    expect(boot.first("run_init_process").argument).toMatch(/^\/(?:sbin\/)?init$/),
  ),
  row(
    "7 panic with symbols",
    holds(({ memory }) => memory.has("kallsyms_names"), true),
  ),

  row("8 cpuset_init_smp", task1("do_basic_setup", "cpuset_init_smp", "driver_init")),
  row("8 usermodehelper_init", task1("do_basic_setup", "usermodehelper_init", "driver_init")),
  row("8 shmem_init", task1("do_basic_setup", "shmem_init", "driver_init")),
  row(
    "8 driver_init",
    task1(
      "driver_init",
      "devtmpfs_init",
      "devices_init",
      "buses_init",
      "classes_init",
      "firmware_init",
      "hypervisor_init",
      "platform_bus_init",
      "cpu_dev_init",
      "memory_dev_init",
      "container_dev_init",
      "of_core_init",
      "do_initcalls",
    ),
  ),
  row("8 init_irq_proc", task1("driver_init", "init_irq_proc", "do_initcalls")),
  row("8 do_ctors", task1("driver_init", "do_ctors", "do_initcalls")),
  row("8 usermodehelper_enable", task1("do_ctors", "usermodehelper_enable", "do_initcalls")),
  row("8 do_initcalls", task1("do_initcalls", "console_on_rootfs"), (boot) => {
    const entries = boot.all("do_one_initcall");
    for (const { pid } of entries) expect(pid).toBe(1);
    expect(entries.length).toBeGreaterThan(INITCALL_LEVELS);
  }),
  row("8 drivers bind by compatible", (boot) => {
    const bound = boot.memory.u32("platform_devices_bound");
    expect(bound).toBeGreaterThan(0);
  }),

  row("9 run_init_process", task1("run_init_process", "kernel_execve")),
  row("9 do_execve to search_binary_handler", task1(...EXEC_PATH)),
  row(
    "9 load_elf_binary",
    task1("search_binary_handler", "load_elf_binary", "begin_new_exec", "start_thread"),
  ),
  row("9 pid 1 is the same task", (boot) =>
    expect(boot.records.at(-1)).toMatchObject({ image: "user", pid: 1, privilege: "U" }),
  ),

  row("10 init, getty, login", (boot) => {
    const comms = boot.memory.tasks().map(({ comm }) => comm);
    expect(comms).toContain("init");
    expect(comms).toContain("getty");
  }),
  row("10 pids 1 and 2", (boot) => {
    const [init, kthreadd] = boot.memory.tasks();
    expect(init).toMatchObject({ pid: 1, parent: 0 });
    expect(kthreadd).toMatchObject({ pid: 2, parent: 0, comm: "kthreadd" });
  }),
];
