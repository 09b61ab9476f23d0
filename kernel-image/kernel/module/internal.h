/* Shared by the files of the module loader. */
#ifndef _KERNEL_MODULE_INTERNAL_H
#define _KERNEL_MODULE_INTERNAL_H

#include <linux/module.h>
#include <linux/mutex.h>

/* A module file in memory, and what is found in it. */
struct load_info {
	const char *name;		/* by __this_module, once that is checked */
	struct elf64_hdr *hdr;
	unsigned long len;
	struct elf64_shdr *sechdrs;	/* sh_addr: where the section will be */
	char *secstrings, *strtab;
	struct {
		unsigned int sym, str, mod, info;
	} index;
};

extern struct list_head modules;
extern struct mutex module_mutex;

/* elf.c. Each gives 0, or -ENOEXEC with a line in the log. */
int elf_validity_check(struct load_info *info);
unsigned int find_sec(const struct load_info *info, const char *name);	/* 0 if there is none */
void *section_objs(const struct load_info *info, const char *name, size_t object_size, unsigned int *num);
const char *get_modinfo(const struct load_info *info, const char *tag);
const char *section_name(const struct load_info *info, const struct elf64_shdr *shdr);

/* memory.c */
int move_module(struct module **mod, struct load_info *info);
void free_module_memory(struct module *mod, enum mod_mem_type type);
void free_all_module_memory(struct module *mod);
void module_protect(struct module *mod);

/* symbols.c */
int simplify_symbols(struct module *mod, struct load_info *info);
int add_kallsyms(struct module *mod, const struct load_info *info);
bool add_module_usage(struct module *user, struct module *used);
void module_unload_free(struct module *mod);
struct module *find_module(const char *name);

/* arch/riscv/kernel/module.c */
int apply_relocate_add(const struct load_info *info, unsigned int relsec, struct module *mod);

/* sysfs.c */
int mod_sysfs_setup(struct module *mod);
void mod_sysfs_teardown(struct module *mod);

#endif
