/*
 * The idle task's promise to watch TIF_NEED_RESCHED. While TIF_POLLING_NRFLAG
 * is up, setting that flag is enough and no interrupt need be sent; before the
 * hart waits for interrupts the promise is taken back, and the flag looked at
 * once more.
 */
#ifndef _LINUX_SCHED_IDLE_H
#define _LINUX_SCHED_IDLE_H

#include <linux/sched.h>

static inline void __current_set_polling(void)
{
	set_thread_flag(TIF_POLLING_NRFLAG);
}

static inline void __current_clr_polling(void)
{
	clear_thread_flag(TIF_POLLING_NRFLAG);
}

static inline bool __must_check current_clr_polling_and_test(void)
{
	__current_clr_polling();
	smp_mb();	/* the promise before the look: see set_nr_and_not_polling */
	return unlikely(need_resched());
}

#endif
