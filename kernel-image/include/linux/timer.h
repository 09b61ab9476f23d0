/* Timers that call a function in softirq context at a jiffy. */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/jiffies.h>
#include <linux/list.h>

struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
	void (*function)(struct timer_list *t);
	unsigned int bucket;	/* of the wheel, while pending */
	int cpu;	/* the CPU on whose queue it is or last was */
};

#define from_timer(var, t, field) container_of(t, typeof(*var), field)
void timer_setup(struct timer_list *t, void (*fn)(struct timer_list *), unsigned int flags);
static inline bool timer_pending(const struct timer_list *t) { return !hlist_unhashed(&t->entry); }
int mod_timer(struct timer_list *t, unsigned long expires);
void add_timer(struct timer_list *t);
int del_timer(struct timer_list *t);
int del_timer_sync(struct timer_list *t);
void init_timers(void);

#endif
