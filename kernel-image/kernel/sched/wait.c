/* Wait queues. */
#include <linux/init.h>
#include <linux/wait.h>

#include "sched.h"

void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry)
{
	unsigned long flags;

	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	spin_lock_irqsave(&wq->lock, flags);
	list_add(&entry->entry, &wq->head);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_del(&entry->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

/* Exclusive waiters queue behind the others, so that a wake-up reaches all of those and then one of these. */
static void prepare(wait_queue_head_t *wq, wait_queue_entry_t *entry, int state, bool exclusive)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	if (exclusive)
		entry->flags |= WQ_FLAG_EXCLUSIVE;
	if (list_empty(&entry->entry)) {
		if (exclusive)
			list_add_tail(&entry->entry, &wq->head);
		else
			list_add(&entry->entry, &wq->head);
	}
	set_current_state(state);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *entry, int state)
{
	prepare(wq, entry, state, false);
}

void prepare_to_wait_exclusive(wait_queue_head_t *wq, wait_queue_entry_t *entry, int state)
{
	prepare(wq, entry, state, true);
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *entry)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

int autoremove_wake_function(wait_queue_entry_t *wq, unsigned int mode, int flags, void *key)
{
	int woken = default_wake_function(wq, mode, flags, key);

	if (woken)
		list_del_init(&wq->entry);
	return woken;
}

static void __wake_up_common(wait_queue_head_t *wq, unsigned int mode, int nr_exclusive, void *key)
{
	wait_queue_entry_t *curr, *next;

	list_for_each_entry_safe(curr, next, &wq->head, entry) {
		bool exclusive = curr->flags & WQ_FLAG_EXCLUSIVE;

		if (curr->func(curr, mode, 0, key) && exclusive && !--nr_exclusive)
			break;
	}
}

void __wake_up(wait_queue_head_t *wq, unsigned int mode, int nr_exclusive, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	__wake_up_common(wq, mode, nr_exclusive, key);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void __wake_up_locked(wait_queue_head_t *wq, unsigned int mode, int nr)
{
	__wake_up_common(wq, mode, nr, NULL);
}

/* Queues for waiting on any address, shared by hash. */
#define WAIT_TABLE_BITS 8
static wait_queue_head_t bit_wait_table[1 << WAIT_TABLE_BITS];

void __init wait_bit_init(void)
{
	for (int i = 0; i < 1 << WAIT_TABLE_BITS; i++)
		init_waitqueue_head(&bit_wait_table[i]);
}

wait_queue_head_t *__var_waitqueue(void *p)
{
	return &bit_wait_table[(unsigned long)p * 0x61C8864680B583EBUL >> (64 - WAIT_TABLE_BITS)];
}

void wake_up_var(void *var)
{
	wake_up_all(__var_waitqueue(var));
}
