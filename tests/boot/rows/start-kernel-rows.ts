/** Section 2 of the boot path: start_kernel, step by step. */
import { statSync } from "node:fs";
import { expect } from "vitest";
import { DEFAULT_RAM_BYTES, RAM_BASE, TIMEBASE_HZ } from "../../../spec/machine-map.ts";
import { INITRAMFS } from "../images.ts";
import { CPUHP_ONLINE, CPUHP_PAGE_ALLOC, type KernelMemory, pointer } from "./kernel-memory.ts";
import type { ObservedBoot } from "./observed-boot.ts";
import { onceIn, outputOf, write } from "./provoked.ts";
import { after, before, changes, console, holds, type Row, row, SOMETHING, spoils, task0 } from "./row.ts";

const STACK_END_MAGIC = 0x57ac6e9dn;
const SIE = 2n;
const HZ = 100;

const interruptsOn = (memory: KernelMemory, hart: number): boolean =>
  ((memory.machine.registers.read(hart, "sstatus") ?? 0n) & SIE) !== 0n;

/** One C expression for each CPU. */
const ofCpus =
  (expression: (cpu: number) => string) =>
  (memory: KernelMemory, hart: number): bigint[] =>
    Array.from({ length: memory.machine.core.hartCount }, (_, cpu) => memory.c(expression(cpu), hart));

const each =
  (value: (cpu: number, boot: ObservedBoot) => bigint) =>
  (boot: ObservedBoot): bigint[] =>
    Array.from({ length: boot.harts }, (_, cpu) => value(cpu, boot));

const inUse = (cache: string): string => `${cache} != 0`;
/** Makes a cache to which `kmem_cache_create` gave nothing before. */
const makesCache = (at: string, ...caches: string[]) =>
  caches.map((cache) => changes(at, inUse(cache), 0, 1));
/** The list is set up, and not only zero. */
const emptyList = (list: string): string => `${list}.next == &${list}`;

const fileSystems = (memory: KernelMemory, hart: number): string[] => {
  const names: string[] = [];
  for (let at = "file_systems"; memory.c(at, hart, "register_filesystem") !== 0n; at += "->next")
    names.push(
      memory.text(`((struct file_system_type *)${memory.c(at, hart, "register_filesystem")})->name`, hart),
    );
  return names;
};

