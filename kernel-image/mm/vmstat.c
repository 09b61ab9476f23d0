/* Memory management's counters, its files in /proc, and the workqueue for work that belongs to one CPU. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

DEFINE_PER_CPU(struct vm_event_state, vm_event_states);
struct workqueue_struct *mm_percpu_wq;

static int vmstat_show(struct seq_file *m, void *v)
{
#define VM_EVENT_NAME(id, name) #name,
	static const char *const names[] = { VM_EVENTS(VM_EVENT_NAME) };

	seq_printf(m, "nr_free_pages %lu\nnr_file_pages %lu\n", nr_free_pages(), contig_page_data.lruvec.nr_pages);
	for (int i = 0; i < NR_VM_EVENT_ITEMS; i++) {
		unsigned long sum = 0;
		int cpu;

		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu(vm_event_states, cpu).event[i]);
		seq_printf(m, "%s %lu\n", names[i], sum);
	}
	return 0;
}

/* How many free blocks there are of each order. */
static int buddyinfo_show(struct seq_file *m, void *v)
{
	seq_printf(m, "Node 0, zone %8s", contig_zone.name);
	for (int order = 0; order <= MAX_ORDER; order++)
		seq_printf(m, " %6lu", contig_zone.free_area[order].nr_free);
	seq_putc(m, '\n');
	return 0;
}

static int zoneinfo_show(struct seq_file *m, void *v)
{
	struct zone *zone = &contig_zone;

	seq_printf(m, "Node 0, zone %8s\n  pages free     %lu\n        min      %lu\n        low      %lu\n        high     %lu\n",
		   zone->name, zone->nr_free, zone->watermark[WMARK_MIN], zone->watermark[WMARK_LOW],
		   zone->watermark[WMARK_HIGH]);
	return 0;
}

/* The queue has a rescuer: it is needed when there is no memory. */
void __init init_mm_internals(void)
{
	mm_percpu_wq = alloc_workqueue("mm_percpu_wq", WQ_MEM_RECLAIM);
	if (!mm_percpu_wq)
		panic("mm: no memory for mm_percpu_wq");
	proc_create_single("vmstat", 0444, vmstat_show);
	proc_create_single("buddyinfo", 0444, buddyinfo_show);
	proc_create_single("zoneinfo", 0444, zoneinfo_show);
}
