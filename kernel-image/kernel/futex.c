/*
 * Futexes: wait on a word of user memory, and wake those who wait.
 *
 * A waiter is known by (mm, address) in a hash of queues. The waiter queues
 * itself before it looks at the word, and the waker changes the word before it
 * looks at the queue, each under the bucket's lock: no wake-up is lost. The
 * word is read without the lock, as reading may fault.
 */
#include <linux/futex.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10
#define FUTEX_PRIVATE_FLAG	128
#define FUTEX_CLOCK_REALTIME	256
#define FUTEX_BUCKETS		64

struct futex_bucket {
	spinlock_t lock;
	struct list_head waiters;
};

struct futex_q {
	struct list_head list;
	struct task_struct *task;
	struct mm_struct *mm;
	u32 __user *uaddr;
	u32 bitset;
	bool woken;
};

static struct futex_bucket buckets[FUTEX_BUCKETS];

static struct futex_bucket *hash_futex(u32 __user *uaddr)
{
	struct futex_bucket *b = &buckets[((unsigned long)uaddr >> 2) % FUTEX_BUCKETS];

	return b;
}

int futex_wake(u32 __user *uaddr, int count, u32 bitset)
{
	struct futex_bucket *b = hash_futex(uaddr);
	struct futex_q *q, *next;
	int woken = 0;

	spin_lock(&b->lock);
	list_for_each_entry_safe(q, next, &b->waiters, list) {
		struct task_struct *task = q->task;

		if (woken >= count)
			break;
		if (q->mm != current->mm || q->uaddr != uaddr || !(q->bitset & bitset))
			continue;
		list_del_init(&q->list);
		get_task_struct(task);
		WRITE_ONCE(q->woken, true);
		wake_up_process(task);
		put_task_struct(task);
		woken++;
	}
	spin_unlock(&b->lock);
	return woken;
}

static long futex_wait(u32 __user *uaddr, u32 val, ktime_t deadline, u32 bitset)
{
	struct futex_bucket *b = hash_futex(uaddr);
	struct futex_q q = { .task = current, .mm = current->mm, .uaddr = uaddr, .bitset = bitset };
	long ret = 0;
	u32 now;

	spin_lock(&b->lock);
	list_add_tail(&q.list, &b->waiters);
	spin_unlock(&b->lock);
	if (get_user(now, uaddr))
		ret = -EFAULT;
	else if (now != val)
		ret = -EAGAIN;
	while (!ret) {
		ktime_t left = deadline ? deadline - ktime_get() : 1;
		struct timespec64 ts = ns_to_timespec64(left);

		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(q.woken))
			break;
		if (left <= 0)
			ret = -ETIMEDOUT;
		else if (signal_pending(current))
			ret = deadline ? -EINTR : -ERESTARTSYS;
		else
			schedule_timeout(deadline ? timespec64_to_jiffies(&ts) : MAX_SCHEDULE_TIMEOUT);
	}
	__set_current_state(TASK_RUNNING);
	spin_lock(&b->lock);
	list_del_init(&q.list);
	spin_unlock(&b->lock);
	return q.woken ? 0 : ret;
}

SYSCALL_DEFINE6(futex, u32 __user *, uaddr, int, op, u32, val, const struct timespec64 __user *, utime,
		u32 __user *, uaddr2, u32, val3)
{
	int cmd = op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	ktime_t deadline = 0;
	struct timespec64 ts;

	if ((unsigned long)uaddr % sizeof(u32))
		return -EINVAL;
	if (cmd == FUTEX_WAIT || cmd == FUTEX_WAKE)
		val3 = ~0U;
	if (!val3)
		return -EINVAL;
	if (cmd == FUTEX_WAKE || cmd == FUTEX_WAKE_BITSET)
		return futex_wake(uaddr, val, val3);
	if (cmd != FUTEX_WAIT && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	if (utime) {
		if (copy_from_user(&ts, utime, sizeof(ts)))
			return -EFAULT;
		if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NSEC_PER_SEC)
			return -EINVAL;
		deadline = timespec64_to_ns(&ts);
		/* FUTEX_WAIT's time is relative, FUTEX_WAIT_BITSET's absolute. */
		if (cmd == FUTEX_WAIT)
			deadline += ktime_get();
		else if (op & FUTEX_CLOCK_REALTIME)
			deadline -= ktime_get_real() - ktime_get();
		deadline = max(deadline, (ktime_t)1);
	}
	return futex_wait(uaddr, val, deadline, val3);
}

static int __init futex_init(void)
{
	for (int i = 0; i < FUTEX_BUCKETS; i++) {
		spin_lock_init(&buckets[i].lock);
		INIT_LIST_HEAD(&buckets[i].waiters);
	}
	return 0;
}
core_initcall(futex_init);
