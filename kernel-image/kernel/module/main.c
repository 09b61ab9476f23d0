/*
 * Loading and removing modules: init_module(2), finit_module(2), delete_module(2).
 *
 * A module is on the list from the moment its name is known, UNFORMED until
 * it is linked; COMING while its init runs, then LIVE. Of two loads of one
 * name the second waits for the first to come out, one way or the other.
 * refcnt is 1 for the module itself; removing takes it from 1 to 0, and from
 * then on nobody gets in. module_mutex covers list, states and uses; readers
 * in any context go by RCU, so memory goes back a grace period after the list.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "internal.h"

#define MODULE_INIT_IGNORE_MODVERSIONS 1
#define MODULE_INIT_IGNORE_VERMAGIC 2
#define MAX_MODULE_FILE (32UL << 20)
#define MAX_MODULE_ARGS 4096

LIST_HEAD(modules);
DEFINE_MUTEX(module_mutex);
static DECLARE_WAIT_QUEUE_HEAD(module_wq);

bool try_module_get(struct module *module)
{
	return !module || (READ_ONCE(module->state) != MODULE_STATE_GOING && atomic_inc_not_zero(&module->refcnt));
}

void module_put(struct module *module)
{
	if (module)
		WARN_ON(atomic_dec_return(&module->refcnt) < 1);
}

int module_refcount(const struct module *module)
{
	return atomic_read(&module->refcnt) - 1;
}

struct module *find_module(const char *name)
{
	struct module *mod;

	list_for_each_entry(mod, &modules, list)
		if (!strcmp(mod->name, name))
			return mod;
	return NULL;
}

void print_modules(void)
{
	struct module *mod;

	pr_emerg("Modules linked in:");
	rcu_read_lock();
	list_for_each_entry_rcu(mod, &modules, list)
		if (mod->state != MODULE_STATE_UNFORMED)
			pr_cont(" %s", mod->name);
	rcu_read_unlock();
	pr_cont("\n");
}

static bool finished_loading(const char *name)
{
	struct module *mod;
	bool done;

	mutex_lock(&module_mutex);
	mod = find_module(name);
	done = !mod || mod->state == MODULE_STATE_LIVE;
	mutex_unlock(&module_mutex);
	return done;
}

static int add_unformed_module(struct module *mod)
{
	struct module *old;

	mod->state = MODULE_STATE_UNFORMED;
	for (;;) {
		mutex_lock(&module_mutex);
		old = find_module(mod->name);
		if (!old)
			list_add_tail_rcu(&mod->list, &modules);
		if (!old || old->state == MODULE_STATE_LIVE)
			break;
		mutex_unlock(&module_mutex);
		if (wait_event_interruptible(module_wq, finished_loading(mod->name)))
			return -EINTR;
	}
	mutex_unlock(&module_mutex);
	if (!old)
		return 0;
	pr_err("%s: module is already loaded\n", mod->name);
	return -EEXIST;
}

static void change_state(struct module *mod, enum module_state state)
{
	mutex_lock(&module_mutex);
	mod->state = state;
	mutex_unlock(&module_mutex);
	wake_up_all(&module_wq);
}

/* Off the list; its code, and what its functions' names are looked up in, stay until nobody can be in the middle of it. */
static void free_module(struct module *mod)
{
	mod_sysfs_teardown(mod);
	module_unload_free(mod);
	mutex_lock(&module_mutex);
	list_del_rcu(&mod->list);
	mutex_unlock(&module_mutex);
	synchronize_rcu_tasks();
	destroy_params(mod->kp, mod->num_kp);
	for (int type = 0; type < MOD_MEM_NUM_TYPES; type++)
		lockdep_free_key_range(mod->mem[type].base, mod->mem[type].size);
	kfree(mod->symtab);
	kfree(mod->strtab);
	free_all_module_memory(mod);
	wake_up_all(&module_wq);
}

static bool license_is_gpl_compatible(const char *license)
{
	static const char *const compatible[] = { "GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL",
						  "Dual MPL/GPL", "MIT" };

	for (size_t i = 0; i < ARRAY_SIZE(compatible); i++)
		if (!strcmp(license, compatible[i]))
			return true;
	return false;
}

