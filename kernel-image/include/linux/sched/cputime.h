/* How long tasks have run, in nanoseconds. */
#ifndef _LINUX_SCHED_CPUTIME_H
#define _LINUX_SCHED_CPUTIME_H

#include <linux/sched.h>

u64 task_sched_runtime(struct task_struct *p);
u64 process_sched_runtime(void);	/* all threads of current, those that are gone too */

#endif
