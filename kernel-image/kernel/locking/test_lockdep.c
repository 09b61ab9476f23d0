/*
 * Makes each mistake that lock debugging finds, when the kernel was started with lockdep.
 *
 *   modprobe test_lockdep provoke=order|chain|long|user|atomic|spin|spinorder|irq|softirq|readers|spinlong
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

static char *provoke = "";
module_param(provoke, charp, 0444);
MODULE_PARM_DESC(provoke, "which mistake");

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DECLARE_RWSEM(lock_c);
static DEFINE_MUTEX(lock_kept);

static noinline void take_a_then_b(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);
}

static noinline void take_b_then_a(void)
{
	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static noinline void take_b_then_c(void)
{
	mutex_lock(&lock_b);
	down_read(&lock_c);
	up_read(&lock_c);
	mutex_unlock(&lock_b);
}

static noinline void take_c_then_a(void)
{
	down_write(&lock_c);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	up_write(&lock_c);
}

static noinline void hold_long(void)
{
	mutex_lock(&lock_a);
	schedule_timeout_uninterruptible(msecs_to_jiffies(100));
	mutex_unlock(&lock_a);
}

static noinline void sleep_in_atomic_context(void)
{
	preempt_disable();
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	preempt_enable();
}

static DEFINE_SPINLOCK(spin_a);
static DECLARE_COMPLETION(spin_taken);

#define LONGEST_HOLD_MS 20000

/* Holds on until the one who waits has complained. */
static int hold_spinlock(void *unused)
{
	spin_lock(&spin_a);
	WRITE_ONCE(spin_lockup_suspected, NULL);
	complete(&spin_taken);
	for (int ms = 0; READ_ONCE(spin_lockup_suspected) != &spin_a && ms < LONGEST_HOLD_MS; ms++)
		udelay(1000);
	spin_unlock(&spin_a);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

/* Where there is another CPU, a thread holds the lock there. */
static noinline void wait_for_spinlock(void)
{
	struct task_struct *thread = kthread_run(hold_spinlock, NULL, "holds_spinlock");

	if (IS_ERR(thread))
		return;
	wait_for_completion(&spin_taken);
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
	kthread_stop(thread);
}

static DEFINE_SPINLOCK(spin_b);
static DEFINE_SPINLOCK(spin_irq);

static noinline void spin_a_then_b(void)
{
	spin_lock(&spin_a);
	spin_lock(&spin_b);
	spin_unlock(&spin_b);
	spin_unlock(&spin_a);
}

static noinline void spin_b_then_a(void)
{
	unsigned long flags;

	spin_lock_irqsave(&spin_b, flags);
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
	spin_unlock_irqrestore(&spin_b, flags);
}

static noinline void spin_long(void)
{
	spin_lock_irq(&spin_a);
	udelay(100000);
	spin_unlock_irq(&spin_a);
}

static DECLARE_COMPLETION(timer_done);

static noinline enum hrtimer_restart spin_in_interrupt(struct hrtimer *timer)
{
	spin_lock(&spin_irq);
	spin_unlock(&spin_irq);
	complete(&timer_done);
	return HRTIMER_NORESTART;
}

static noinline void spin_with_interrupts_on(void)
{
	spin_lock(&spin_irq);
	spin_unlock(&spin_irq);
}

static noinline void spin_in_both(void)
{
	struct hrtimer timer;

	hrtimer_init(&timer, spin_in_interrupt);
	hrtimer_start(&timer, ktime_get_ns() + NSEC_PER_MSEC);
	wait_for_completion(&timer_done);
	hrtimer_cancel(&timer);
	spin_with_interrupts_on();
}

static DEFINE_SPINLOCK(spin_softirq);

static noinline void spin_in_softirq(struct timer_list *timer)
{
	spin_lock(&spin_softirq);
	spin_unlock(&spin_softirq);
	complete(&timer_done);
}

static noinline void spin_with_softirqs_on(void)
{
	spin_lock(&spin_softirq);
	spin_unlock(&spin_softirq);
}

static noinline void spin_in_both_softirq(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, spin_in_softirq, 0);
	mod_timer(timer, jiffies + 1);
	wait_for_completion(&timer_done);
	del_timer_sync(timer);
	kfree(timer);
	spin_with_softirqs_on();
}

static DEFINE_RWLOCK(readers);

static noinline void read_then_spin(void)
{
	read_lock(&readers);
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
	read_unlock(&readers);
}

static noinline void spin_then_write(void)
{
	spin_lock(&spin_a);
	write_lock_irq(&readers);
	write_unlock_irq(&readers);
	spin_unlock(&spin_a);
}

static int __init test_lockdep_init(void)
{
	if (!strcmp(provoke, "order")) {
		for (int i = 0; i < 3; i++) {
			take_a_then_b();
			take_b_then_a();
		}
	} else if (!strcmp(provoke, "chain")) {
		take_a_then_b();
		take_b_then_c();
		take_c_then_a();
	} else if (!strcmp(provoke, "long")) {
		hold_long();
	} else if (!strcmp(provoke, "user")) {
		mutex_lock(&lock_kept);
	} else if (!strcmp(provoke, "spin")) {
		wait_for_spinlock();
	} else if (!strcmp(provoke, "spinorder")) {
		for (int i = 0; i < 3; i++) {
			spin_a_then_b();
			spin_b_then_a();
		}
	} else if (!strcmp(provoke, "irq")) {
		spin_in_both();
	} else if (!strcmp(provoke, "softirq")) {
		spin_in_both_softirq();
	} else if (!strcmp(provoke, "readers")) {
		read_then_spin();
		spin_then_write();
	} else if (!strcmp(provoke, "spinlong")) {
		spin_long();
	} else if (!strcmp(provoke, "atomic")) {
		sleep_in_atomic_context();
	} else {
		return -EINVAL;
	}
	return 0;
}
module_init(test_lockdep_init);

static void __exit test_lockdep_exit(void)
{
}
module_exit(test_lockdep_exit);

MODULE_DESCRIPTION("Makes the mistakes that lock debugging finds");
MODULE_LICENSE("MIT");
