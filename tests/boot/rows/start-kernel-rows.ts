/** Sections 0 to 3 of the boot path: from reset to the end of start_kernel. */
import { expect } from "vitest";
import { console, holds, type Row, row, sees, task0 } from "./row.ts";

const STACK_END_MAGIC = 0x57ac6e9dn;
const PF_KTHREAD = 0x200000;
const CPU_MASK_WORD = 8n;

export const START_KERNEL_ROWS: readonly Row[] = [
  row("0 reset and firmware", (boot) => {
    const [firmware] = boot.records.filter(({ image }) => image === "firmware");
    expect(firmware).toMatchObject({ name: "_start", privilege: "M" });
    expect(boot.first("_start").privilege).toBe("S");
  }),
  row("0 _start", (boot) => {
    boot.inOrder("_start", "setup_vm", "relocate_enable_mmu", "start_kernel");
    expect(boot.memory.u64("boot_cpu_hartid")).toBe(BigInt(boot.first("start_kernel").hart));
  }),
  row(
    "0 setup_vm",
    holds(({ memory }) => memory.u64("kernel_map") === memory.address("_start"), true),
  ),
  row("0 relocate_enable_mmu", (boot) => boot.inOrder("setup_vm", "relocate_enable_mmu")),
  row("0 linker script: INIT_TASK_DATA", (boot) => {
    expect(boot.memory.address("init_stack") % 8192n).toBe(0n);
    const stack = boot.memory.field(boot.memory.address("init_task"), "task_struct", "stack");
    expect(boot.memory.u64(stack)).toBe(boot.memory.address("init_stack"));
  }),
  row(
    "0 compressed image",
    holds(({ memory }) => memory.has("decompress_kernel"), true),
  ),

  row(
    "1 init_task",
    holds(({ memory: m }) => m.text(m.field(m.address("init_task"), "task_struct", "comm")), "swapper"),
    holds(({ memory: m }) => m.u32(m.field(m.address("init_task"), "task_struct", "pid")), 0),
    holds(({ memory: m }) => m.u64(m.field(m.address("init_task"), "task_struct", "mm")), 0n),
    holds(
      ({ memory: m }) => m.u32(m.field(m.address("init_task"), "task_struct", "flags")) & PF_KTHREAD,
      PF_KTHREAD,
    ),
  ),
  row("1 idle tasks of the secondaries", (boot) => {
    expect(boot.idlers.size).toBe(boot.harts);
    expect([...boot.idlers.values()].every((pid) => pid === 0)).toBe(true);
  }),

  row(
    "2 set_task_stack_end_magic",
    task0("start_kernel", "set_task_stack_end_magic"),
    sees("smp_setup_processor_id", (m) => m.u64("init_stack"), STACK_END_MAGIC),
  ),
  row("2 smp_setup_processor_id", task0("set_task_stack_end_magic", "smp_setup_processor_id")),
  row(
    "2 debug_objects_early_init",
    task0("smp_setup_processor_id", "debug_objects_early_init", "boot_cpu_init"),
    holds(({ memory }) => memory.u32("debug_objects_pool_size") > 0, true),
  ),
  row(
    "2 cgroup_init_early",
    task0("cgroup_init_early", "boot_cpu_init"),
    sees(
      "boot_cpu_init",
      (m) => m.u64(m.field(m.address("init_task"), "task_struct", "cgroup")) === m.address("cgrp_dfl_root"),
      true,
    ),
  ),
  row(
    "2 early_boot_irqs_disabled",
    sees("boot_cpu_init", (m) => m.u8("early_boot_irqs_disabled"), 1),
    sees("console_init", (m) => m.u8("early_boot_irqs_disabled"), 0),
  ),
  row(
    "2 boot_cpu_init",
    ...["online", "active", "present", "possible"].map((mask) =>
      sees("page_address_init", (m) => m.u64(`__cpu_${mask}_mask`), 1n),
    ),
  ),
  row("2 page_address_init (empty here is right)", task0("boot_cpu_init", "page_address_init", "setup_arch")),
  row("2 linux_banner", console(/^.*Linux version .* \(gcc /m)),
  row(
    "2 early_security_init",
    task0("page_address_init", "early_security_init", "setup_arch"),
    holds(({ memory }) => memory.u64("security_hook_heads") !== 0n, true),
  ),
  row("2 setup_arch", task0("setup_arch", "paging_init"), (boot) => {
    expect(boot.memory.u64("__cpu_possible_mask")).toBe((1n << BigInt(boot.harts)) - 1n);
  }),
  row("2 boot_init_stack_canary", task0("setup_arch", "boot_init_stack_canary"), (boot) => {
    const canary = (task: bigint): bigint =>
      boot.memory.u64(boot.memory.field(task, "task_struct", "stack_canary"));
    const canaries = boot.memory.tasks().map(({ address }) => canary(address));
    expect(canary(boot.memory.address("init_task"))).not.toBe(0n);
    expect(new Set(canaries).size).toBe(canaries.length);
    expect(boot.memory.has("__stack_chk_fail")).toBe(true);
  }),
  row("2 mm_init_cpumask", task0("setup_arch", "mm_init_cpumask", "setup_command_line")),
  row(
    "2 setup_command_line",
    holds(({ memory: m }) => m.text(m.u64("saved_command_line")) === m.text("boot_command_line"), true),
  ),
  row("2 setup_nr_cpu_ids", (boot) => expect(boot.memory.u32("nr_cpu_ids")).toBe(boot.harts)),
  row("2 setup_per_cpu_areas", task0("setup_nr_cpu_ids", "setup_per_cpu_areas"), (boot) => {
    const offsets = boot.memory.address("__per_cpu_offset");
    const all = Array.from({ length: boot.harts }, (_, cpu) => boot.memory.u64(offsets + BigInt(8 * cpu)));
    expect(new Set(all).size).toBe(boot.harts);
    expect(all).not.toContain(0n);
  }),
  row(
    "2 smp_prepare_boot_cpu, boot_cpu_hotplug_init",
    task0("setup_per_cpu_areas", "smp_prepare_boot_cpu", "boot_cpu_hotplug_init"),
  ),
  row("2 build_all_zonelists", task0("boot_cpu_hotplug_init", "build_all_zonelists"), (boot) =>
    expect(boot.memory.u64("mem_map")).not.toBe(0n),
  ),
  row("2 page_alloc_init", task0("build_all_zonelists", "page_alloc_init", "trap_init")),
  row("2 parameters", task0("setup_arch", "parse_early_param"), console(/Kernel command line: /)),
  row("2 trap_init", task0("parse_early_param", "trap_init", "mm_init")),
  row(
    "2 mm_init",
    task0("trap_init", "mm_init", "mem_init", "kmem_cache_init", "vmalloc_init", "sched_init"),
  ),
  row(
    "2 rcu_init, early_irq_init, init_IRQ",
    task0("sched_init", "rcu_init", "early_irq_init", "init_IRQ"),
    (boot) => expect(boot.memory.u64("handle_arch_irq")).not.toBe(0n),
  ),
  row(
    "2 tick_init to time_init",
    task0("init_IRQ", "tick_init", "init_timers", "hrtimers_init", "timekeeping_init", "time_init"),
  ),
  row("2 local_irq_enable", (boot) => boot.inOrder("time_init", "console_init")),
  row("2 console_init", task0("time_init", "console_init"), (boot) => {
    expect(boot.memory.u64("console_drivers")).not.toBe(0n);
    expect(boot.output.indexOf("Linux version")).toBeGreaterThanOrEqual(0);
  }),
  row(
    "2 sched_clock_init, calibrate_delay",
    task0("console_init", "sched_clock_init", "calibrate_delay"),
    sees("sched_clock_init", (m) => m.u8("sched_clock_running"), 0),
    sees("calibrate_delay", (m) => m.u8("sched_clock_running"), 1),
    console(/BogoMIPS/),
  ),
  row(
    "2 pid_idr_init to signals_init",
    task0("calibrate_delay", "pid_idr_init", "fork_init", "proc_caches_init", "signals_init"),
  ),
  row("2 vfs_caches_init", task0("signals_init", "vfs_caches_init")),
  row("2 proc_root_init", task0("vfs_caches_init", "proc_root_init")),
  row("2 nsfs_init", task0("proc_root_init", "nsfs_init"), (boot) =>
    expect(boot.memory.u64("nsfs_mnt")).not.toBe(0n),
  ),
  row("2 cpuset_init", task0("nsfs_init", "cpuset_init"), (boot) => {
    const root = boot.memory.field(boot.memory.address("cgrp_dfl_root"), "cgroup", "cpuset");
    const top = boot.memory.field(root, "cpuset", "effective_cpus");
    expect(boot.memory.u64(top)).toBe((1n << BigInt(boot.harts)) - 1n);
  }),
  row("2 cgroup_init", task0("cpuset_init", "cgroup_init", "arch_call_rest_init")),
  row(
    "2 arch_call_rest_init",
    task0("proc_root_init", "arch_call_rest_init", "rest_init"),
    sees("rest_init", (m) => m.u32("system_state"), 0),
  ),

  row("3 wait_bit_init", task0("sched_init", "wait_bit_init"), (boot) =>
    expect(boot.memory.u64(boot.memory.address("bit_wait_table") + CPU_MASK_WORD)).not.toBe(0n),
  ),
  row("3 root_task_group", (boot) => {
    const shares = boot.memory.field(boot.memory.address("root_task_group"), "task_group", "shares");
    expect(boot.memory.u64(shares)).toBe(1024n);
  }),
  row("3 bandwidth of real-time tasks", (boot) => {
    const runtime = boot.memory.field(boot.memory.address("def_rt_bandwidth"), "rt_bandwidth", "rt_runtime");
    const period = boot.memory.field(boot.memory.address("def_rt_bandwidth"), "rt_bandwidth", "rt_period");
    expect([boot.memory.u64(period), boot.memory.u64(runtime)]).toEqual([1_000_000_000n, 950_000_000n]);
  }),
  row("3 default root domain", (boot) => {
    const online = boot.memory.field(boot.memory.address("def_root_domain"), "root_domain", "online");
    expect(boot.memory.u64(online)).toBe((1n << BigInt(boot.harts)) - 1n);
  }),
  row("3 autogroup", (boot) => {
    const { memory: m } = boot;
    const group = (pid: number): bigint => {
      const task = m.tasks().find((each) => each.pid === pid)?.address ?? 0n;
      return m.u64(m.field(task, "task_struct", "sched_task_group"));
    };
    expect(m.u32("sysctl_sched_autogroup_enabled")).toBe(1);
    expect(group(2)).toBe(m.address("root_task_group"));
    expect(m.u64(m.field(group(1), "task_group", "autogroup")), "init's session").not.toBe(0n);
    expect(group(1)).not.toBe(m.address("root_task_group"));
  }),
  row("3 run queues", (boot) => {
    for (let cpu = 0; cpu < boot.harts; cpu++) {
      const rq = boot.memory.perCpu("runqueues", cpu);
      expect(boot.memory.u32(boot.memory.field(rq, "rq", "cpu"))).toBe(cpu);
      for (const queue of ["cfs", "rt", "dl"]) boot.memory.field(rq, "rq", queue);
    }
  }),
  row("3 init_idle, init_sched_fair_class", task0("wait_bit_init", "init_idle", "init_sched_fair_class")),
  row(
    "3 scheduler_running",
    sees("rcu_init", (m) => m.u8("scheduler_running"), 1),
  ),
  row("3 classes by rank", (boot) => {
    const names = ["stop", "dl", "rt", "fair", "idle"].map((name) =>
      boot.memory.address(`${name}_sched_class`),
    );
    const ranks = [names[0] ?? 0n];
    while (ranks.length < names.length) {
      const at = boot.memory.field(ranks.at(-1) ?? 0n, "sched_class", "next");
      ranks.push(boot.memory.u64(at));
    }
    expect(ranks).toEqual(names);
  }),
];
