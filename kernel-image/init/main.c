/* The boot of the kernel, from the first C function to the first user program. */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/binfmts.h>
#include <linux/cgroup.h>
#include <linux/completion.h>
#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/debugobjects.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/nmi.h>
#include <linux/nsproxy.h>
#include <linux/padata.h>
#include <linux/page_ext.h>
#include <linux/of.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/tick.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/umh.h>
#include <linux/workqueue.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <asm/smp.h>
#include <asm/traps.h>

#include "init.h"

enum system_states system_state;
bool early_boot_irqs_disabled;

static DECLARE_COMPLETION(kthreadd_done);
static char *execute_command;
static const char *ramdisk_execute_command = "/init";
static bool ramdisk_command_set;

static int __init init_setup(char *str)
{
	execute_command = str;
	return 1;
}
__setup("init=", init_setup);

static int __init rdinit_setup(char *str)
{
	ramdisk_execute_command = str;
	ramdisk_command_set = true;
	return 1;
}
__setup("rdinit=", rdinit_setup);

static void __init set_task_stack_end_magic(struct task_struct *tsk)
{
	*end_of_stack(tsk) = STACK_END_MAGIC;
}

void __init mm_init(void)
{
	mem_init();
	kmem_cache_init();
	vmalloc_init();
}

/* A value that differs from boot to boot as far as the machine gives any entropy; every task gets its own by fork. */
static noinline __attribute__((__no_stack_protector__)) void boot_init_stack_canary(void)
{
	current->stack_canary = get_random_canary();
}

static void __init mm_init_cpumask(struct mm_struct *mm)
{
	cpumask_clear(mm_cpumask(mm));
}

/* Where memory has several nodes, the boot task stops interleaving over them here. This machine has one. */
static noinline void numa_default_policy(void)
{
	barrier();
}

/* Where user page tables hide the kernel, the hiding ones follow mark_readonly here. Ours never map it for users. */
static noinline void pti_finalize(void)
{
	barrier();
}

static int kernel_init(void *unused);

static noinline void rest_init(void)
{
	struct task_struct *tsk;
	int pid;

	rcu_scheduler_starting();
	/* First, so that it becomes pid 1; but it has to wait for kthreadd before it makes kernel threads. */
	pid = kernel_thread(kernel_init, NULL, CLONE_FS);
	rcu_read_lock();
	tsk = find_task_by_pid_ns(pid, &init_pid_ns);
	set_cpus_allowed_ptr(tsk, cpumask_of(smp_processor_id()));
	rcu_read_unlock();

	numa_default_policy();
	pid = kernel_thread(kthreadd, NULL, CLONE_FS | CLONE_FILES);
	rcu_read_lock();
	kthreadd_task = find_task_by_pid_ns(pid, &init_pid_ns);
	rcu_read_unlock();

	system_state = SYSTEM_SCHEDULING;
	complete(&kthreadd_done);

	/* The boot task schedules once, and from then on idles. */
	schedule_preempt_disabled();
	cpu_startup_entry(CPUHP_ONLINE);
}

static void __init arch_call_rest_init(void)
{
	rest_init();
}

/* Not __init: its frame is on the boot task's stack for ever. */
asmlinkage void start_kernel(void)
{
	char *command_line;

	set_task_stack_end_magic(&init_task);
	smp_setup_processor_id();
	debug_objects_early_init();
	cgroup_init_early();

	local_irq_disable();
	early_boot_irqs_disabled = true;

	boot_cpu_init();
	page_address_init();
	pr_notice("%s", linux_banner);
	early_security_init();
	setup_arch(&command_line);
	boot_init_stack_canary();
	mm_init_cpumask(&init_mm);
	setup_command_line(command_line);
	setup_nr_cpu_ids();
	setup_per_cpu_areas();
	smp_prepare_boot_cpu();
	boot_cpu_hotplug_init();
	build_all_zonelists();
	page_alloc_init();
	pr_notice("Kernel command line: %s\n", saved_command_line);
	parse_early_param();
	parse_args();
	trap_init();
	mm_init();
	sched_init();
	workqueue_init_early();
	rcu_init();
	early_irq_init();
	init_IRQ();
	tick_init();
	init_timers();
	hrtimers_init();
	timekeeping_init();
	time_init();
	call_function_init();

	early_boot_irqs_disabled = false;
	local_irq_enable();

	console_init();
	debug_objects_mem_init();
	sched_clock_init();
	calibrate_delay();
	pid_idr_init();
	fork_init();
	proc_caches_init();
	signals_init();
	vfs_caches_init();
	proc_root_init();
	nsfs_init();
	cpuset_init();
	cgroup_init();
	arch_call_rest_init();
}

