/* Parameters of modules: reading "name=value ..." and the types that values have. */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#define NUMBER_OPS(type, c_type, parse, format)					\
static int param_set_##type(const char *val, const struct kernel_param *kp)	\
{										\
	return val ? parse(val, 0, (c_type *)kp->arg) : -EINVAL;		\
}										\
static void param_get_##type(struct seq_file *m, const struct kernel_param *kp)	\
{										\
	seq_printf(m, format, *(c_type *)kp->arg);				\
}										\
const struct kernel_param_ops param_ops_##type = { param_set_##type, param_get_##type }

NUMBER_OPS(int, int, kstrtoint, "%d");
NUMBER_OPS(uint, unsigned int, kstrtouint, "%u");
NUMBER_OPS(ulong, unsigned long, kstrtoul, "%lu");

/* The bare name says yes. */
static int param_set_bool(const char *val, const struct kernel_param *kp)
{
	return kstrtobool(val ? val : "1", kp->arg);
}

static void param_get_bool(struct seq_file *m, const struct kernel_param *kp)
{
	seq_puts(m, *(bool *)kp->arg ? "Y" : "N");
}

const struct kernel_param_ops param_ops_bool = { param_set_bool, param_get_bool };

/* Strings that were set here, as opposed to those that the module began with. */
struct kmalloced_param {
	struct list_head list;
	char val[];
};

static LIST_HEAD(kmalloced_params);
static DEFINE_SPINLOCK(kmalloced_params_lock);

static void param_free_charp(void *arg)
{
	struct kmalloced_param *p, *found = NULL;

	spin_lock(&kmalloced_params_lock);
	list_for_each_entry(p, &kmalloced_params, list)
		if (p->val == *(char **)arg)
			found = p;
	if (found)
		list_del(&found->list);
	spin_unlock(&kmalloced_params_lock);
	kfree(found);
}

static int param_set_charp(const char *val, const struct kernel_param *kp)
{
	struct kmalloced_param *p;

	if (!val)
		return -EINVAL;
	p = kmalloc(sizeof(*p) + strlen(val) + 1, GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	strcpy(p->val, val);
	param_free_charp(kp->arg);
	spin_lock(&kmalloced_params_lock);
	list_add(&p->list, &kmalloced_params);
	spin_unlock(&kmalloced_params_lock);
	*(char **)kp->arg = p->val;
	return 0;
}

static void param_get_charp(struct seq_file *m, const struct kernel_param *kp)
{
	const char *val = *(char **)kp->arg;

	seq_puts(m, val ? val : "(null)");
}

const struct kernel_param_ops param_ops_charp = { param_set_charp, param_get_charp, param_free_charp };

/* A dash is as good as an underscore. */
static bool parameq(const char *a, const char *b)
{
	for (; *a || *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return true;
}

static int parse_one(const char *module, const char *name, const char *val, const struct kernel_param *params,
		     unsigned int num)
{
	for (unsigned int i = 0; i < num; i++) {
		int err;

		if (!parameq(name, params[i].name))
			continue;
		err = params[i].ops->set(val, &params[i]);
		if (err)
			pr_err("%s: `%s' invalid for parameter `%s'\n", module, val ? val : "", name);
		return err;
	}
	pr_warn("%s: unknown parameter '%s' ignored\n", module, name);
	return 0;
}

int parse_module_args(const char *module, char *args, const struct kernel_param *params, unsigned int num)
{
	char *name, *val;

	while ((name = next_arg(&args, &val))) {
		int err = parse_one(module, name, val, params, num);

		if (err)
			return err;
	}
	return 0;
}

void destroy_params(const struct kernel_param *params, unsigned int num)
{
	for (unsigned int i = 0; i < num; i++)
		if (params[i].ops->free)
			params[i].ops->free(params[i].arg);
}
