/*
 * Futexes: wait on a word of user memory, and wake those who wait.
 *
 * A waiter is known by a key, in a hash of queues: (mm, address), or (inode, offset) where the memory is shared
 * between processes. The waiter queues itself before it looks at the word, and the waker changes the word before it
 * looks at the queue, each under the bucket's lock: no wake-up is lost. The word is read without the lock, as reading
 * may fault. A requeue moves a waiter to another bucket, so q->bucket is believed only under the lock it names.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_REQUEUE		3
#define FUTEX_CMP_REQUEUE	4
#define FUTEX_WAKE_OP		5
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10
#define FUTEX_PRIVATE_FLAG	128
#define FUTEX_CLOCK_REALTIME	256
#define FUTEX_WAITERS		0x80000000
#define FUTEX_OWNER_DIED	0x40000000
#define FUTEX_TID_MASK		0x3fffffff
#define FUTEX_BUCKETS		64
#define ROBUST_LIST_LIMIT	2048

struct futex_bucket {
	spinlock_t lock;
	struct list_head waiters;
};

struct futex_key {
	void *owner;			/* an mm or an inode */
	unsigned long offset;
};

struct futex_q {
	struct list_head list;
	struct futex_bucket *bucket;
	struct task_struct *task;
	struct futex_key key;
	u32 bitset;
	bool woken;
};

static struct futex_bucket buckets[FUTEX_BUCKETS];

static struct futex_bucket *hash_futex(const struct futex_key *key)
{
	return &buckets[(((unsigned long)key->owner >> 6) + (key->offset >> 2)) % FUTEX_BUCKETS];
}

static bool match(const struct futex_q *q, const struct futex_key *key)
{
	return q->key.owner == key->owner && q->key.offset == key->offset;
}

/* The inode whose pages lie there, referenced, or NULL for memory of this process alone. */
static struct inode *get_futex_key(u32 __user *uaddr, int op, struct futex_key *key)
{
	struct mm_struct *mm = current->mm;
	struct inode *inode = NULL;
	struct vm_area_struct *vma;

	*key = (struct futex_key){ mm, (unsigned long)uaddr };
	if (op & FUTEX_PRIVATE_FLAG)
		return NULL;
	mmap_read_lock(mm);
	vma = find_vma(mm, (unsigned long)uaddr);
	if (vma && vma->vm_start <= (unsigned long)uaddr && (vma->vm_flags & VM_SHARED) && vma->vm_file) {
		inode = igrab(file_inode(vma->vm_file));
		key->owner = inode;
		key->offset = (unsigned long)uaddr - vma->vm_start + (vma->vm_pgoff << PAGE_SHIFT);
	}
	mmap_read_unlock(mm);
	return inode;
}

static void put_futex_key(struct inode *inode)
{
	if (inode)
		iput(inode);
}

/* The bucket's lock is held. */
static void wake_futex(struct futex_q *q)
{
	struct task_struct *task = get_task_struct(q->task);

	list_del_init(&q->list);
	smp_store_release(&q->woken, true);	/* q is gone once its task sees this */
	wake_up_process(task);
	put_task_struct(task);
}

static int wake_key(const struct futex_key *key, int count, u32 bitset)
{
	struct futex_bucket *b = hash_futex(key);
	struct futex_q *q, *next;
	int woken = 0;

	spin_lock(&b->lock);
	list_for_each_entry_safe(q, next, &b->waiters, list) {
		if (woken >= count)
			break;
		if (!match(q, key) || !(q->bitset & bitset))
			continue;
		wake_futex(q);
		woken++;
	}
	spin_unlock(&b->lock);
	return woken;
}

static int do_futex_wake(u32 __user *uaddr, int op, int count, u32 bitset)
{
	struct futex_key key;
	struct inode *inode = get_futex_key(uaddr, op, &key);
	int woken = wake_key(&key, count, bitset);

	put_futex_key(inode);
	return woken;
}

int futex_wake(u32 __user *uaddr, int count, u32 bitset)
{
	return do_futex_wake(uaddr, 0, count, bitset);
}

static void queue_me(struct futex_q *q, struct futex_bucket *b)
{
	q->bucket = b;
	list_add_tail(&q->list, &b->waiters);
}