static void __init driver_init(void)
{
	devtmpfs_init();
	devices_init();
	buses_init();
	classes_init();
	firmware_init();
	hypervisor_init();
	platform_bus_init();
	cpu_dev_init();
	memory_dev_init();
	container_dev_init();
	of_core_init();
}

static void __init do_basic_setup(void)
{
	cpuset_init_smp();
	usermodehelper_init();
	shmem_init();
	driver_init();
	init_irq_proc();
	do_ctors();
	usermodehelper_enable();
	do_initcalls();
}

/* Descriptors 0, 1 and 2 of pid 1, from which every process inherits its own. */
static void __init console_on_rootfs(void)
{
	struct file *file = filp_open("/dev/console", O_RDWR, 0);

	if (IS_ERR(file)) {
		pr_err("Warning: unable to open an initial console.\n");
		return;
	}
	init_dup(file);
	init_dup(file);
	init_dup(file);
	fput(file);
}

static int __init init_eaccess(const char *filename)
{
	struct path path;
	int error = kern_path(filename, LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	error = inode_permission(path.dentry->d_inode, MAY_EXEC);
	path_put(&path);
	return error;
}

static void __init kernel_init_freeable(void)
{
	int ret;

	/* Now it may sleep in allocation, and run anywhere. */
	gfp_allowed_mask = __GFP_BITS_MASK;
	set_mems_allowed(node_states[N_MEMORY]);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	cad_pid = get_pid(task_pid(current));

	smp_prepare_cpus(setup_max_cpus);
	workqueue_init();
	init_mm_internals();
	rcu_init_tasks_generic();
	do_pre_smp_initcalls();
	lockup_detector_init();
	smp_init();
	sched_init_smp();
	padata_init();
	page_alloc_init_late();
	page_ext_init();
	do_basic_setup();
	kunit_run_all_tests();

	wait_for_initramfs();
	devtmpfs_mount("/dev");
	console_on_rootfs();
	ret = init_eaccess(ramdisk_execute_command);
	if (ret) {
		if (ramdisk_command_set)
			pr_warn("check access for rdinit=%s failed: %d, ignoring\n", ramdisk_execute_command, ret);
		ramdisk_execute_command = NULL;
		prepare_namespace();
	}
	integrity_load_keys();
	load_default_modules();
}

static noinline int run_init_process(const char *init_filename)
{
	argv_init[0] = init_filename;
	pr_info("Run %s as init process\n", init_filename);
	return kernel_execve(init_filename, argv_init, envp_init);
}

static noinline int try_to_run_init_process(const char *init_filename)
{
	int ret = run_init_process(init_filename);

	if (ret && ret != -ENOENT)
		pr_err("Starting init: %s exists but couldn't execute it (error %d)\n", init_filename, ret);
	return ret;
}

static noinline void mark_readonly(void)
{
	mark_rodata_ro();
}

/* pid 1: the same task is a kernel thread here and, once this returns, the init process. */
static int kernel_init(void *unused)
{
	int ret;

	wait_for_completion(&kthreadd_done);
	kernel_init_freeable();

	/* What still runs of the boot may be __init code. */
	async_synchronize_full();
	system_state = SYSTEM_FREEING_INITMEM;
	free_initmem();
	mark_readonly();
	pti_finalize();
	system_state = SYSTEM_RUNNING;
	rcu_end_inkernel_boot();
	do_sysctl_args();

	if (ramdisk_execute_command) {
		ret = run_init_process(ramdisk_execute_command);
		if (!ret)
			return 0;
		pr_err("Failed to execute %s (error %d)\n", ramdisk_execute_command, ret);
	}
	if (execute_command) {
		ret = run_init_process(execute_command);
		if (!ret)
			return 0;
		panic("Requested init %s failed (error %d).", execute_command, ret);
	}
	if (!try_to_run_init_process("/sbin/init") || !try_to_run_init_process("/etc/init") ||
	    !try_to_run_init_process("/bin/init") || !try_to_run_init_process("/bin/sh"))
		return 0;
	panic("No working init found.  Try passing init= option to kernel.");
}
