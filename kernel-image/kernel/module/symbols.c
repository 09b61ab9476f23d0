/* Symbols: what modules link to, who thereby uses whom, and the names of their functions for backtraces. */
#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/pgtable.h>

#include "internal.h"

extern const struct kernel_symbol __start___ksymtab[], __stop___ksymtab[];
extern const struct kernel_symbol __start___ksymtab_gpl[], __stop___ksymtab_gpl[];

static const struct kernel_symbol *find_in(const struct kernel_symbol *syms, size_t num, const char *name)
{
	for (; num; num--, syms++)
		if (!strcmp(syms->name, name))
			return syms;
	return NULL;
}

/* Of the kernel's first, then of the modules. *owner: whose it is; *gpl_only: who may use it. */
static const struct kernel_symbol *find_symbol(const char *name, struct module **owner, bool *gpl_only)
{
	const struct kernel_symbol *sym;
	struct module *mod;

	*owner = NULL;
	*gpl_only = false;
	sym = find_in(__start___ksymtab, __stop___ksymtab - __start___ksymtab, name);
	if (sym)
		return sym;
	*gpl_only = true;
	sym = find_in(__start___ksymtab_gpl, __stop___ksymtab_gpl - __start___ksymtab_gpl, name);
	if (sym)
		return sym;
	list_for_each_entry(mod, &modules, list) {
		*owner = mod;
		*gpl_only = false;
		sym = find_in(mod->syms, mod->num_syms, name);
		if (sym)
			return sym;
		*gpl_only = true;
		sym = find_in(mod->gpl_syms, mod->num_gpl_syms, name);
		if (sym)
			return sym;
	}
	return NULL;
}

/* module_mutex is held. */
bool add_module_usage(struct module *user, struct module *used)
{
	struct module_use *use;

	list_for_each_entry(use, &user->target_list, target_list)
		if (use->target == used)
			return true;
	if (used->state != MODULE_STATE_LIVE)
		return false;
	use = kmalloc(sizeof(*use), GFP_KERNEL);
	if (!use)
		return false;
	if (!try_module_get(used)) {
		kfree(use);
		return false;
	}
	use->source = user;
	use->target = used;
	list_add(&use->source_list, &used->source_list);
	list_add(&use->target_list, &user->target_list);
	return true;
}

void module_unload_free(struct module *mod)
{
	struct module_use *use, *next;

	mutex_lock(&module_mutex);
	list_for_each_entry_safe(use, next, &mod->target_list, target_list) {
		list_del(&use->source_list);
		list_del(&use->target_list);
		module_put(use->target);
		kfree(use);
	}
	mutex_unlock(&module_mutex);
}

/* A weak one that nobody has is 0. */
static int resolve_symbol(struct module *mod, const char *name, bool weak, u64 *value)
{
	const struct kernel_symbol *sym;
	struct module *owner;
	bool gpl_only;
	int err = 0;

	mutex_lock(&module_mutex);
	sym = find_symbol(name, &owner, &gpl_only);
	if (!sym)
		err = -ENOENT;
	else if (gpl_only && !mod->gpl_ok)
		err = -EACCES;
	else if (owner && !add_module_usage(mod, owner))
		err = -EBUSY;
	else
		*value = sym->value;
	mutex_unlock(&module_mutex);
	if (err == -ENOENT && weak)
		return 0;
	if (err == -EACCES)
		pr_err("%s: GPL-incompatible module uses GPL-only symbol %s\n", mod->name, name);
	else if (err)
		pr_warn("%s: Unknown symbol %s (err %d)\n", mod->name, name, err);
	return err ? -ENOENT : 0;
}

