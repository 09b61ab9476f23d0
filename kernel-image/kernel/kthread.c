/* Kernel threads: kthreadd (pid 2) creates them on request, so that each begins with a clean context. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

struct kthread_create_info {
	int (*threadfn)(void *data);
	void *data;
	struct task_struct *result;
	struct completion done;
	struct list_head list;
	char comm[TASK_COMM_LEN];
};

enum { KTHREAD_SHOULD_STOP, KTHREAD_SHOULD_PARK, KTHREAD_IS_PER_CPU };

/* What worker_private of a kernel thread points to. */
struct kthread {
	unsigned long flags;
	unsigned int cpu;
	int result;
	void *data;		/* set_kthread_data */
	struct completion parked, exited;
};

static DEFINE_SPINLOCK(kthread_create_lock);
static LIST_HEAD(kthread_create_list);
struct task_struct *kthreadd_task;

static struct kthread *to_kthread(struct task_struct *k)
{
	return k->worker_private;
}

void free_kthread_struct(struct task_struct *k)
{
	if (k->flags & PF_KTHREAD)
		kfree(to_kthread(k));
}

void set_kthread_data(struct task_struct *k, void *data)
{
	to_kthread(k)->data = data;
}

void *kthread_data(struct task_struct *k)
{
	return to_kthread(k)->data;
}

bool kthread_should_stop(void)
{
	return test_bit(KTHREAD_SHOULD_STOP, &to_kthread(current)->flags);
}

bool kthread_should_park(void)
{
	return test_bit(KTHREAD_SHOULD_PARK, &to_kthread(current)->flags);
}

void kthread_parkme(void)
{
	struct kthread *self = to_kthread(current);

	for (;;) {
		/* The state first: kthread_unpark clears the bit and then wakes what is TASK_PARKED. */
		set_current_state(TASK_PARKED);
		if (!test_bit(KTHREAD_SHOULD_PARK, &self->flags))
			break;
		preempt_disable();
		complete(&self->parked);
		schedule_preempt_disabled();
		preempt_enable();
	}
	__set_current_state(TASK_RUNNING);
}

static int kthread(void *_create)
{
	struct kthread_create_info *create = _create;
	int (*threadfn)(void *data) = create->threadfn;
	void *data = create->data;
	struct kthread *self = kzalloc(sizeof(*self), GFP_KERNEL);
	int ret = -EINTR;

	if (!self) {
		create->result = ERR_PTR(-ENOMEM);
		complete(&create->done);
		do_exit(-ENOMEM);
	}
	init_completion(&self->parked);
	init_completion(&self->exited);
	current->worker_private = self;
	strscpy(current->comm, create->comm, sizeof(current->comm));

	/* Sleeps until its creator wakes it; the creator may bind it to a CPU first. */
	__set_current_state(TASK_UNINTERRUPTIBLE);
	create->result = current;
	preempt_disable();
	complete(&create->done);
	schedule_preempt_disabled();
	preempt_enable();

	if (!test_bit(KTHREAD_SHOULD_STOP, &self->flags)) {
		if (test_bit(KTHREAD_SHOULD_PARK, &self->flags))
			kthread_parkme();
		ret = threadfn(data);
	}
	kthread_exit(ret);
}

void kthread_exit(long result)
{
	struct kthread *self = to_kthread(current);

	self->result = result;
	complete(&self->exited);
	do_exit(0);
}

void kthread_complete_and_exit(struct completion *comp, long result)
{
	if (comp)
		complete(comp);
	kthread_exit(result);
}

static noinline void create_kthread(struct kthread_create_info *create)
{
	int pid = kernel_thread(kthread, create, CLONE_FS | CLONE_FILES | SIGCHLD);

	if (pid < 0) {
		create->result = ERR_PTR(pid);
		complete(&create->done);
	}
}

struct task_struct *kthread_create_on_node(int (*fn)(void *), void *data, int node, const char *namefmt, ...)
{
	struct kthread_create_info create = { .threadfn = fn, .data = data };
	va_list args;

