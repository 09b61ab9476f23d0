/* Writing a core file: what the binary format's core_dump gets, and with what it writes. */
#ifndef _LINUX_COREDUMP_H
#define _LINUX_COREDUMP_H

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/signal.h>

/* One thread, held at its exit until the dump is done. The dumping thread's own is the first. */
struct core_thread {
	struct task_struct *task;	/* NULL: it may go */
	struct core_thread *next;
};

struct core_state {
	int nr_threads;			/* others that have yet to come; siglock */
	struct core_thread dumper;
	struct completion startup;
};

/* A mapping, as it was when the dump began: another process may share the address space and change it. */
struct core_vma_metadata {
	unsigned long start, end, flags, pgoff;
	struct file *file;		/* NULL or held */
	bool anonymous;
	unsigned long dump_size;	/* bytes from its start; the binary format's choice */
};

struct coredump_params {
	const siginfo_t *siginfo;
	struct file *file;
	unsigned long limit;		/* RLIMIT_CORE, bytes */
	loff_t pos;			/* how far the file is written, or left out */
	struct core_thread *threads;
	struct core_vma_metadata *vma_meta;
	int vma_count;
};

extern int core_uses_pid;		/* core.PID instead of core */
void do_coredump(const siginfo_t *siginfo);
void coredump_task_exit(struct task_struct *tsk);
bool sig_kernel_coredump(int sig);

/* False if it cannot be written, or the limit is reached. */
bool dump_emit(struct coredump_params *cprm, const void *data, size_t size);
bool dump_skip(struct coredump_params *cprm, size_t size);	/* zeroes, as a hole */
bool dump_user_range(struct coredump_params *cprm, const struct core_vma_metadata *m);

#endif