static void unqueue_me(struct futex_q *q)
{
	for (;;) {
		struct futex_bucket *b = READ_ONCE(q->bucket);
		bool same;

		spin_lock(&b->lock);
		same = b == q->bucket;
		if (same)
			list_del_init(&q->list);
		spin_unlock(&b->lock);
		if (same)
			return;
	}
}

static long futex_wait(u32 __user *uaddr, int op, u32 val, ktime_t deadline, u32 bitset)
{
	struct futex_q q = { .task = current, .bitset = bitset };
	struct inode *inode = get_futex_key(uaddr, op, &q.key);
	struct futex_bucket *b = hash_futex(&q.key);
	long ret = 0;
	u32 now;

	spin_lock(&b->lock);
	queue_me(&q, b);
	spin_unlock(&b->lock);
	if (get_user(now, uaddr))
		ret = -EFAULT;
	else if (now != val)
		ret = -EAGAIN;
	while (!ret) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (smp_load_acquire(&q.woken))
			break;
		if (deadline != KTIME_MAX && deadline <= ktime_get())
			ret = -ETIMEDOUT;
		else if (signal_pending(current))
			ret = deadline != KTIME_MAX ? -EINTR : -ERESTARTSYS;
		else
			schedule_hrtimeout(deadline);
	}
	__set_current_state(TASK_RUNNING);
	unqueue_me(&q);
	put_futex_key(inode);
	return q.woken ? 0 : ret;
}

static void lock_both(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_lock(a < b ? &a->lock : &b->lock);
	if (a != b)
		spin_lock(a < b ? &b->lock : &a->lock);
}

static void unlock_both(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/* Wakes `wake` waiters of the first word and moves up to `move` others to the second. The first must hold *cmp. */
static long futex_requeue(u32 __user *uaddr, u32 __user *uaddr2, int op, int wake, int move, const u32 *cmp)
{
	struct futex_key key, key2;
	struct inode *inode = get_futex_key(uaddr, op, &key), *inode2 = get_futex_key(uaddr2, op, &key2);
	struct futex_bucket *b = hash_futex(&key), *b2 = hash_futex(&key2);
	struct futex_q *q, *next;
	long ret = 0;
	int done = 0;
	u32 now;

	if (cmp && get_user(now, uaddr))
		ret = -EFAULT;
	else if (cmp && now != *cmp)
		ret = -EAGAIN;
	if (ret)
		goto out;
	lock_both(b, b2);
	list_for_each_entry_safe(q, next, &b->waiters, list) {
		if (!match(q, &key) || done >= wake + move)
			continue;
		if (done++ < wake) {
			wake_futex(q);
			continue;
		}
		list_del(&q->list);
		q->key = key2;
		queue_me(q, b2);
	}
	unlock_both(b, b2);
	ret = cmp || done < wake ? done : wake;
out:
	put_futex_key(inode);
	put_futex_key(inode2);
	return ret;
}

/* Changes the second word by the operation in `code`, wakes of the first, and of the second if its old value compares. */
static long futex_wake_op(u32 __user *uaddr, u32 __user *uaddr2, int op, int wake, int wake2, u32 code)
{
	int operation = code >> 28 & 7, compare = code >> 24 & 15;
	s32 arg = (s32)(code << 8) >> 20, against = (s32)(code << 20) >> 20;
	u32 old, new, seen;
	bool also;
	long ret;

	if (code >> 31)
		arg = 1 << (arg & 31);
	if (get_user(seen, uaddr2))
		return -EFAULT;
	do {
		old = seen;
		switch (operation) {
		case 0: new = arg; break;
		case 1: new = old + arg; break;
		case 2: new = old | arg; break;
		case 3: new = old & ~arg; break;
		case 4: new = old ^ arg; break;
		default: return -ENOSYS;
		}
		if (futex_atomic_cmpxchg(uaddr2, old, new, &seen))
			return -EFAULT;
	} while (seen != old);
	switch (compare) {
	case 0: also = (s32)old == against; break;
	case 1: also = (s32)old != against; break;
	case 2: also = (s32)old < against; break;
	case 3: also = (s32)old <= against; break;
	case 4: also = (s32)old > against; break;
	case 5: also = (s32)old >= against; break;
	default: return -ENOSYS;
	}
	ret = do_futex_wake(uaddr, op, wake, FUTEX_BITSET_MATCH_ANY);
	return also ? ret + do_futex_wake(uaddr2, op, wake2, FUTEX_BITSET_MATCH_ANY) : ret;
}

/* FUTEX_WAIT's time is relative, FUTEX_WAIT_BITSET's absolute. */
static ktime_t timeout_base(int op)
{
	ktime_t now = ktime_get();

	if ((op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) == FUTEX_WAIT)
		return now;
	return op & FUTEX_CLOCK_REALTIME ? now - ktime_get_real() : 0;
}

SYSCALL_DEFINE6(futex, u32 __user *, uaddr, int, op, u32, val, const struct timespec64 __user *, utime,
		u32 __user *, uaddr2, u32, val3)
{
	u32 val2 = (u32)(unsigned long)utime;
	ktime_t deadline;
	long ret;

	if ((unsigned long)uaddr % sizeof(u32))
		return -EINVAL;
	switch (op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) {
	case FUTEX_WAIT:
		val3 = FUTEX_BITSET_MATCH_ANY;
		/* fallthrough */
	case FUTEX_WAIT_BITSET:
		ret = val3 ? get_deadline(utime, timeout_base(op), &deadline) : -EINVAL;
		return ret ? ret : futex_wait(uaddr, op, val, deadline, val3);
	case FUTEX_WAKE:
		val3 = FUTEX_BITSET_MATCH_ANY;
		/* fallthrough */
	case FUTEX_WAKE_BITSET:
		return val3 ? do_futex_wake(uaddr, op, val, val3) : -EINVAL;
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, uaddr2, op, val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, uaddr2, op, val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, op, val, val2, val3);
	default:
		return -ENOSYS;
	}
}