	va_start(args, namefmt);
	vsnprintf(create.comm, sizeof(create.comm), namefmt, args);
	va_end(args);
	init_completion(&create.done);
	spin_lock(&kthread_create_lock);
	list_add_tail(&create.list, &kthread_create_list);
	spin_unlock(&kthread_create_lock);
	wake_up_process(kthreadd_task);
	wait_for_completion(&create.done);
	return create.result;
}

/*
 * Waits until it is off its CPU, then it can be given another. It has told us
 * with preemption off, right before schedule(), so this is a matter of moments.
 */
static void wait_task_inactive(struct task_struct *k)
{
	while (READ_ONCE(k->on_rq) || smp_load_acquire(&k->on_cpu))
		cpu_relax();
}

void kthread_bind(struct task_struct *k, unsigned int cpu)
{
	unsigned long flags;

	wait_task_inactive(k);
	spin_lock_irqsave(&k->pi_lock, flags);
	cpumask_copy(&k->cpus_mask, cpumask_of(cpu));
	k->nr_cpus_allowed = 1;
	k->flags |= PF_NO_SETAFFINITY;
	spin_unlock_irqrestore(&k->pi_lock, flags);
}

/* namefmt takes the CPU's number. */
struct task_struct *kthread_create_on_cpu(int (*fn)(void *), void *data, unsigned int cpu, const char *namefmt)
{
	struct task_struct *p;
	char name[TASK_COMM_LEN];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(name, sizeof(name), namefmt, cpu);
#pragma GCC diagnostic pop
	p = kthread_create(fn, data, "%s", name);
	if (IS_ERR(p))
		return p;
	kthread_bind(p, cpu);
	set_bit(KTHREAD_IS_PER_CPU, &to_kthread(p)->flags);
	to_kthread(p)->cpu = cpu;
	return p;
}

int kthread_park(struct task_struct *k)
{
	struct kthread *kthread = to_kthread(k);

	if (test_and_set_bit(KTHREAD_SHOULD_PARK, &kthread->flags))
		return -EBUSY;
	if (k != current) {
		wake_up_process(k);
		wait_for_completion(&kthread->parked);
		wait_task_inactive(k);
	}
	return 0;
}

void kthread_unpark(struct task_struct *k)
{
	struct kthread *kthread = to_kthread(k);

	reinit_completion(&kthread->parked);
	clear_bit(KTHREAD_SHOULD_PARK, &kthread->flags);
	smp_mb();
	wake_up_state(k, TASK_PARKED);
}

int kthread_stop(struct task_struct *k)
{
	struct kthread *kthread = to_kthread(k);
	int ret;

	get_task_struct(k);
	set_bit(KTHREAD_SHOULD_STOP, &kthread->flags);
	if (test_bit(KTHREAD_SHOULD_PARK, &kthread->flags))
		kthread_unpark(k);
	wake_up_process(k);
	wait_for_completion(&kthread->exited);
	ret = kthread->result;
	put_task_struct(k);
	return ret;
}

int kthreadd(void *unused)
{
	struct task_struct *tsk = current;

	set_task_comm(tsk, "kthreadd");
	ignore_signals(tsk);
	set_cpus_allowed_ptr(tsk, cpu_possible_mask);
	tsk->flags |= PF_NOFREEZE;
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (list_empty(&kthread_create_list))
			schedule();
		__set_current_state(TASK_RUNNING);

		spin_lock(&kthread_create_lock);
		while (!list_empty(&kthread_create_list)) {
			struct kthread_create_info *create =
				list_first_entry(&kthread_create_list, struct kthread_create_info, list);

			list_del_init(&create->list);
			spin_unlock(&kthread_create_lock);
			create_kthread(create);
			spin_lock(&kthread_create_lock);
		}
		spin_unlock(&kthread_create_lock);
	}
}
