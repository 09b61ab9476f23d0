/* Wait queues: tasks that sleep until a condition holds. */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/sched.h>

struct wait_queue_entry;
typedef struct wait_queue_entry wait_queue_entry_t;
typedef int (*wait_queue_func_t)(wait_queue_entry_t *wq, unsigned int mode, int flags, void *key);

#define WQ_FLAG_EXCLUSIVE 1

struct wait_queue_entry {
	unsigned int flags;
	void *private;
	wait_queue_func_t func;
	struct list_head entry;
};

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { __SPIN_LOCK_UNLOCKED((name).lock), LIST_HEAD_INIT((name).head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DEFINE_WAIT_FUNC(name, fn) \
	wait_queue_entry_t name = { 0, current, fn, LIST_HEAD_INIT((name).entry) }
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)

static inline void __init_waitqueue_head(wait_queue_head_t *wq, const char *name)
{
	__spin_lock_init(&wq->lock, name);
	INIT_LIST_HEAD(&wq->head);
}

#define init_waitqueue_head(wq) do {			\
	static const char __name[] = #wq;		\
	__init_waitqueue_head(wq, __name);		\
} while (0)

static inline bool waitqueue_active(wait_queue_head_t *wq) { return !list_empty(&wq->head); }

int default_wake_function(wait_queue_entry_t *wq, unsigned int mode, int flags, void *key);
int autoremove_wake_function(wait_queue_entry_t *wq, unsigned int mode, int flags, void *key);
void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry);
void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry);
void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *entry, int state);
void prepare_to_wait_exclusive(wait_queue_head_t *wq, wait_queue_entry_t *entry, int state);
void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *entry);
void __wake_up(wait_queue_head_t *wq, unsigned int mode, int nr_exclusive, void *key);
void __wake_up_locked(wait_queue_head_t *wq, unsigned int mode, int nr);

#define wake_up(wq) __wake_up(wq, TASK_NORMAL, 1, NULL)
#define wake_up_all(wq) __wake_up(wq, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible_all(wq) __wake_up(wq, TASK_INTERRUPTIBLE, 0, NULL)

/* The condition is tested after the state is set, so a wake-up between test and schedule is not lost. */
#define ___wait_event(wq, condition, state, excl, body) ({		\
	long _ret = 0;							\
	DEFINE_WAIT(_wait);						\
	for (;;) {							\
		if (excl)						\
			prepare_to_wait_exclusive(&(wq), &_wait, state); \
		else							\
			prepare_to_wait(&(wq), &_wait, state);		\
		if (condition)						\
			break;						\
		if ((state) == TASK_INTERRUPTIBLE && signal_pending(current)) { \
			_ret = -ERESTARTSYS;				\
			break;						\
		}							\
		body;							\
	}								\
	finish_wait(&(wq), &_wait);					\
	_ret;								\
})

#define wait_event(wq, condition) do {					\
	if (!(condition))						\
		(void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, 0, schedule()); \
} while (0)

#define wait_event_interruptible(wq, condition) ({			\
	int _r = 0;							\
	if (!(condition))						\
		_r = ___wait_event(wq, condition, TASK_INTERRUPTIBLE, 0, schedule()); \
	_r;								\
})

/* Jiffies left (at least 1) when the condition came true, 0 after the time-out. */
#define wait_event_timeout(wq, condition, timeout) ({			\
	long _left = (timeout);						\
	bool _ok = (condition);						\
	if (!_ok)							\
		(void)___wait_event(wq, (_ok = (condition)) || !_left,	\
				    TASK_UNINTERRUPTIBLE, 0, _left = schedule_timeout(_left)); \
	_ok ? (_left ? _left : 1) : 0;					\
})

/* The same, or -ERESTARTSYS when a signal came first. */
#define wait_event_interruptible_timeout(wq, condition, timeout) ({	\
	long _left = (timeout), _r = 0;					\
	bool _ok = (condition);						\
	if (!_ok)							\
		_r = ___wait_event(wq, (_ok = (condition)) || !_left,	\
				   TASK_INTERRUPTIBLE, 0, _left = schedule_timeout(_left)); \
	_r ? _r : _ok ? (_left ? _left : 1) : 0;			\
})

/* Waiting on a variable that has no queue of its own; whoever changes it calls wake_up_var. */
wait_queue_head_t *__var_waitqueue(void *p);
void wake_up_var(void *var);
#define wait_var_event(var, condition) wait_event(*__var_waitqueue(var), condition)

#endif
