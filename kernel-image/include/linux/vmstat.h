/* Counters of what memory management does, per CPU; /proc/vmstat shows their sums. */
#ifndef _LINUX_VMSTAT_H
#define _LINUX_VMSTAT_H

#include <linux/percpu.h>

#define VM_EVENTS(x) x(PGALLOC, pgalloc) x(PGFREE, pgfree) x(PGFAULT, pgfault) x(PGMAJFAULT, pgmajfault) \
	x(PGSCAN_KSWAPD, pgscan_kswapd) x(PGSCAN_DIRECT, pgscan_direct) x(PGSTEAL_KSWAPD, pgsteal_kswapd) \
	x(PGSTEAL_DIRECT, pgsteal_direct) x(SLABS_SCANNED, slabs_scanned) x(PAGEOUTRUN, pageoutrun) \
	x(ALLOCSTALL, allocstall)

#define VM_EVENT_ENUM(id, name) id,
enum vm_event_item { VM_EVENTS(VM_EVENT_ENUM) NR_VM_EVENT_ITEMS };

struct vm_event_state {
	unsigned long event[NR_VM_EVENT_ITEMS];
};
DECLARE_PER_CPU(struct vm_event_state, vm_event_states);

static inline void count_vm_events(enum vm_event_item item, long delta)
{
	__atomic_fetch_add(&this_cpu(vm_event_states).event[item], delta, __ATOMIC_RELAXED);
}
#define count_vm_event(item) count_vm_events(item, 1)

#endif