static int check_modinfo(const struct load_info *info, int flags)
{
	const char *magic = get_modinfo(info, "vermagic");

	if (flags & MODULE_INIT_IGNORE_VERMAGIC)
		return 0;
	if (magic && !strcmp(magic, VERMAGIC_STRING))
		return 0;
	pr_err("%s: version magic '%s' should be '%s'\n", info->name, magic ? magic : "", VERMAGIC_STRING);
	return -ENOEXEC;
}

static void set_license(struct module *mod, const struct load_info *info)
{
	const char *license = get_modinfo(info, "license");

	if (!license)
		license = "unspecified";
	mod->gpl_ok = license_is_gpl_compatible(license);
	if (!mod->gpl_ok)
		pr_warn("%s: module license '%s' taints kernel.\n", mod->name, license);
}

/* Of what the file says of struct module, only the name and the two functions count. */
static void init_struct(struct module *mod)
{
	struct module clean = { .state = MODULE_STATE_UNFORMED };

	memcpy(clean.name, mod->name, MODULE_NAME_LEN);
	memcpy(clean.mem, mod->mem, sizeof(clean.mem));
	*mod = clean;
	atomic_set(&mod->refcnt, 1);
	INIT_LIST_HEAD(&mod->source_list);
	INIT_LIST_HEAD(&mod->target_list);
}

static int apply_relocations(struct module *mod, struct load_info *info)
{
	for (unsigned int i = 1; i < info->hdr->e_shnum; i++) {
		const struct elf64_shdr *shdr = &info->sechdrs[i];
		const struct elf64_shdr *target = &info->sechdrs[shdr->sh_info];
		int err;

		if (shdr->sh_type != SHT_RELA || !(target->sh_flags & SHF_ALLOC) || !target->sh_addr)
			continue;
		err = apply_relocate_add(info, i, mod);
		if (err)
			return err;
	}
	return 0;
}

static void find_module_sections(struct module *mod, const struct load_info *info)
{
	mod->syms = section_objs(info, "__ksymtab", sizeof(*mod->syms), &mod->num_syms);
	mod->gpl_syms = section_objs(info, "__ksymtab_gpl", sizeof(*mod->gpl_syms), &mod->num_gpl_syms);
	mod->kp = section_objs(info, "__param", sizeof(*mod->kp), &mod->num_kp);
	mod->kunit_suites = section_objs(info, ".kunit_test_suites", sizeof(*mod->kunit_suites), &mod->num_kunit_suites);
}

static int link_module(struct module *mod, struct load_info *info)
{
	int err = simplify_symbols(mod, info);

	if (!err)
		err = apply_relocations(mod, info);
	if (err)
		return err;
	find_module_sections(mod, info);
	err = add_kallsyms(mod, info);
	if (!err)
		module_protect(mod);
	return err;
}

static int do_init_module(struct module *mod)
{
	int count = preempt_count(), ret = 0;

	if (mod->init)
		ret = mod->init();
	if (preempt_count() != count || irqs_disabled()) {
		pr_err("%s: init returned with preemption imbalance or disabled interrupts\n", mod->name);
		*preempt_count_ptr() = count;
		local_irq_enable();
	}
	if (ret > 0)
		pr_warn("%s: init returned %d, which is no error number\n", mod->name, ret);
	if (ret < 0)
		return ret;
	if (mod->num_kunit_suites)
		kunit_run_suites(mod->kunit_suites, mod->num_kunit_suites);
	return 0;
}

/* Its init may have left pointers to it behind, hence the grace period. */
static void free_init_memory(struct module *mod)
{
	synchronize_rcu();
	free_module_memory(mod, MOD_INIT_TEXT);
	free_module_memory(mod, MOD_INIT_DATA);
}

static int load_module(struct load_info *info, char *args, int flags)
{
	struct module *mod;
	int err = elf_validity_check(info);

	if (!err)
		err = check_modinfo(info, flags);
	if (!err)
		err = move_module(&mod, info);
	if (err)
		return err;
	init_struct(mod);
	err = add_unformed_module(mod);
	if (err) {
		free_all_module_memory(mod);
		return err;
	}
	set_license(mod, info);
	err = link_module(mod, info);
	if (err)
		goto free;
	change_state(mod, MODULE_STATE_COMING);
	err = parse_module_args(mod->name, args, mod->kp, mod->num_kp);
	if (!err)
		err = mod_sysfs_setup(mod);
	if (!err)
		err = do_init_module(mod);
	if (err)
		goto free;
	change_state(mod, MODULE_STATE_LIVE);
	free_init_memory(mod);
	return 0;
free:
	change_state(mod, MODULE_STATE_GOING);
	free_module(mod);
	return err;
}

