/* Lock debugging: the order in which locks are taken, how long they are held, and where they are forgotten. */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Part of each lock. Locks that one place initialises are of one class, and so is each that is defined by itself. */
struct lockdep_map {
	const char *name;
	const void *key;	/* of the class; NULL: this map */
	unsigned int class;	/* 0: not known yet */
};

#define LOCKDEP_MAP_INIT(lockname) { .name = #lockname }
#define lockdep_init_map(map, lockname, lockkey) (*(map) = (struct lockdep_map){ .name = lockname, .key = lockkey })

#define MAX_LOCK_DEPTH 8

struct held_lock {
	struct lockdep_map *map;
	unsigned long ip;	/* who took it */
	u64 since;		/* ns */
};

extern bool lockdep_enabled;	/* the command line says lockdep */
extern u64 lockdep_held_limit;	/* ns; for spinlocks it holds without lockdep, too */

void __lock_order(struct lockdep_map *map, unsigned long ip);
void __lock_acquired(struct lockdep_map *map, unsigned long ip);
void __lock_release(struct lockdep_map *map);
void __lockdep_no_locks_held(const char *when);

/* A module goes, and with it the locks whose keys lie there. */
void lockdep_free_key_range(const void *start, unsigned long size);

/* Before waiting for a lock; not for who only tries. */
static __always_inline void lock_order(struct lockdep_map *map, unsigned long ip)
{
	if (unlikely(lockdep_enabled))
		__lock_order(map, ip);
}

static __always_inline void lock_acquired(struct lockdep_map *map, unsigned long ip)
{
	if (unlikely(lockdep_enabled))
		__lock_acquired(map, ip);
}

static __always_inline void lock_release(struct lockdep_map *map)
{
	if (unlikely(lockdep_enabled))
		__lock_release(map);
}

/* Where a task must hold none. */
static __always_inline void lockdep_no_locks_held(const char *when)
{
	if (unlikely(lockdep_enabled))
		__lockdep_no_locks_held(when);
}

#endif
