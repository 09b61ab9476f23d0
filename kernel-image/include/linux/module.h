/* Modules: relocatable objects that are linked to the running kernel. */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/atomic.h>
#include <linux/elf.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/version.h>

#define MODULE_NAME_LEN 56

enum module_state { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING, MODULE_STATE_UNFORMED };

/* A module's memory, each kind on pages of its own. The init ones are given back once init has returned. */
enum mod_mem_type { MOD_TEXT, MOD_DATA, MOD_RODATA, MOD_INIT_TEXT, MOD_INIT_DATA, MOD_MEM_NUM_TYPES };

struct module_memory {
	void *base;
	unsigned int size;
};

struct kernfs_node;
struct kunit_suite;

/* Part of each module, in its section .gnu.linkonce.this_module. */
struct module {
	enum module_state state;
	struct list_head list;			/* all modules: module_mutex, or RCU to read */
	char name[MODULE_NAME_LEN];
	int (*init)(void);
	void (*exit)(void);
	atomic_t refcnt;			/* 1, and one more for each user; 0 once it goes */
	struct list_head source_list;		/* of module_use: who uses this one */
	struct list_head target_list;		/* whom this one uses */

	const struct kernel_symbol *syms, *gpl_syms;
	unsigned int num_syms, num_gpl_syms;
	const struct kernel_param *kp;
	unsigned int num_kp;
	struct kunit_suite *const *kunit_suites;
	unsigned int num_kunit_suites;
	bool gpl_ok;				/* may use EXPORT_SYMBOL_GPL */

	struct module_memory mem[MOD_MEM_NUM_TYPES];
	struct elf64_sym *symtab;		/* of its functions, by address: for backtraces */
	char *strtab;
	unsigned int num_symtab;
	struct kernfs_node *kn;			/* /sys/module/NAME */
};

/* One module needs another. */
struct module_use {
	struct list_head source_list, target_list;
	struct module *source, *target;
};

#ifdef MODULE
extern struct module __this_module;
#define THIS_MODULE (&__this_module)
#undef module_init
#define module_init(fn) int init_module(void) __attribute__((__copy__(fn), __alias__(#fn)))
#define module_exit(fn) void cleanup_module(void) __attribute__((__copy__(fn), __alias__(#fn)))
#else
#define THIS_MODULE ((struct module *)NULL)
#define module_exit(fn) static void (*const __exitcall_##fn)(void) __used = fn
#define KBUILD_MODNAME "kernel"
#endif
int init_module(void);
void cleanup_module(void);

#define __MODULE_INFO_NAME(line) __modinfo_##line
#define _MODULE_INFO(line, text) \
	static const char __MODULE_INFO_NAME(line)[] __attribute__((__used__, __section__(".modinfo"), __aligned__(1))) = text
#ifdef MODULE
#define MODULE_INFO(tag, info) _MODULE_INFO(__COUNTER__, #tag "=" info)
#else
#define MODULE_INFO(tag, info) _Static_assert(sizeof(info) > 0, #tag)
#endif
#define MODULE_LICENSE(_license) MODULE_INFO(license, _license)
#define MODULE_AUTHOR(_author) MODULE_INFO(author, _author)
#define MODULE_DESCRIPTION(text) MODULE_INFO(description, text)
#define MODULE_ALIAS(_alias) MODULE_INFO(alias, _alias)
#define MODULE_PARM_DESC(name, text) MODULE_INFO(parm, #name ":" text)

#define VERMAGIC_STRING UTS_RELEASE " SMP preempt mod_unload riscv"

/* False once the module goes. NULL, the kernel itself, is always there. */
bool try_module_get(struct module *module);
void module_put(struct module *module);
int module_refcount(const struct module *module);

/* For backtraces, from any context: the name of the function that addr lies in and its module's, or NULL. */
const char *module_address_lookup(unsigned long addr, unsigned long *size, unsigned long *offset, const char **modname);
bool is_module_text_address(unsigned long addr);
void print_modules(void);

/* Has /sbin/modprobe load a module by name or alias; 0 if it says that it did. */
__printf(1, 2) int request_module(const char *fmt, ...);
void integrity_load_keys(void);
void load_default_modules(void);

#endif
