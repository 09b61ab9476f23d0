/* The security module that is always there: what only root may do. */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/security.h>

static int cap_settime(const struct timespec64 *ts)
{
	return capable_root() ? 0 : -EPERM;
}

static bool owns(struct task_struct *p)
{
	return current_euid() == p->cred->euid || current_euid() == p->cred->uid;
}

static int cap_task_setnice(struct task_struct *p, int nice)
{
	if (capable_root())
		return 0;
	if (!owns(p))
		return -EPERM;
	return nice < task_nice(p) ? -EACCES : 0;
}

static int cap_task_setscheduler(struct task_struct *p)
{
	return capable_root() || owns(p) ? 0 : -EPERM;
}

static struct security_hook_list capability_hooks[] = {
	LSM_HOOK_INIT(settime, cap_settime),
	LSM_HOOK_INIT(task_setnice, cap_task_setnice),
	LSM_HOOK_INIT(task_setscheduler, cap_task_setscheduler),
};

static int __init capability_init(void)
{
	security_add_hooks(capability_hooks, ARRAY_SIZE(capability_hooks), "capability");
	return 0;
}

DEFINE_EARLY_LSM(capability) = { "capability", capability_init };
