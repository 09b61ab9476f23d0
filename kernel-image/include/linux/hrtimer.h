/* Timers with the resolution of the clock, run in interrupt context. */
#ifndef _LINUX_HRTIMER_H
#define _LINUX_HRTIMER_H

#include <linux/list.h>
#include <linux/time.h>
#include <linux/types.h>

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };

struct hrtimer {
	struct list_head node;
	ktime_t expires;
	enum hrtimer_restart (*function)(struct hrtimer *timer);
	int cpu;	/* on whose queue it is or last was */
};

void hrtimers_init(void);
void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer));
void hrtimer_start(struct hrtimer *timer, ktime_t expires);
bool hrtimer_cancel(struct hrtimer *timer);	/* afterwards the function runs nowhere */
static inline bool hrtimer_is_queued(const struct hrtimer *timer) { return !list_empty(&timer->node); }
/* For a function that returns HRTIMER_RESTART: the next multiple of interval that lies ahead. */
u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval);

/* For the tick, interrupts off. */
void hrtimer_run_queues(void);
ktime_t hrtimer_get_next_event(void);

/* The caller has set its state. 0 when the time has come (KTIME_MAX: never), -EINTR when it was woken before. */
int schedule_hrtimeout(ktime_t expires);

#endif
