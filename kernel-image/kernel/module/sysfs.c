/* What users see of modules: /proc/modules and /sys/module. */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernfs.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "internal.h"

static struct kernfs_node *module_kn;

static const char *const state_names[] = {
	[MODULE_STATE_LIVE] = "live", [MODULE_STATE_COMING] = "coming", [MODULE_STATE_GOING] = "going",
};

static unsigned int core_size(const struct module *mod)
{
	return mod->mem[MOD_TEXT].size + mod->mem[MOD_DATA].size + mod->mem[MOD_RODATA].size;
}

static int refcnt_show(struct kernfs_node *kn, struct seq_file *m)
{
	seq_printf(m, "%d\n", module_refcount(kn->priv));
	return 0;
}

static int initstate_show(struct kernfs_node *kn, struct seq_file *m)
{
	const struct module *mod = kn->priv;

	seq_printf(m, "%s\n", state_names[mod->state]);
	return 0;
}

static int coresize_show(struct kernfs_node *kn, struct seq_file *m)
{
	seq_printf(m, "%u\n", core_size(kn->priv));
	return 0;
}

static DEFINE_MUTEX(param_lock);

static int param_show(struct kernfs_node *kn, struct seq_file *m)
{
	const struct kernel_param *kp = kn->priv;

	mutex_lock(&param_lock);
	kp->ops->get(m, kp);
	mutex_unlock(&param_lock);
	seq_putc(m, '\n');
	return 0;
}

static int param_write(struct kernfs_node *kn, char *buf)
{
	const struct kernel_param *kp = kn->priv;

	int err;

	mutex_lock(&param_lock);
	err = kp->ops->set(buf, kp);
	mutex_unlock(&param_lock);
	return err;
}

static const struct kernfs_ops refcnt_ops = { .show = refcnt_show };
static const struct kernfs_ops initstate_ops = { .show = initstate_show };
static const struct kernfs_ops coresize_ops = { .show = coresize_show };
static const struct kernfs_ops param_ops = { .show = param_show, .write = param_write };

int mod_sysfs_setup(struct module *mod)
{
	struct kernfs_node *params = NULL, *last;

	mod->kn = kernfs_create_dir(module_kn, mod->name, 0755, mod);
	if (IS_ERR(mod->kn))
		return PTR_ERR(mod->kn);
	kernfs_create_file(mod->kn, "refcnt", 0444, &refcnt_ops, mod);
	kernfs_create_file(mod->kn, "initstate", 0444, &initstate_ops, mod);
	last = kernfs_create_file(mod->kn, "coresize", 0444, &coresize_ops, mod);
	for (unsigned int i = 0; i < mod->num_kp; i++) {
		if (!mod->kp[i].perm)
			continue;
		if (!params)
			params = kernfs_create_dir(mod->kn, "parameters", 0755, NULL);
		last = kernfs_create_file(params, mod->kp[i].name, mod->kp[i].perm, &param_ops, (void *)&mod->kp[i]);
	}
	return PTR_ERR_OR_ZERO(last);
}

void mod_sysfs_teardown(struct module *mod)
{
	kernfs_remove(mod->kn);
	mod->kn = NULL;
}

/* Name, size, users, who they are, state and where it lies. */
static int modules_show(struct seq_file *m, void *v)
{
	struct module *mod;

	mutex_lock(&module_mutex);
	list_for_each_entry(mod, &modules, list) {
		struct module_use *use;

		if (mod->state == MODULE_STATE_UNFORMED)
			continue;
		seq_printf(m, "%s %u %d ", mod->name, core_size(mod), module_refcount(mod));
		list_for_each_entry(use, &mod->source_list, source_list)
			seq_printf(m, "%s,", use->source->name);
		seq_printf(m, "%s %s 0x%p\n", list_empty(&mod->source_list) ? "-" : "",
			   mod->state == MODULE_STATE_LIVE ? "Live" : mod->state == MODULE_STATE_COMING ? "Loading" :
			   "Unloading", mod->mem[MOD_TEXT].base);
	}
	mutex_unlock(&module_mutex);
	return 0;
}

static int __init module_sysfs_init(void)
{
	module_kn = kernfs_create_dir(sysfs_root, "module", 0755, NULL);
	return IS_ERR(module_kn) || !proc_create_single("modules", 0444, modules_show) ? -ENOMEM : 0;
}
fs_initcall(module_sysfs_init);