/* Every symbol gets its address; all of the unknown ones are told. */
int simplify_symbols(struct module *mod, struct load_info *info)
{
	const struct elf64_shdr *symsec = &info->sechdrs[info->index.sym];
	struct elf64_sym *sym = (void *)info->hdr + symsec->sh_offset;
	int ret = 0, err;

	for (unsigned long i = 1; i < symsec->sh_size / sizeof(*sym); i++) {
		const char *name = info->strtab + sym[i].st_name;

		switch (sym[i].st_shndx) {
		case SHN_UNDEF:
			err = resolve_symbol(mod, name, ELF64_ST_BIND(sym[i].st_info) == STB_WEAK, &sym[i].st_value);
			if (err)
				ret = err;
			break;
		case SHN_ABS:
			break;
		case SHN_COMMON:
			pr_err("%s: please compile with -fno-common (symbol %s)\n", mod->name, name);
			ret = -ENOEXEC;
			break;
		default:
			if (sym[i].st_shndx >= SHN_LORESERVE) {
				pr_err("%s: symbol %s has no section\n", mod->name, name);
				ret = -ENOEXEC;
				break;
			}
			sym[i].st_value += info->sechdrs[sym[i].st_shndx].sh_addr;
		}
	}
	return ret;
}

static bool is_function(const struct load_info *info, const struct elf64_sym *sym)
{
	const char *name = info->strtab + sym->st_name;

	return sym->st_shndx && sym->st_shndx < SHN_LORESERVE && *name && *name != '.' && *name != '$' &&
	       (info->sechdrs[sym->st_shndx].sh_flags & SHF_EXECINSTR);
}

/* A copy that outlives the file, in order of addresses. */
int add_kallsyms(struct module *mod, const struct load_info *info)
{
	const struct elf64_shdr *symsec = &info->sechdrs[info->index.sym];
	const struct elf64_sym *sym = (void *)info->hdr + symsec->sh_offset;
	unsigned long all = symsec->sh_size / sizeof(*sym), functions = 0;

	for (unsigned long i = 1; i < all; i++)
		functions += is_function(info, &sym[i]);
	mod->symtab = kmalloc(max_t(unsigned long, functions, 1) * sizeof(*sym), GFP_KERNEL);
	mod->strtab = kmemdup(info->strtab, info->sechdrs[info->index.str].sh_size, GFP_KERNEL);
	if (!mod->symtab || !mod->strtab)
		return -ENOMEM;
	for (unsigned long i = 1; i < all; i++) {
		unsigned int at = mod->num_symtab;

		if (!is_function(info, &sym[i]))
			continue;
		for (; at && mod->symtab[at - 1].st_value > sym[i].st_value; at--)
			mod->symtab[at] = mod->symtab[at - 1];
		mod->symtab[at] = sym[i];
		mod->num_symtab++;
	}
	return 0;
}

static const struct module_memory *text_with(const struct module *mod, unsigned long addr)
{
	static const enum mod_mem_type texts[] = { MOD_TEXT, MOD_INIT_TEXT };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (addr - (unsigned long)mod->mem[texts[i]].base < mod->mem[texts[i]].size)
			return &mod->mem[texts[i]];
	return NULL;
}

/* rcu_read_lock is held. */
static struct module *module_text_address(unsigned long addr)
{
	struct module *mod;

	if (addr < MODULES_VADDR || addr >= MODULES_END)
		return NULL;
	list_for_each_entry_rcu(mod, &modules, list)
		if (mod->state != MODULE_STATE_UNFORMED && text_with(mod, addr))
			return mod;
	return NULL;
}

bool is_module_text_address(unsigned long addr)
{
	bool found;

	rcu_read_lock();
	found = module_text_address(addr);
	rcu_read_unlock();
	return found;
}

const char *module_address_lookup(unsigned long addr, unsigned long *size, unsigned long *offset, const char **modname)
{
	const struct module_memory *text;
	const char *name = NULL;
	struct module *mod;

	rcu_read_lock();
	mod = module_text_address(addr);
	text = mod ? text_with(mod, addr) : NULL;
	for (unsigned int i = 0; text && i < mod->num_symtab; i++) {
		unsigned long at = mod->symtab[i].st_value, end = (unsigned long)text->base + text->size;

		if (at < (unsigned long)text->base || at > addr)
			continue;
		if (i + 1 < mod->num_symtab && mod->symtab[i + 1].st_value - at < end - at)
			end = mod->symtab[i + 1].st_value;
		name = mod->strtab + mod->symtab[i].st_name;
		*offset = addr - at;
		*size = end - at;
		*modname = mod->name;
	}
	rcu_read_unlock();
	return name;
}