static char *copy_args(const char __user *uargs)
{
	char *args = kmalloc(MAX_MODULE_ARGS, GFP_KERNEL);
	long len = args ? strncpy_from_user(args, uargs, MAX_MODULE_ARGS) : -ENOMEM;

	if (len >= 0 && len < MAX_MODULE_ARGS)
		return args;
	kfree(args);
	return ERR_PTR(len < 0 ? len : -EINVAL);
}

static int load_copied(struct load_info *info, const char __user *uargs, int flags)
{
	char *args = copy_args(uargs);
	int err = IS_ERR(args) ? PTR_ERR(args) : load_module(info, args, flags);

	if (!IS_ERR(args))
		kfree(args);
	return err;
}

SYSCALL_DEFINE3(init_module, void __user *, umod, unsigned long, len, const char __user *, uargs)
{
	struct load_info info = { .len = len };
	int err;

	if (!capable_root())
		return -EPERM;
	if (len < sizeof(struct elf64_hdr))
		return -ENOEXEC;
	info.hdr = len <= MAX_MODULE_FILE ? vmalloc(len) : NULL;
	if (!info.hdr)
		return -ENOMEM;
	err = copy_from_user(info.hdr, umod, len) ? -EFAULT : load_copied(&info, uargs, 0);
	vfree(info.hdr);
	return err;
}

static int read_module_file(struct file *file, struct load_info *info)
{
	loff_t pos = 0;
	ssize_t n;

	if (!S_ISREG(file_inode(file)->i_mode) || !(file->f_mode & FMODE_READ))
		return -EINVAL;
	info->len = file_inode(file)->i_size;
	if (info->len < sizeof(struct elf64_hdr))
		return -ENOEXEC;
	info->hdr = info->len <= MAX_MODULE_FILE ? vmalloc(info->len) : NULL;
	if (!info->hdr)
		return -ENOMEM;
	n = kernel_read(file, info->hdr, info->len, &pos);
	return n < 0 ? n : n == info->len ? 0 : -ENOEXEC;
}

SYSCALL_DEFINE3(finit_module, int, fd, const char __user *, uargs, int, flags)
{
	struct load_info info = { .len = 0 };
	struct file *file;
	int err;

	if (!capable_root())
		return -EPERM;
	if (flags & ~(MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC))
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	err = read_module_file(file, &info);
	fput(file);
	if (!err)
		err = load_copied(&info, uargs, flags);
	vfree(info.hdr);
	return err;
}

/* module_mutex is held. 0: it is going, and nobody gets in any more. */
static int begin_removal(struct module *mod)
{
	if (!mod)
		return -ENOENT;
	if (!list_empty(&mod->source_list))
		return -EWOULDBLOCK;
	if (mod->state != MODULE_STATE_LIVE || (mod->init && !mod->exit))
		return -EBUSY;
	if (atomic_cmpxchg(&mod->refcnt, 1, 0) != 1)
		return -EWOULDBLOCK;
	mod->state = MODULE_STATE_GOING;
	return 0;
}

SYSCALL_DEFINE2(delete_module, const char __user *, name_user, unsigned int, flags)
{
	char name[MODULE_NAME_LEN];
	struct module *mod;
	long len;
	int err;

	if (!capable_root())
		return -EPERM;
	len = strncpy_from_user(name, name_user, MODULE_NAME_LEN - 1);
	if (len < 0)
		return len;
	name[len] = '\0';
	mutex_lock(&module_mutex);
	mod = find_module(name);
	err = begin_removal(mod);
	mutex_unlock(&module_mutex);
	if (err) {
		if (err != -ENOENT)
			pr_warn("%s: cannot be removed, it is in use\n", name);
		return err;
	}
	if (mod->exit)
		mod->exit();
	free_module(mod);
	return 0;
}
