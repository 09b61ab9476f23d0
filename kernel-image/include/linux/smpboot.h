/* Threads of which every CPU has one. */
#ifndef _LINUX_SMPBOOT_H
#define _LINUX_SMPBOOT_H

#include <linux/list.h>
#include <linux/types.h>

struct task_struct;

struct smp_hotplug_thread {
	struct task_struct **store;	/* per-CPU */
	struct list_head list;
	int (*thread_should_run)(unsigned int cpu);
	void (*thread_fn)(unsigned int cpu);
	void (*create)(unsigned int cpu);	/* after creation, still parked */
	const char *thread_comm;
	bool selfparking;	/* it is not parked with the others when its CPU goes */
};

/* Creates the thread for the online CPUs now and for others when they come. */
int smpboot_register_percpu_thread(struct smp_hotplug_thread *plug_thread);
int smpboot_create_threads(unsigned int cpu);
int smpboot_unpark_threads(unsigned int cpu);
int smpboot_park_threads(unsigned int cpu);

#endif
