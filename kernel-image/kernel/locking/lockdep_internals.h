/* What the two halves of lock debugging share: the classes and their order, and the spinlocks held. */
#ifndef _LOCKDEP_INTERNALS_H
#define _LOCKDEP_INTERNALS_H

#include <linux/lockdep.h>

/* How locks of a class have been taken; each that is even rules out the one after it. */
enum lock_usage { USED_IN_HARDIRQ, USED_HARDIRQS_ON, USED_IN_SOFTIRQ, USED_SOFTIRQS_ON, NR_LOCK_USAGES };

bool lockdep_register(struct lockdep_map *map);	/* false: not watched */
bool lockdep_check_order(const struct held_lock *held, struct lockdep_map *map, unsigned long ip);
void lockdep_check_irq(struct lockdep_map *map, unsigned long ip, enum lock_usage usage);
void lockdep_check_time(const struct held_lock *held);
void lockdep_turn_off(const char *what);
void lockdep_flush(void);	/* prints the reports; the caller holds no spinlock */

/* For what spins: before waiting for it, when it is taken, and before and after it is let go of. */
void lockdep_spin_order(struct lockdep_map *map, unsigned long ip);
void lockdep_spin_acquired(struct lockdep_map *map, unsigned long ip, bool read);
void lockdep_spin_release(struct lockdep_map *map);
void lockdep_spin_flush(void);

#endif
