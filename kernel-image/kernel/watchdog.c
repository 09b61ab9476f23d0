/*
 * The soft-lockup detector: a thread per CPU that has to get its turn.
 *
 * The tick wakes watchdog/N every so often; the thread notes the time. A tick
 * that finds the note too old names the CPU and what runs there. An idle CPU
 * has no tick and needs no watching; its note is renewed when it goes on.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smpboot.h>
#include <linux/timekeeping.h>
#include <asm/stacktrace.h>

int watchdog_thresh = 10;
static bool watchdog_running;
int softlockup_panic;

struct watchdog_cpu {
	struct task_struct *thread;
	ktime_t touched;	/* when the thread last ran */
	ktime_t next_wake;
	bool wanted;
	bool reported;
};

static DEFINE_PER_CPU(struct watchdog_cpu, watchdog_cpus);

static int __init softlockup_panic_setup(char *str)
{
	softlockup_panic = *str == '1';
	return 1;
}
__setup("softlockup_panic=", softlockup_panic_setup);

static int __init watchdog_thresh_setup(char *str)
{
	return !kstrtoint(str, 0, &watchdog_thresh);
}
__setup("watchdog_thresh=", watchdog_thresh_setup);

void touch_softlockup_watchdog(void)
{
	this_cpu(watchdog_cpus).touched = ktime_get();
	this_cpu(watchdog_cpus).reported = false;
}

void touch_softlockup_watchdog_sched(void)
{
	touch_softlockup_watchdog();
}

static ktime_t softlockup_thresh(void)
{
	return 2 * watchdog_thresh * NSEC_PER_SEC;
}

void watchdog_tick(void)
{
	struct watchdog_cpu *w = &this_cpu(watchdog_cpus);
	ktime_t now = ktime_get();

	if (!watchdog_running || !w->thread)
		return;
	if (now >= w->next_wake) {
		w->next_wake = now + softlockup_thresh() / 5;
		WRITE_ONCE(w->wanted, true);
		wake_up_process(w->thread);
	}
	if (w->reported || now - w->touched < softlockup_thresh())
		return;
	w->reported = true;
	pr_emerg("watchdog: BUG: soft lockup - CPU#%d stuck for %lds! [%s:%d]\n", smp_processor_id(),
		 (now - w->touched) / NSEC_PER_SEC, current->comm, current->pid);
	dump_stack();
	if (softlockup_panic)
		panic("softlockup: hung tasks");
}

static int watchdog_should_run(unsigned int cpu)
{
	return READ_ONCE(per_cpu(watchdog_cpus, cpu).wanted);
}

static void watchdog(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(watchdog_cpus, cpu).wanted, false);
	touch_softlockup_watchdog();
}

static struct smp_hotplug_thread watchdog_threads = {
	.store = &watchdog_cpus.thread,
	.thread_should_run = watchdog_should_run,
	.thread_fn = watchdog,
	.thread_comm = "watchdog/%u",
};

void __init lockup_detector_init(void)
{
	if (watchdog_thresh <= 0)
		return;
	if (smpboot_register_percpu_thread(&watchdog_threads)) {
		pr_err("watchdog: Failed to create watchdog threads, disabled\n");
		return;
	}
	watchdog_running = true;
}
