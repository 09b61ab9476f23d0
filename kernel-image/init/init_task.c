/* Task 0, laid out by hand: nothing ever forks it. */
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

struct task_struct init_task __section(".data..init_task") __aligned(64) = {
	.thread_info = { .preempt_count = 1 },
	.__state = TASK_RUNNING,
	.stack = init_stack,
	.usage = REFCOUNT_INIT(2),
	.flags = PF_KTHREAD,
	.prio = MAX_PRIO - 20,
	.static_prio = MAX_PRIO - 20,
	.normal_prio = MAX_PRIO - 20,
	.policy = SCHED_NORMAL,
	.cpus_mask = CPU_MASK_ALL,
	.nr_cpus_allowed = NR_CPUS,
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.mm = NULL,
	.active_mm = &init_mm,
	.real_parent = &init_task,
	.parent = &init_task,
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.group_leader = &init_task,
	.thread_node = { &init_signals.thread_head, &init_signals.thread_head },
	.pids = { &init_struct_pid, &init_struct_pid, &init_struct_pid, &init_struct_pid },
	.comm = "swapper",
	.fs = &init_fs,
	.files = &init_files,
	.nsproxy = &init_nsproxy,
	.signal = &init_signals,
	.sighand = &init_sighand,
	.cred = &init_cred,
	.real_cred = &init_cred,
	.pending = { .list = LIST_HEAD_INIT(init_task.pending.list) },
};
