/* User-mode helpers: a worker makes a kernel thread, which execs the program. */
#include <linux/binfmts.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/umh.h>
#include <linux/workqueue.h>

struct subprocess_info {
	struct work_struct work;
	struct completion complete;
	const char *path;
	const char *const *argv, *const *envp;
	int retval, wait;
};

static struct workqueue_struct *umh_wq;
static bool usermodehelper_disabled = true;

/* The new task: its own signals, then the program. Returning from here enters user mode. */
static int call_usermodehelper_exec_async(void *data)
{
	struct subprocess_info *info = data;
	int ret;

	set_user_nice(current, 0);
	info->retval = kernel_execve(info->path, info->argv, info->envp);
	ret = info->retval;
	if (info->wait == UMH_WAIT_EXEC)
		complete(&info->complete);
	if (!ret)
		return 0;
	do_exit(0);
}

/* The worker stays until the program has ended, so it must not ignore the end of its children meanwhile. */
static void exec_and_wait(struct subprocess_info *info)
{
	int status = 0;
	pid_t pid;

	kernel_sigaction(SIGCHLD, SIG_DFL);
	pid = kernel_thread(call_usermodehelper_exec_async, info, CLONE_FS | SIGCHLD);
	if (pid < 0)
		info->retval = pid;
	else if (kernel_wait(pid, &status) == pid && !info->retval)
		info->retval = status;
	kernel_sigaction(SIGCHLD, SIG_IGN);
	complete(&info->complete);
}

static void call_usermodehelper_exec_work(struct work_struct *work)
{
	struct subprocess_info *info = container_of(work, struct subprocess_info, work);
	pid_t pid;

	if (info->wait == UMH_WAIT_PROC) {
		exec_and_wait(info);
		return;
	}
	pid = kernel_thread(call_usermodehelper_exec_async, info, CLONE_FS | SIGCHLD);
	/* Else the thread completes. Nobody waits for it: kernel threads ignore SIGCHLD. */
	if (pid < 0) {
		info->retval = pid;
		complete(&info->complete);
	}
}

int call_usermodehelper(const char *path, const char *const *argv, const char *const *envp, int wait)
{
	struct subprocess_info info = { .path = path, .argv = argv, .envp = envp, .wait = wait };

	if (usermodehelper_disabled)
		return -EBUSY;
	INIT_WORK(&info.work, call_usermodehelper_exec_work);
	init_completion(&info.complete);
	queue_work(umh_wq, &info.work);
	wait_for_completion(&info.complete);
	return info.retval;
}

void __init usermodehelper_init(void)
{
	umh_wq = alloc_workqueue("khelper", WQ_UNBOUND);
	if (!umh_wq)
		panic("usermodehelper: no memory for its queue");
}

void __init usermodehelper_enable(void)
{
	usermodehelper_disabled = false;
}
