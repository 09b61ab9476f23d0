/* /proc/PID/stat, statm and status, in the formats of proc(5). */
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/tty.h>
#include "internal.h"

/* What has to be read under tasklist_lock, while the task still has its signals and ids. */
struct task_facts {
	pid_t ppid, pgid, sid, tpgid;
	int tty_nr, threads;
	u64 utime, stime, cutime, cstime;
	unsigned long pending, shared_pending, blocked, ignored, caught;
};

static void collect_signals(struct task_struct *task, struct task_facts *f)
{
	f->pending = task->pending.signal.sig[0];
	f->shared_pending = task->signal->shared_pending.signal.sig[0];
	f->blocked = task->blocked.sig[0];
	for (int sig = 1; sig <= _NSIG; sig++) {
		unsigned long handler = task->sighand->action[sig - 1].sa.sa_handler;

		if (handler == SIG_IGN)
			f->ignored |= sigmask(sig);
		else if (handler != SIG_DFL)
			f->caught |= sigmask(sig);
	}
}

static bool collect_facts(struct task_struct *task, struct task_facts *f)
{
	struct signal_struct *sig = task->signal;
	struct tty_struct *tty;
	struct task_struct *t;
	bool alive;

	memset(f, 0, sizeof(*f));
	f->tpgid = -1;
	read_lock(&tasklist_lock);
	alive = task->sighand;
	if (alive) {
		spin_lock_irq(&task->sighand->siglock);
		collect_signals(task, f);
		spin_unlock_irq(&task->sighand->siglock);
		f->ppid = task_tgid_nr(task->real_parent);
		f->pgid = pid_nr(task_pgrp(task->group_leader));
		f->sid = pid_nr(task_session(task->group_leader));
		f->threads = sig->nr_threads;
		f->utime = sig->utime;
		f->stime = sig->stime;
		for_each_thread(task, t) {
			f->utime += t->utime;
			f->stime += t->stime;
		}
		f->cutime = sig->cutime;
		f->cstime = sig->cstime;
		tty = sig->tty;
		if (tty) {
			struct pid *pgrp = tty_get_pgrp(tty);

			f->tty_nr = new_encode_dev(MKDEV(tty->driver->major, tty->driver->minor_start + tty->index));
			if (pgrp)
				f->tpgid = pid_nr(pgrp);
			put_pid(pgrp);
		}
	}
	read_unlock(&tasklist_lock);
	return alive;
}

static unsigned long ticks(u64 ns)
{
	return ns / (NSEC_PER_SEC / USER_HZ);
}

/* The escapes keep one line one line. */
static void put_comm(struct seq_file *m, const char *comm)
{
	for (; *comm; comm++) {
		if (*comm == '\n')
			seq_puts(m, "\\n");
		else if (*comm == '\\')
			seq_puts(m, "\\\\");
		else
			seq_putc(m, *comm);
	}
}

int proc_pid_stat(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct task_facts f;

	if (!collect_facts(task, &f)) {
		if (mm)
			mmput(mm);
		return -ESRCH;
	}
	seq_printf(m, "%d (%s) %c %d %d %d %d %d %u", task->pid, task->comm, task_state_to_char(task), f.ppid, f.pgid,
		   f.sid, f.tty_nr, f.tpgid, task->flags);
	seq_printf(m, " %lu 0 %lu 0 %lu %lu %lu %lu %d %d %d 0 %lu", task->min_flt, task->maj_flt, ticks(f.utime),
		   ticks(f.stime), ticks(f.cutime), ticks(f.cstime), task->prio - MAX_RT_PRIO, task_nice(task), f.threads,
		   ticks(task->start_time));
	seq_printf(m, " %lu %ld %lu", mm ? mm->total_vm << PAGE_SHIFT : 0, mm ? atomic_long_read(&mm->rss) : 0L,
		   task->signal->rlim[RLIMIT_RSS].rlim_cur);
	/* Addresses are for the process's own kind; kstkesp and kstkeip, wchan and swap counts are 0 in Linux too. */
	seq_printf(m, " %lu %lu %lu 0 0", mm ? mm->start_code : 0, mm ? mm->end_code : 0, mm ? mm->start_stack : 0);
	seq_printf(m, " %lu %lu %lu %lu 0 0 0 %d %d %d %u 0 0 0", f.pending & 0x7fffffff, f.blocked & 0x7fffffff,
		   f.ignored & 0x7fffffff, f.caught & 0x7fffffff, task->exit_signal, task_cpu(task),
		   task->policy == SCHED_FIFO || task->policy == SCHED_RR ? MAX_RT_PRIO - 1 - task->prio : 0, task->policy);
	if (mm)
		seq_printf(m, " %lu %lu %lu %lu %lu %lu %lu", mm->start_data, mm->end_data, mm->start_brk, mm->arg_start,
			   mm->arg_end, mm->env_start, mm->env_end);
	else
		seq_puts(m, " 0 0 0 0 0 0 0");
	seq_printf(m, " %d\n", task->exit_code);
	if (mm)
		mmput(mm);
	return 0;
}

