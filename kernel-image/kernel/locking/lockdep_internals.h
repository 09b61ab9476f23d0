/* What the two halves of lock debugging share: the classes and their order, and the spinlocks held. */
#ifndef _LOCKDEP_INTERNALS_H
#define _LOCKDEP_INTERNALS_H

#include <linux/lockdep.h>

bool lockdep_register(struct lockdep_map *map);	/* false: not watched */
bool lockdep_check_order(const struct held_lock *held, struct lockdep_map *map, unsigned long ip);
void lockdep_check_irq(struct lockdep_map *map, unsigned long ip, bool in_hardirq);
void lockdep_check_time(const struct held_lock *held);
void lockdep_turn_off(const char *what);
void lockdep_flush(void);	/* prints the reports; the caller holds no spinlock */

#endif
