/* Parameters of modules: set by insmod, shown and perhaps changed in /sys/module/NAME/parameters. */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/types.h>

struct kernel_param;
struct seq_file;

struct kernel_param_ops {
	int (*set)(const char *val, const struct kernel_param *kp);	/* val is NULL for a bare name */
	void (*get)(struct seq_file *m, const struct kernel_param *kp);
	void (*free)(void *arg);
};

struct kernel_param {
	const char *name;
	const struct kernel_param_ops *ops;
	umode_t perm;		/* of the file in /sys; 0: none */
	void *arg;
};

extern const struct kernel_param_ops param_ops_int, param_ops_uint, param_ops_ulong, param_ops_bool, param_ops_charp;

#define module_param_named(param_name, value, type, permissions)		\
	static const struct kernel_param __param_##param_name			\
	__attribute__((__used__, __section__("__param"), __aligned__(8))) =	\
		{ #param_name, &param_ops_##type, permissions, &value }
#define module_param(name, type, perm) module_param_named(name, name, type, perm)

/* Sets what a module's command line says. Unknown names are told and left; -errno for a bad value. */
int parse_module_args(const char *module, char *args, const struct kernel_param *params, unsigned int num);
void destroy_params(const struct kernel_param *params, unsigned int num);

#endif
