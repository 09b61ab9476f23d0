/* The files of /proc about the whole system. */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include "internal.h"

static int uptime_show(struct seq_file *m, void *v)
{
	u64 up = ktime_get_ns(), idle = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		idle += get_idle_time_ns(cpu);
	seq_printf(m, "%lu.%02lu %lu.%02lu\n", up / NSEC_PER_SEC, up % NSEC_PER_SEC / 10000000, idle / NSEC_PER_SEC,
		   idle % NSEC_PER_SEC / 10000000);
	return 0;
}

static int loadavg_show(struct seq_file *m, void *v)
{
	unsigned long loads[3];
	struct task_struct *p, *t;
	int threads = 0, last = 0;

	get_avenrun(loads);
	read_lock(&tasklist_lock);
	for_each_process(p) {
		for_each_thread(p, t) {
			threads++;
			last = max(last, t->pid);
		}
	}
	read_unlock(&tasklist_lock);
	for (int i = 0; i < 3; i++) {
		unsigned long load = loads[i] + FIXED_1 / 200;

		seq_printf(m, "%lu.%02lu ", load >> FSHIFT, (load & (FIXED_1 - 1)) * 100 >> FSHIFT);
	}
	seq_printf(m, "%lu/%d %d\n", nr_running(), threads, last);
	return 0;
}

static void meminfo_line(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%-16s%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static int meminfo_show(struct seq_file *m, void *v)
{
	struct sysinfo_mem mem;

	si_meminfo(&mem);
	meminfo_line(m, "MemTotal:", mem.totalram);
	meminfo_line(m, "MemFree:", mem.freeram);
	meminfo_line(m, "MemAvailable:", mem.freeram + mem.cached - mem.dirty);
	meminfo_line(m, "Cached:", mem.cached);
	meminfo_line(m, "Dirty:", mem.dirty);
	meminfo_line(m, "Slab:", mem.slab);
	return 0;
}

struct cpu_times {
	u64 user, system, idle;
};

static void show_cpu(struct seq_file *m, const char *name, const struct cpu_times *t)
{
	const u64 tick = NSEC_PER_SEC / USER_HZ;

	seq_printf(m, "%s %lu 0 %lu %lu 0 0 0 0 0 0\n", name, t->user / tick, t->system / tick, t->idle / tick);
}

static u64 interrupts_on(int cpu)
{
	u64 sum = 0;

	for (int i = 0; i < NR_IRQS; i++)
		sum += irq_desc[i].kstat_irqs[cpu];
	return sum;
}

static int stat_show(struct seq_file *m, void *v)
{
	struct cpu_times sum = { 0 };
	u64 intr = 0;
	char name[16];
	int cpu;

	for_each_online_cpu(cpu) {
		sum.user += cpu_user_time_ns(cpu);
		sum.system += cpu_system_time_ns(cpu);
		sum.idle += get_idle_time_ns(cpu);
		intr += interrupts_on(cpu);
	}
	show_cpu(m, "cpu ", &sum);
	for_each_online_cpu(cpu) {
		struct cpu_times one = { cpu_user_time_ns(cpu), cpu_system_time_ns(cpu), get_idle_time_ns(cpu) };

		snprintf(name, sizeof(name), "cpu%d", cpu);
		show_cpu(m, name, &one);
	}
	seq_printf(m, "intr %lu\nctxt %lu\nbtime %ld\nprocesses %lu\nprocs_running %lu\nprocs_blocked 0\n", intr,
		   nr_context_switches(), ktime_get_real_seconds() - ktime_get_seconds(), total_forks, nr_running());
	return 0;
}

static int version_show(struct seq_file *m, void *v)
{
	seq_puts(m, linux_banner);
	return 0;
}

static int cmdline_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", saved_command_line);
	return 0;
}

static int interrupts_show(struct seq_file *m, void *v)
{
	int cpu;

	seq_puts(m, "     ");
	for_each_online_cpu(cpu)
		seq_printf(m, "       CPU%-3d", cpu);
	seq_putc(m, '\n');
	for (int i = 0; i < NR_IRQS; i++) {
		struct irq_desc *desc = &irq_desc[i];

		if (!desc->action)
			continue;
		seq_printf(m, "%3d: ", i);
		for_each_online_cpu(cpu)
			seq_printf(m, "%12lu ", desc->kstat_irqs[cpu]);
		seq_printf(m, " %s %4lu ", desc->irq_data.chip ? desc->irq_data.chip->name : "none", desc->irq_data.hwirq);
		for (struct irqaction *action = desc->action; action; action = action->next)
			seq_printf(m, " %s%s", action->name, action->next ? "," : "");
		seq_putc(m, '\n');
	}
	return 0;
}

static int filesystems_show(struct seq_file *m, void *v)
{
	seq_filesystems(m);
	return 0;
}

/* Name, live objects, room for objects, size, objects and pages of a slab. */
static int slabinfo_show(struct seq_file *m, void *v)
{
	struct slabinfo info;

	seq_puts(m, "slabinfo - version: 2.1\n"
		    "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>\n");
	for (unsigned int i = 0; get_slabinfo(i, &info); i++)
		seq_printf(m, "%-17s %6lu %6lu %6lu %4lu %4lu\n", info.name, info.active_objs, info.num_objs, info.objsize,
			   info.objperslab, info.pagesperslab);
	return 0;
}

static int __init proc_misc_init(void)
{
	static const struct {
		const char *name;
		int (*show)(struct seq_file *m, void *v);
	} files[] = {
		{ "uptime", uptime_show }, { "loadavg", loadavg_show }, { "meminfo", meminfo_show },
		{ "stat", stat_show }, { "version", version_show }, { "cmdline", cmdline_show },
		{ "interrupts", interrupts_show }, { "filesystems", filesystems_show },
		{ "slabinfo", slabinfo_show },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!proc_create_single(files[i].name, 0444, files[i].show))
			return -ENOMEM;
	return 0;
}
fs_initcall(proc_misc_init);
