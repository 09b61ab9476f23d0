/*
 * Out of memory: the process that has most of it is killed.
 *
 * A page fault cannot fail with an errno, so its task waits here until there
 * is memory again, and then faults once more. Whoever is killed needs a moment
 * to go; nobody else is chosen meanwhile, unless it does not go at all. System
 * calls get ENOMEM instead.
 */
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/spinlock.h>

#define VICTIM_TIMEOUT HZ

static DEFINE_SPINLOCK(oom_lock);
static pid_t victim_pid;		/* 0: none */
static unsigned long victim_since;

/* In pages: what comes back when the process goes. 0: it cannot be killed. Callers hold tasklist_lock. */
static unsigned long oom_badness(struct task_struct *p)
{
	unsigned long points = 0;
	struct mm_struct *mm;

	if (is_global_init(p) || (p->flags & PF_KTHREAD))
		return 0;
	task_lock(p);
	mm = p->mm;
	if (mm)
		points = atomic_long_read(&mm->rss) + atomic_long_read(&mm->pgtables_bytes) / PAGE_SIZE;
	task_unlock(p);
	return points;
}

static struct task_struct *select_bad_process(void)
{
	struct task_struct *p, *chosen = NULL;
	unsigned long most = 0;

	for_each_process(p) {
		unsigned long points = oom_badness(p);

		if (points > most && p->pid != victim_pid) {
			most = points;
			chosen = p;
		}
	}
	return chosen;
}

void show_mem(void)
{
	struct task_struct *p;

	pr_info("Mem-Info: free:%lukB min:%lukB file:%lukB total:%lukB\n", nr_free_pages() * 4,
		contig_zone.watermark[WMARK_MIN] * 4, contig_page_data.lruvec.nr_pages * 4, totalram_pages() * 4);
	pr_info("[  pid  ]   uid  total_vm      rss pgtables_bytes name\n");
	for_each_process(p) {
		task_lock(p);
		if (p->mm)
			pr_info("[%7d] %5d %9lu %8lu %14lu %s\n", p->pid, p->cred->uid, p->mm->total_vm,
				(unsigned long)atomic_long_read(&p->mm->rss),
				(unsigned long)atomic_long_read(&p->mm->pgtables_bytes), p->comm);
		task_unlock(p);
	}
}

static void oom_kill_process(struct task_struct *p)
{
	unsigned long total = 0, rss = 0;
	siginfo_t info = { .si_signo = SIGKILL, .si_code = SI_KERNEL };

	task_lock(p);
	if (p->mm) {
		total = p->mm->total_vm;
		rss = atomic_long_read(&p->mm->rss);
	}
	task_unlock(p);
	pr_err("Out of memory: Killed process %d (%s) total-vm:%lukB, rss:%lukB, UID:%u\n", p->pid, p->comm, total * 4,
	       rss * 4, p->cred->uid);
	victim_pid = p->pid;
	victim_since = jiffies;
	do_send_sig_info(SIGKILL, &info, p, true);
}

static bool victim_is_going(void)
{
	return victim_pid && find_task_by_pid_ns(victim_pid, &init_pid_ns) &&
	       !time_after(jiffies, victim_since + VICTIM_TIMEOUT);
}

void pagefault_out_of_memory(void)
{
	local_irq_enable();
	if (signal_pending(current) && fatal_signal_pending(current))
		return;
	spin_lock(&oom_lock);
	read_lock(&tasklist_lock);
	if (!victim_is_going()) {
		struct task_struct *p = select_bad_process();

		pr_warn("%s invoked oom-killer: order=0\n", current->comm);
		show_mem();
		if (p)
			oom_kill_process(p);
		else
			force_sig(SIGKILL);
	}
	read_unlock(&tasklist_lock);
	spin_unlock(&oom_lock);
	if (!fatal_signal_pending(current))
		schedule_timeout_uninterruptible(1);
}
