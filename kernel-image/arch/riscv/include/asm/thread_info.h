/* The first part of task_struct: what the entry code reaches through tp. */
#ifndef _ASM_THREAD_INFO_H
#define _ASM_THREAD_INFO_H

#include <asm/page.h>

#define TIF_SIGPENDING 0	/* a signal waits */
#define TIF_NEED_RESCHED 1	/* another task should run */
#define TIF_NOTIFY_RESUME 2
#define TIF_RESTORE_SIGMASK 3	/* saved_sigmask is to be put back */
#define TIF_POLLING_NRFLAG 4	/* idle, watching TIF_NEED_RESCHED: no IPI needed */
#define _TIF_SIGPENDING (1 << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED (1 << TIF_NEED_RESCHED)
#define _TIF_NOTIFY_RESUME (1 << TIF_NOTIFY_RESUME)
#define _TIF_POLLING_NRFLAG (1 << TIF_POLLING_NRFLAG)
#define _TIF_WORK_MASK (_TIF_SIGPENDING | _TIF_NEED_RESCHED | _TIF_NOTIFY_RESUME)

#ifndef __ASSEMBLY__
struct thread_info {
	unsigned long flags;	/* TIF_* bits */
	int preempt_count;	/* 0: preemptible; see linux/preempt.h */
	int cpu;
	unsigned long kernel_sp; /* stack top while the task is in user mode */
	unsigned long user_sp;	/* scratch of the trap entry */
};
#endif

#endif
