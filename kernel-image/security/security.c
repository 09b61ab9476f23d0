/* The lists of security hooks, and asking them. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/security.h>

extern const struct lsm_info __start_early_lsm_info[], __end_early_lsm_info[];

struct security_hook_heads security_hook_heads;

void __init security_add_hooks(struct security_hook_list *hooks, int count, const char *lsm)
{
	for (int i = 0; i < count; i++) {
		hooks[i].lsm = lsm;
		list_add_tail(&hooks[i].list, hooks[i].head);
	}
}

void __init early_security_init(void)
{
	INIT_LIST_HEAD(&security_hook_heads.settime);
	INIT_LIST_HEAD(&security_hook_heads.task_setnice);
	INIT_LIST_HEAD(&security_hook_heads.task_setscheduler);
	for (const struct lsm_info *lsm = __start_early_lsm_info; lsm < __end_early_lsm_info; lsm++)
		if (lsm->init())
			pr_err("LSM: %s failed to initialize\n", lsm->name);
}

#define call_int_hook(HOOK, ...) ({					\
	struct security_hook_list *h;					\
	int err = 0;							\
	list_for_each_entry(h, &security_hook_heads.HOOK, list) {	\
		err = h->hook.HOOK(__VA_ARGS__);			\
		if (err)						\
			break;						\
	}								\
	err;								\
})

int security_settime64(const struct timespec64 *ts)
{
	return call_int_hook(settime, ts);
}

int security_task_setnice(struct task_struct *p, int nice)
{
	return call_int_hook(task_setnice, p, nice);
}

int security_task_setscheduler(struct task_struct *p)
{
	return call_int_hook(task_setscheduler, p);
}
