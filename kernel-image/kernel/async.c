/* Asynchronous function calls: each is a work on the unbound queue, known by a cookie that only grows. */
#include <linux/async.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct async_entry {
	struct list_head list;
	struct work_struct work;
	async_cookie_t cookie;
	async_func_t func;
	void *data;
};

static LIST_HEAD(async_pending);	/* by cookie */
static DEFINE_SPINLOCK(async_lock);
static DECLARE_WAIT_QUEUE_HEAD(async_done);
static async_cookie_t next_cookie = 1;

static void async_run_entry_fn(struct work_struct *work)
{
	struct async_entry *entry = container_of(work, struct async_entry, work);

	entry->func(entry->data, entry->cookie);
	spin_lock_irq(&async_lock);
	list_del(&entry->list);
	spin_unlock_irq(&async_lock);
	kfree(entry);
	wake_up_all(&async_done);
}

async_cookie_t async_schedule(async_func_t func, void *data)
{
	struct async_entry *entry = kzalloc(sizeof(*entry), GFP_ATOMIC);
	async_cookie_t cookie;
	unsigned long flags;

	spin_lock_irqsave(&async_lock, flags);
	cookie = next_cookie++;
	if (entry) {
		entry->cookie = cookie;
		entry->func = func;
		entry->data = data;
		INIT_WORK(&entry->work, async_run_entry_fn);
		list_add_tail(&entry->list, &async_pending);
	}
	spin_unlock_irqrestore(&async_lock, flags);
	if (entry)
		queue_work(system_unbound_wq, &entry->work);
	else
		func(data, cookie);
	return cookie;
}

static async_cookie_t lowest_in_progress(void)
{
	struct async_entry *first;
	async_cookie_t cookie;

	spin_lock_irq(&async_lock);
	first = list_first_entry_or_null(&async_pending, struct async_entry, list);
	cookie = first ? first->cookie : ~0UL;
	spin_unlock_irq(&async_lock);
	return cookie;
}

void async_synchronize_cookie(async_cookie_t cookie)
{
	wait_event(async_done, lowest_in_progress() >= cookie);
}

noinline void async_synchronize_full(void)
{
	async_synchronize_cookie(~0UL);
}