export const START_KERNEL_ROWS: readonly Row[] = [
  row(
    "2.1 set_task_stack_end_magic",
    task0("start_kernel", "set_task_stack_end_magic", "smp_setup_processor_id"),
    changes("set_task_stack_end_magic", "*(unsigned long *)init_stack", 0, STACK_END_MAGIC),
    async (boot) => {
      const overwritten = onceIn("rcu_scheduler_starting", (watched, hart) =>
        write(watched, hart, watched.memory.address("init_stack"), 0n),
      );
      const output = await outputOf(boot, /end Kernel panic/, overwritten);
      expect(output).toMatch(/Kernel panic - not syncing: corrupted stack end detected inside scheduler/);
    },
  ),
  row(
    "2.2 smp_setup_processor_id",
    task0("set_task_stack_end_magic", "smp_setup_processor_id", "debug_objects_early_init"),
    spoils("smp_setup_processor_id", "__cpuid_to_hartid_map[0]", 8),
    after("smp_setup_processor_id", "__cpuid_to_hartid_map[0]", (boot) =>
      BigInt(boot.first("start_kernel").hart),
    ),
  ),
  row(
    "2.3 debug_objects_early_init",
    task0("smp_setup_processor_id", "debug_objects_early_init", "cgroup_init_early"),
    changes("debug_objects_early_init", "obj_pool.first", 0, SOMETHING),
    changes("debug_objects_early_init", "debug_objects_pool_size", 0, 128),
    holds("debug_objects_enabled", 1),
    holds((memory) => {
      let used = 0;
      for (let slot = 0; slot < 256; slot++) if (memory.c(`obj_hash[${slot}].first`) !== 0n) used++;
      return used > 0;
    }, true),
  ),
  row(
    "2.4 cgroup_init_early",
    task0("debug_objects_early_init", "cgroup_init_early", "boot_cpu_init"),
    changes("cgroup_init_early", "init_task.cgroup == &cgrp_dfl_root", 0, 1),
    after("cgroup_init_early", "cgrp_dfl_root.tasks.next == &init_task.cg_list", 1),
  ),
  row(
    "2.5 local_irq_disable, early_boot_irqs_disabled",
    ...["boot_cpu_init", "setup_arch", "trap_init", "sched_init", "time_init"].flatMap((name) => [
      before(name, "early_boot_irqs_disabled", 1),
      before(name, interruptsOn, false),
    ]),
    before("console_init", "early_boot_irqs_disabled", 0),
  ),
  row(
    "2.6 boot_cpu_init",
    task0("cgroup_init_early", "boot_cpu_init", "page_address_init"),
    ...["online", "active", "present", "possible"].map((mask) =>
      changes("boot_cpu_init", `__cpu_${mask}_mask.bits[0]`, 0, 1),
    ),
    holds(
      ofCpus((cpu) => `runqueues@${cpu}.curr->thread_info.cpu`),
      each((cpu) => BigInt(cpu)),
    ),
  ),
  row("2.7 page_address_init", task0("boot_cpu_init", "page_address_init", "early_security_init")),
  row("2.8 linux_banner", (boot) => {
    const banner = boot.memory.text("&linux_banner").trim();
    expect(banner).toMatch(/^Linux version \d+\.\d+\S* \(.+\) \(.*gcc.*\)/);
    expect(boot.output).toContain(banner);
  }),
  row(
    "2.9 early_security_init",
    task0("page_address_init", "early_security_init", "setup_arch"),
    changes("early_security_init", "security_hook_heads.settime.next", 0, SOMETHING),
    after("early_security_init", emptyList("security_hook_heads.settime"), 0),
  ),
  row(
    "2.10 setup_arch",
    task0("early_security_init", "setup_arch", "paging_init", "boot_init_stack_canary"),
    changes("setup_arch", "memblock.memory.cnt", 0, 1),
    after("setup_arch", "memblock.memory.regions[0].base", RAM_BASE),
    after("setup_arch", "memblock.memory.regions[0].size", DEFAULT_RAM_BYTES),
    changes("setup_arch", "__cpu_possible_mask.bits[0]", 1, (boot) => boot.allCpus),
    after(
      "setup_arch",
      ofCpus((cpu) => `__cpuid_to_hartid_map[${cpu}]`),
      (boot) =>
        [
          ...new Set([
            boot.first("start_kernel").hart,
            ...Array.from({ length: boot.harts }, (_, hart) => hart),
          ]),
        ].map(BigInt),
    ),
    changes("setup_arch", "phys_initrd_size", 0, statSync(INITRAMFS).size),
    after(
      "setup_arch",
      (memory, hart) => memory.text("boot_command_line", hart),
      (boot) => boot.commandLine,
    ),
    after("setup_arch", "riscv_timebase", TIMEBASE_HZ),
    changes(
      "paging_init",
      (memory) => memory.leaf(memory.address("start_kernel"))?.to,
      undefined,
      ({ memory }) => memory.physical("start_kernel"),
    ),
    after(
      "paging_init",
      (memory, hart) => memory.machine.registers.read(hart, "satp"),
      ({ memory }) => (8n << 60n) | (memory.physical("swapper_pg_dir") / 4096n),
    ),
  ),
  row(
    "2.11 boot_init_stack_canary",
    task0("setup_arch", "boot_init_stack_canary", "mm_init_cpumask"),
    changes("boot_init_stack_canary", "init_task.stack_canary", 0, SOMETHING),
    ({ memory }) => {
      const canaries = memory
        .tasks()
        .map(({ address }) => memory.c(`${pointer("struct task_struct", address)}->stack_canary`));
      expect(new Set([...canaries, memory.c("init_task.stack_canary")]).size).toBe(canaries.length + 1);
    },
    async (boot) => {
      const changed = onceIn("vscnprintf", (watched, hart) => {
        const { memory } = watched;
        const task = watched.register(hart, "tp");
        write(watched, hart, memory.c(`&${pointer("struct task_struct", task)}->stack_canary`, hart), 1n);
      });
      const output = await outputOf(boot, /end Kernel panic/, changed);
      expect(output).toMatch(/stack-protector: Kernel stack is corrupted in: \w+\+0x/);
    },
  ),
  row(
    "2.12 mm_init_cpumask",
    task0("boot_init_stack_canary", "mm_init_cpumask", "setup_command_line"),
    spoils("mm_init_cpumask", "init_mm.cpu_bitmap", 8),
    after("mm_init_cpumask", "init_mm.cpu_bitmap.bits[0]", 0),
  ),
  row(
    "2.13 setup_command_line",
    task0("mm_init_cpumask", "setup_command_line", "setup_nr_cpu_ids"),
    changes("setup_command_line", "saved_command_line", 0, SOMETHING),
    holds(
      (memory) => memory.text("saved_command_line"),
      (boot) => boot.commandLine,
    ),
    async (boot) => {
      // Cutting the copy into words leaves the saved one whole.
      const watched = await boot.another({ append: "loglevel=7 one=1 two" });
      watched.onEntry("trap_init", (hart) => {
        expect(watched.memory.text("saved_command_line", hart)).toBe("loglevel=7 one=1 two");
        expect(watched.memory.text("static_command_line", hart)).toBe("loglevel");
        return false;
      });
      await watched.machine.console.expect(/Memory: /);
      watched.dispose();
    },
  ),
  row(
    "2.14 setup_nr_cpu_ids",
    task0("setup_command_line", "setup_nr_cpu_ids", "setup_per_cpu_areas"),
    changes("setup_nr_cpu_ids", "nr_cpu_ids", 8, (boot) => BigInt(boot.harts)),
  ),
  row(
    "2.15 setup_per_cpu_areas",
    task0("setup_nr_cpu_ids", "setup_per_cpu_areas", "smp_prepare_boot_cpu"),
    before(
      "setup_per_cpu_areas",
      ofCpus((cpu) => `__per_cpu_offset[${cpu}]`),
      each(() => 0n),
    ),
    (boot) => {
      const offsets = ofCpus((cpu) => `__per_cpu_offset[${cpu}]`)(boot.memory, 0);
      expect(new Set(offsets).size).toBe(boot.harts);
      expect(offsets).not.toContain(0n);
    },
    after(
      "setup_per_cpu_areas",
      (memory, hart) => {
        const [from, to] = [memory.address("__per_cpu_start"), memory.address("__per_cpu_end")];
        const area = (offset: bigint): string => memory.bytes(from + offset, Number(to - from), hart).join();
        return ofCpus((cpu) => `__per_cpu_offset[${cpu}]`)(memory, hart).every(
          (offset) => area(offset) === area(0n),
        );
      },
      true,
    ),
  ),
  row(
    "2.16 smp_prepare_boot_cpu",
    task0("setup_per_cpu_areas", "smp_prepare_boot_cpu", "boot_cpu_hotplug_init"),
    changes("smp_prepare_boot_cpu", "init_mm.cpu_bitmap.bits[0]", 0, 1),
  ),
  row(
    "2.17 boot_cpu_hotplug_init",
    task0("smp_prepare_boot_cpu", "boot_cpu_hotplug_init", "build_all_zonelists"),
    changes("boot_cpu_hotplug_init", "cpuhp_state@0.state", 0, CPUHP_ONLINE),
  ),
  row(
    "2.18 build_all_zonelists",
    task0("boot_cpu_hotplug_init", "build_all_zonelists", "page_alloc_init"),
    changes("build_all_zonelists", "mem_map", 0, SOMETHING),
    changes("build_all_zonelists", emptyList("contig_zone.free_area[0].free_list"), 0, 1),
    after("build_all_zonelists", "max_low_pfn - min_low_pfn", DEFAULT_RAM_BYTES / 4096),
  ),
  row(
    "2.19 page_alloc_init",
    task0("build_all_zonelists", "page_alloc_init", "trap_init"),
    changes("page_alloc_init", `cpuhp_hp_states[${CPUHP_PAGE_ALLOC}].teardown`, 0, ({ memory }) =>
      memory.address("page_alloc_cpu_dead"),
    ),
  ),
  row(
    "2.20 parameters",
    task0("setup_arch", "parse_early_param", "paging_init"),
    task0("page_alloc_init", "parse_args", "trap_init"),
    console(/Kernel command line: /),
    async (boot) => {
      const words =
        "console=ttyS7,9600 loglevel=3 init=/a rdinit=/b maxcpus=2 isolcpus=1 panic=5 initcall_debug NAME=v word";
      const watched = await boot.another({ append: words });
      const { memory } = watched;
      const seen: Record<string, unknown> = {};
      watched.onEntry("trap_init", (hart) => {
        const c = (name: string): number => Number(memory.c(name, hart));
        const text = (name: string): string => memory.text(name, hart);
        Object.assign(seen, {
          console: text("preferred_console"),
          loglevel: c("console_loglevel"),
          init: text("execute_command"),
          rdinit: text("ramdisk_execute_command"),
          maxcpus: c("setup_max_cpus"),
          isolcpus: c("cpu_isolated_map.bits[0]"),
          panic: c("panic_timeout"),
          debug: c("initcall_debug"),
          environment: text("envp_init[2]"),
          argument: text("argv_init[1]"),
        });
        return false;
      });
      watched.machine.run({ cycles: 30_000_000 });
      watched.dispose();
      expect(seen).toEqual({
        console: "ttyS7",
        loglevel: 3,
        init: "/a",
        rdinit: "/b",
        maxcpus: 2,
        isolcpus: 2,
        panic: 5,
        debug: 1,
        environment: "NAME=v",
        argument: "word",
      });
      for (const [word, variable, value] of [
        ["quiet", "console_loglevel", 4],
        ["nosmp", "setup_max_cpus", 0],
      ] as const) {
        const other = await boot.another({ append: word });
        let found: number | undefined;
        other.onEntry("trap_init", (hart) => {
          found = Number(other.memory.c(variable, hart));
          return false;
        });
        other.machine.run({ cycles: 30_000_000 });
        other.dispose();
        expect(found, word).toBe(value);
      }
    },
  ),
  row(
    "2.21 trap_init",
    task0("parse_args", "trap_init", "mm_init"),
    changes(
      "trap_init",
      (memory, hart) => (memory.machine.registers.read(hart, "sie") ?? 0n) & 0x222n,
      0,
      0x222,
    ),
    holds("trap_table[2].signo", 4),
    holds("trap_table[3].signo", 5),
    // Each kind of trap is taken before the prompt comes.
    ...["do_page_fault", "syscall_handler", "do_irq"].map((name) => before(name, () => true, true)),
  ),
  row(
    "2.22 mm_init",
    task0("trap_init", "mm_init", "mem_init", "kmem_cache_init", "vmalloc_init", "sched_init"),
    changes("mem_init", "contig_zone.nr_free", 0, SOMETHING),
    changes("mem_init", "_totalram_pages.counter", 0, SOMETHING),
    changes("kmem_cache_init", "kmalloc_caches[8].size", 0, 1024),
    changes("vmalloc_init", inUse("vm_struct_cachep"), 0, 1),
  ),
  row(
    "2.23 sched_init",
    task0("mm_init", "sched_init", "rcu_init"),
    changes("sched_init", "scheduler_running", 0, 1),
    before("rcu_init", "runqueues@0.nr_switches", 0),
  ),
  row(
    "2.24 rcu_init",
    task0("sched_init", "rcu_init", "early_irq_init"),
    spoils("rcu_init", "rcu_data@0.idle", 8),
    after("rcu_init", "rcu_data@0.idle.counter", 0),
    holds("rcu_data@0.qs", SOMETHING),
  ),
  row(
    "2.25 early_irq_init",
    task0("rcu_init", "early_irq_init", "init_IRQ"),
    changes("early_irq_init", "irq_desc[10].depth", 0, 1),
    after("early_irq_init", "irq_desc[10].irq_data.irq", 10),
  ),
  row(
    "2.26 init_IRQ",
    task0("early_irq_init", "init_IRQ", "tick_init"),
    changes("init_IRQ", "handle_arch_irq", 0, ({ memory }) => memory.address("plic_handle_irq")),
    changes("init_IRQ", "plic.handlers[0].present", 0, 1),
  ),
  row(
    "2.27 tick_init",
    task0("init_IRQ", "tick_init", "init_timers"),
    changes("tick_init", "last_jiffies_update", 0, SOMETHING),
  ),
  row(
    "2.28 init_timers",
    task0("tick_init", "init_timers", "hrtimers_init"),
    spoils("init_timers", "timer_bases@0.clk", 8),
    after("init_timers", "timer_bases@0.clk == jiffies", 1),
    changes("init_timers", "softirq_vec[0]", 0, SOMETHING),
    holds("softirq_vec[0]", ({ memory }) => memory.address("run_timer_softirq")),
  ),
  row(
    "2.29 hrtimers_init",
    task0("init_timers", "hrtimers_init", "timekeeping_init"),
    changes("hrtimers_init", emptyList("hrtimer_bases@0.queue"), 0, 1),
  ),
  row(
    "2.30 timekeeping_init",
    task0("hrtimers_init", "timekeeping_init", "time_init"),
    changes("timekeeping_init", "cycles_at_boot", 0, SOMETHING),
  ),
  row(
    "2.31 time_init",
    task0("timekeeping_init", "time_init", "console_init"),
    changes("time_init", "tick_cpu_sched@0.next", 0, SOMETHING),
    before("console_init", "tick_cpu_sched@0.event", SOMETHING),
  ),
  row(
    "2.32 local_irq_enable",
    before("time_init", interruptsOn, false),
    before("console_init", interruptsOn, true),
    before("rest_init", interruptsOn, true),
  ),
  row(
    "2.33 console_init",
    task0("time_init", "console_init", "sched_clock_init"),
    changes("console_init", "console_drivers", 0, SOMETHING),
    changes("console_init", (memory) => memory.machine.console.output.includes("Linux version"), false, true),
  ),
  row(
    "2.34 sched_clock_init",
    task0("console_init", "sched_clock_init", "calibrate_delay"),
    changes("sched_clock_init", "sched_clock_running", 0, 1),
  ),
  row(
    "2.35 calibrate_delay",
    task0("sched_clock_init", "calibrate_delay", "pid_idr_init"),
    changes("calibrate_delay", "loops_per_jiffy", 0, TIMEBASE_HZ / HZ),
    console(/\.\. 20\.00 BogoMIPS \(lpj=100000\)/),
  ),
  row(
    "2.36 pid_idr_init",
    task0("calibrate_delay", "pid_idr_init", "fork_init"),
    changes("pid_idr_init", "init_pid_ns.pidmap[0]", 0, 1),
    ...makesCache("pid_idr_init", "pid_cachep"),
  ),
  row(
    "2.37 fork_init",
    task0("pid_idr_init", "fork_init", "proc_caches_init"),
    ...makesCache("fork_init", "task_struct_cachep"),
    after("fork_init", "max_threads == _totalram_pages.counter / 32", 1),
  ),
  row(
    "2.38 proc_caches_init",
    task0("fork_init", "proc_caches_init", "signals_init"),
    ...makesCache("proc_caches_init", "mm_cachep", "vm_area_cachep"),
  ),
  row(
    "2.39 signals_init",
    task0("proc_caches_init", "signals_init", "vfs_caches_init"),
    ...makesCache("signals_init", "sigqueue_cache"),
  ),
  row(
    "2.40 vfs_caches_init",
    task0("signals_init", "vfs_caches_init", "proc_root_init"),
    ...makesCache("vfs_caches_init", "dentry_cache", "inode_cache", "filp_cache"),
    changes("vfs_caches_init", "init_fs.root.mnt", 0, SOMETHING),
    after(
      "vfs_caches_init",
      (memory, hart) => memory.text("init_fs.root.mnt->mnt_sb->s_type->name", hart),
      "rootfs",
    ),
  ),
  row(
    "2.41 proc_root_init",
    task0("vfs_caches_init", "proc_root_init", "nsfs_init"),
    before("proc_root_init", (memory, hart) => fileSystems(memory, hart).includes("proc"), false),
    after("proc_root_init", (memory, hart) => fileSystems(memory, hart).includes("proc"), true),
  ),
  row(
    "2.42 nsfs_init",
    task0("proc_root_init", "nsfs_init", "cpuset_init"),
    changes("nsfs_init", "nsfs_mnt", 0, SOMETHING),
  ),
  row(
    "2.43 cpuset_init",
    task0("nsfs_init", "cpuset_init", "cgroup_init"),
    changes("cpuset_init", "cgrp_dfl_root.cpuset.effective_cpus.bits[0]", 0, 0xff),
  ),
  row(
    "2.44 cgroup_init",
    task0("cpuset_init", "cgroup_init", "arch_call_rest_init"),
    changes("cgroup_init", "cgrp_dfl_root.kn", 0, SOMETHING),
    after("cgroup_init", (memory, hart) => fileSystems(memory, hart).includes("cgroup2"), true),
  ),
  row(
    "2.45 arch_call_rest_init",
    task0("cgroup_init", "arch_call_rest_init", "rest_init"),
    before("rest_init", "system_state", 0),
    (boot) => {
      for (const name of ["start_kernel", "arch_call_rest_init", "rest_init"])
        expect(boot.first(name).end, `${name} returns`).toBeUndefined();
    },
  ),
];