SYSCALL_DEFINE2(set_robust_list, struct robust_list_head __user *, head, size_t, len)
{
	if (len != sizeof(*head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

SYSCALL_DEFINE3(get_robust_list, int, pid, struct robust_list_head __user **, head, size_t __user *, len)
{
	struct robust_list_head __user *found = NULL;
	struct task_struct *task;
	int ret = -ESRCH;

	read_lock(&tasklist_lock);
	task = pid ? find_task_by_vpid(pid) : current;
	if (task) {
		ret = task->mm == current->mm || capable_root() ? 0 : -EPERM;
		found = task->robust_list;
	}
	read_unlock(&tasklist_lock);
	if (ret)
		return ret;
	return put_user(found, head) || put_user(sizeof(*found), len) ? -EFAULT : 0;
}

/* The owner is gone: the word says so, and one waiter gets it. */
static void handle_futex_death(u32 __user *uaddr)
{
	u32 seen, old;

	if ((unsigned long)uaddr % sizeof(u32) || get_user(seen, uaddr))
		return;
	do {
		old = seen;
		if ((old & FUTEX_TID_MASK) != (u32)task_pid_vnr(current) ||
		    futex_atomic_cmpxchg(uaddr, old, (old & FUTEX_WAITERS) | FUTEX_OWNER_DIED, &seen))
			return;
	} while (seen != old);
	if (old & FUTEX_WAITERS)
		futex_wake(uaddr, 1, FUTEX_BITSET_MATCH_ANY);
}

/* Walks the list of mutexes that current holds as it lets go of its memory. Bit 0 of a pointer marks a kind not kept here. */
void exit_robust_list(void)
{
	struct robust_list_head __user *head = current->robust_list;
	unsigned long entry, next, pending;
	long offset;

	current->robust_list = NULL;
	if (get_user(next, &head->next) || get_user(offset, &head->futex_offset) || get_user(pending, &head->pending))
		return;
	for (int n = 0; next != (unsigned long)head && n < ROBUST_LIST_LIMIT; n++) {
		entry = next & ~1UL;
		if (get_user(next, (unsigned long __user *)entry))
			return;		/* read before the mutex can be taken, and its memory freed */
		if (entry != (pending & ~1UL))
			handle_futex_death((u32 __user *)(entry + offset));
	}
	if (pending & ~1UL)
		handle_futex_death((u32 __user *)((pending & ~1UL) + offset));
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
