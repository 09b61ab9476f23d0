/** The documented boot path as data: the functions whose entries the boot trace records, roughly in their order. */

export interface BootStep {
  readonly name: string;
  /** Label of the ELF file in the symbol table. */
  readonly image: "firmware" | "bootstrap" | "kernel";
  /** Runs before paging is on, hence at its load address. */
  readonly early?: boolean;
  /** Called over and over: only a task's first entry is of interest. */
  readonly firstOnly?: boolean;
  /** Called by many: only as this pid it is part of the boot. */
  readonly pid?: number;
  /** What the first argument points to: shown beside the name. */
  readonly argument?: "path" | "function";
}

function kernel(names: string, how: Omit<BootStep, "name" | "image"> = {}): BootStep[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({ name, image: "kernel", ...how }));
}

export const BOOT_PATH: readonly BootStep[] = [
  // Before start_kernel.
  { name: "_start", image: "firmware", early: true },
  ...["start", "restart", "decompress_kernel", "gunzip"].map(
    (name): BootStep => ({ name, image: "bootstrap", early: true }),
  ),
  ...kernel("_start setup_vm relocate_enable_mmu", { early: true }),

  // start_kernel and what it calls.
  ...kernel(`
    start_kernel set_task_stack_end_magic smp_setup_processor_id debug_objects_early_init cgroup_init_early
    boot_cpu_init page_address_init early_security_init setup_arch paging_init boot_init_stack_canary
    mm_init_cpumask setup_command_line setup_nr_cpu_ids setup_per_cpu_areas smp_prepare_boot_cpu
    boot_cpu_hotplug_init build_all_zonelists page_alloc_init parse_early_param trap_init mm_init mem_init
    kmem_cache_init vmalloc_init sched_init wait_bit_init init_idle init_sched_fair_class rcu_init
    early_irq_init init_IRQ tick_init init_timers hrtimers_init timekeeping_init time_init console_init
    sched_clock_init calibrate_delay pid_idr_init fork_init proc_caches_init signals_init vfs_caches_init
    proc_root_init nsfs_init cpuset_init cgroup_init arch_call_rest_init
  `),

  // rest_init, the idle loop, kthreadd.
  ...kernel("rest_init rcu_scheduler_starting"),
  ...kernel("kernel_thread", { argument: "function" }),
  ...kernel("schedule_preempt_disabled", { firstOnly: true, pid: 0 }),
  ...kernel("cpu_startup_entry do_idle", { firstOnly: true }),
  ...kernel("kthreadd create_kthread"),

  // pid 1 in the kernel, and the other harts.
  ...kernel(`
    kernel_init kernel_init_freeable smp_prepare_cpus workqueue_init init_mm_internals
    rcu_init_tasks_generic do_pre_smp_initcalls lockup_detector_init smp_init idle_threads_init
    cpuhp_threads_init cpu_up
  `),
  ...kernel("secondary_start", { early: true }),
  ...kernel("smp_callin notify_cpu_starting sched_init_smp padata_init page_alloc_init_late page_ext_init"),
  ...kernel(`
    do_basic_setup cpuset_init_smp usermodehelper_init shmem_init driver_init devtmpfs_init devices_init
    buses_init classes_init platform_bus_init cpu_dev_init memory_dev_init of_core_init init_irq_proc
    do_ctors usermodehelper_enable do_initcalls
  `),
  ...kernel("do_one_initcall", { argument: "function" }),
  ...kernel(`
    wait_for_initramfs console_on_rootfs prepare_namespace mount_root move_mount_to_root
    integrity_load_keys load_default_modules
    async_synchronize_full free_initmem mark_readonly rcu_end_inkernel_boot do_sysctl_args
  `),

  // From the kernel thread to the user process.
  ...kernel("run_init_process kernel_execve", { argument: "path", pid: 1 }),
  ...kernel(
    `
    do_execve do_execveat_common unshare_files alloc_bprm prepare_bprm_creds check_unsafe_exec
    do_open_execat sched_exec bprm_mm_init prepare_binprm copy_strings would_dump exec_binprm search_binary_handler
    load_script load_elf_binary begin_new_exec setup_arg_pages create_elf_tables finalize_exec start_thread
  `,
    { pid: 1 },
  ),
];
