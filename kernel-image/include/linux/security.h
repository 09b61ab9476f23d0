/* Hooks at which a security module may refuse what the kernel is about to do. */
#ifndef _LINUX_SECURITY_H
#define _LINUX_SECURITY_H

#include <linux/list.h>
#include <linux/time.h>

struct task_struct;

struct security_hook_heads {
	struct list_head settime, task_setnice, task_setscheduler;
};

extern struct security_hook_heads security_hook_heads;

struct security_hook_list {
	struct list_head list;
	struct list_head *head;
	union {
		int (*settime)(const struct timespec64 *ts);
		int (*task_setnice)(struct task_struct *p, int nice);
		int (*task_setscheduler)(struct task_struct *p);
	} hook;
	const char *lsm;
};

#define LSM_HOOK_INIT(HEAD, HOOK) { .head = &security_hook_heads.HEAD, .hook = { .HEAD = HOOK } }

/* A module that is asked before memory management exists: early_security_init calls init. */
struct lsm_info {
	const char *name;
	int (*init)(void);
};

#define DEFINE_EARLY_LSM(lsm) \
	static const struct lsm_info __early_lsm_##lsm __used __section(".early_lsm_info.init")

void security_add_hooks(struct security_hook_list *hooks, int count, const char *lsm);
void early_security_init(void);

/* 0, or the errno of the first module that refuses. */
int security_settime64(const struct timespec64 *ts);
int security_task_setnice(struct task_struct *p, int nice);
int security_task_setscheduler(struct task_struct *p);

#endif