int proc_pid_statm(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm) {
		seq_puts(m, "0 0 0 0 0 0 0\n");
		return 0;
	}
	seq_printf(m, "%lu %ld 0 %lu 0 %lu 0\n", mm->total_vm, atomic_long_read(&mm->rss),
		   (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT, mm->data_vm + mm->stack_vm);
	mmput(mm);
	return 0;
}

static const char *state_name(char state)
{
	switch (state) {
	case 'R':
		return "running";
	case 'S':
		return "sleeping";
	case 'D':
		return "disk sleep";
	case 'T':
		return "stopped";
	case 'Z':
		return "zombie";
	case 'X':
		return "dead";
	case 'P':
		return "parked";
	default:
		return "idle";
	}
}

static void show_ids(struct seq_file *m, struct task_struct *task)
{
	const struct cred *cred = get_task_cred(task);

	seq_printf(m, "Uid:\t%u\t%u\t%u\t%u\n", cred->uid, cred->euid, cred->suid, cred->fsuid);
	seq_printf(m, "Gid:\t%u\t%u\t%u\t%u\n", cred->gid, cred->egid, cred->sgid, cred->fsgid);
	seq_puts(m, "Groups:\t");
	for (int i = 0; i < cred->ngroups; i++)
		seq_printf(m, "%u ", cred->groups[i]);
	seq_putc(m, '\n');
	put_cred(cred);
}

static void show_memory(struct seq_file *m, struct mm_struct *mm)
{
	const unsigned int kb = PAGE_SHIFT - 10;

	seq_printf(m, "VmSize:\t%8lu kB\n", mm->total_vm << kb);
	seq_printf(m, "VmRSS:\t%8lu kB\n", (unsigned long)atomic_long_read(&mm->rss) << kb);
	seq_printf(m, "VmData:\t%8lu kB\n", mm->data_vm << kb);
	seq_printf(m, "VmStk:\t%8lu kB\n", mm->stack_vm << kb);
	seq_printf(m, "VmExe:\t%8lu kB\n", (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> 10);
	seq_printf(m, "VmPTE:\t%8lu kB\n", (unsigned long)atomic_long_read(&mm->pgtables_bytes) >> 10);
}

int proc_pid_status(struct seq_file *m, struct task_struct *task)
{
	char state = task_state_to_char(task);
	struct mm_struct *mm;
	struct task_facts f;

	if (!collect_facts(task, &f))
		return -ESRCH;
	seq_puts(m, "Name:\t");
	put_comm(m, task->comm);
	seq_printf(m, "\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", state, state_name(state),
		   task->tgid, task->pid, f.ppid);
	show_ids(m, task);
	mm = get_task_mm(task);
	if (mm) {
		show_memory(m, mm);
		mmput(mm);
	}
	seq_printf(m, "Threads:\t%d\n", f.threads);
	seq_printf(m, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n", f.pending,
		   f.shared_pending, f.blocked, f.ignored, f.caught);
	seq_printf(m, "Cpus_allowed:\t%lx\nMems_allowed:\t%lx\n", task->cpus_mask.bits[0], task->mems_allowed);
	seq_printf(m, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n", task->nvcsw, task->nivcsw);
	return 0;
}
