/* Process identifiers: allocation, and finding tasks by them. */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#define PID_HASH_SIZE 256

struct pid_namespace {
	DECLARE_BITMAP(pidmap, PID_MAX_DEFAULT);
	int last;
	struct hlist_head hash[PID_HASH_SIZE];
	spinlock_t lock;
};

struct pid_namespace init_pid_ns;
static struct kmem_cache *pid_cachep;

/* pid 0, of the idle tasks: on no hash chain. */
struct pid init_struct_pid = { .count = REFCOUNT_INIT(1) };

void __init pid_idr_init(void)
{
	spin_lock_init(&init_pid_ns.lock);
	__set_bit(0, init_pid_ns.pidmap);
	pid_cachep = KMEM_CACHE(pid, SLAB_PANIC);
}

/* The next free number after the last one; after a turn not one of the first 300, they look like daemons. */
static int next_free(struct pid_namespace *ns)
{
	int nr = find_next_zero_bit(ns->pidmap, PID_MAX_DEFAULT, ns->last + 1);

	if (nr >= PID_MAX_DEFAULT)
		nr = find_next_zero_bit(ns->pidmap, PID_MAX_DEFAULT, RESERVED_PIDS);
	return nr >= PID_MAX_DEFAULT ? -EAGAIN : nr;
}

struct pid *alloc_pid(struct pid_namespace *ns)
{
	struct pid *pid = kmem_cache_zalloc(pid_cachep, GFP_KERNEL);
	int nr;

	if (!pid)
		return ERR_PTR(-ENOMEM);
	refcount_set(&pid->count, 1);
	spin_lock_irq(&ns->lock);
	nr = next_free(ns);
	if (nr > 0) {
		__set_bit(nr, ns->pidmap);
		ns->last = nr;
		pid->nr = nr;
		hlist_add_head(&pid->pid_chain, &ns->hash[nr % PID_HASH_SIZE]);
	}
	spin_unlock_irq(&ns->lock);
	if (nr < 0) {
		kmem_cache_free(pid_cachep, pid);
		return ERR_PTR(nr);
	}
	return pid;
}

struct pid *get_pid(struct pid *pid)
{
	if (pid)
		refcount_inc(&pid->count);
	return pid;
}

void put_pid(struct pid *pid)
{
	if (pid && refcount_dec_and_test(&pid->count))
		kmem_cache_free(pid_cachep, pid);
}

static void delayed_put_pid(struct rcu_head *rcu)
{
	put_pid(container_of(rcu, struct pid, rcu));
}

/* No task has it any more: the number is free; readers may still stand on the structure. */
void free_pid(struct pid *pid)
{
	unsigned long flags;

	spin_lock_irqsave(&init_pid_ns.lock, flags);
	hlist_del_rcu(&pid->pid_chain);
	__clear_bit(pid->nr, init_pid_ns.pidmap);
	spin_unlock_irqrestore(&init_pid_ns.lock, flags);
	call_rcu(&pid->rcu, delayed_put_pid);
}

void attach_pid(struct task_struct *task, enum pid_type type)
{
	hlist_add_head(&task->pid_links[type], &task->pids[type]->tasks[type]);
}

static void __change_pid(struct task_struct *task, enum pid_type type, struct pid *new)
{
	struct pid *pid = task->pids[type];

	if (!hlist_unhashed(&task->pid_links[type])) {
		hlist_del_rcu(&task->pid_links[type]);
		INIT_HLIST_NODE(&task->pid_links[type]);
	}
	task->pids[type] = new;
	if (pid == &init_struct_pid)
		return;
	for (int i = 0; i < PIDTYPE_MAX; i++)
		if (!hlist_empty(&pid->tasks[i]))
			return;
	free_pid(pid);
}

void detach_pid(struct task_struct *task, enum pid_type type)
{
	__change_pid(task, type, NULL);
}

void change_pid(struct task_struct *task, enum pid_type type, struct pid *pid)
{
	__change_pid(task, type, pid);
	attach_pid(task, type);
}

struct pid *find_pid_ns(int nr, struct pid_namespace *ns)
{
	struct pid *pid;

	if (nr <= 0 || nr >= PID_MAX_DEFAULT)
		return NULL;
	hlist_for_each_entry(pid, &ns->hash[nr % PID_HASH_SIZE], pid_chain)
		if (pid->nr == nr)
			return pid;
	return NULL;
}

struct pid *find_vpid(int nr)
{
	return find_pid_ns(nr, &init_pid_ns);
}

struct task_struct *pid_task(struct pid *pid, enum pid_type type)
{
	if (!pid)
		return NULL;
	return hlist_entry_safe(READ_ONCE(pid->tasks[type].first), struct task_struct, pid_links[type]);
}

struct task_struct *find_task_by_pid_ns(pid_t nr, struct pid_namespace *ns)
{
	return pid_task(find_pid_ns(nr, ns), PIDTYPE_PID);
}

struct task_struct *find_task_by_vpid(pid_t nr)
{
	return find_task_by_pid_ns(nr, &init_pid_ns);
}

struct task_struct *get_pid_task(struct pid *pid, enum pid_type type)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(pid, type);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

struct pid *find_get_pid(int nr)
{
	struct pid *pid;

	rcu_read_lock();
	pid = find_vpid(nr);
	if (pid && !refcount_inc_not_zero(&pid->count))
		pid = NULL;
	rcu_read_unlock();
	return pid;
}
