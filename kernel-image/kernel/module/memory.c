/* The memory of modules: which section lies where, in pages that allow no more than it needs. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/cacheflush.h>
#include <asm/pgtable.h>

#include "internal.h"

#define MODULE_SIZE_MAX (16UL << 20)

static const unsigned long protections[MOD_MEM_NUM_TYPES] = {
	[MOD_TEXT] = (_PAGE_KERNEL & ~_PAGE_WRITE) | _PAGE_EXEC,
	[MOD_DATA] = _PAGE_KERNEL,
	[MOD_RODATA] = _PAGE_KERNEL & ~_PAGE_WRITE,
	[MOD_INIT_TEXT] = (_PAGE_KERNEL & ~_PAGE_WRITE) | _PAGE_EXEC,
	[MOD_INIT_DATA] = _PAGE_KERNEL,
};

static enum mod_mem_type type_of(const struct load_info *info, const struct elf64_shdr *shdr)
{
	bool init = !strncmp(section_name(info, shdr), ".init", 5);

	if (shdr->sh_flags & SHF_EXECINSTR)
		return init ? MOD_INIT_TEXT : MOD_TEXT;
	if (init)
		return MOD_INIT_DATA;
	return shdr->sh_flags & SHF_WRITE ? MOD_DATA : MOD_RODATA;
}

/* sh_addr becomes the offset in the memory of its type. */
static int layout_sections(struct load_info *info, unsigned long sizes[])
{
	for (unsigned int i = 1; i < info->hdr->e_shnum; i++) {
		struct elf64_shdr *shdr = &info->sechdrs[i];
		unsigned long *size = &sizes[type_of(info, shdr)];

		shdr->sh_addr = 0;
		if (!(shdr->sh_flags & SHF_ALLOC) || i == info->index.info)
			continue;
		if (!strcmp(section_name(info, shdr), ".data..percpu")) {
			pr_err("%s: per-CPU variables of modules are not supported\n", info->name);
			return -ENOEXEC;
		}
		shdr->sh_addr = ALIGN(*size, max_t(u64, shdr->sh_addralign, 1));
		if (shdr->sh_size > MODULE_SIZE_MAX || shdr->sh_addr + shdr->sh_size > MODULE_SIZE_MAX) {
			pr_err("%s: section %s is too large: %lu bytes\n", info->name, section_name(info, shdr), shdr->sh_size);
			return -ENOEXEC;
		}
		*size = shdr->sh_addr + shdr->sh_size;
	}
	return 0;
}

static int allocate(struct module_memory mem[], const unsigned long sizes[])
{
	for (int type = 0; type < MOD_MEM_NUM_TYPES; type++) {
		mem[type].size = sizes[type];
		mem[type].base = sizes[type] ? module_alloc(sizes[type]) : NULL;
		if (mem[type].base || !sizes[type])
			continue;
		while (type--)
			vfree(mem[type].base);
		return -ENOMEM;
	}
	return 0;
}

/* Copies the sections to where they will stay. *mod is the copy of the file's from then on. */
int move_module(struct module **mod, struct load_info *info)
{
	unsigned long sizes[MOD_MEM_NUM_TYPES] = { 0 };
	struct module_memory mem[MOD_MEM_NUM_TYPES];
	int err = layout_sections(info, sizes);

	if (!err)
		err = allocate(mem, sizes);
	if (err)
		return err;
	for (int type = 0; type < MOD_MEM_NUM_TYPES; type++)
		if (mem[type].base)
			memset(mem[type].base, 0, mem[type].size);
	for (unsigned int i = 1; i < info->hdr->e_shnum; i++) {
		struct elf64_shdr *shdr = &info->sechdrs[i];

		if (!(shdr->sh_flags & SHF_ALLOC) || i == info->index.info)
			continue;
		shdr->sh_addr += (unsigned long)mem[type_of(info, shdr)].base;
		if (shdr->sh_type != SHT_NOBITS)
			memcpy((void *)shdr->sh_addr, (char *)info->hdr + shdr->sh_offset, shdr->sh_size);
	}
	*mod = (struct module *)info->sechdrs[info->index.mod].sh_addr;
	memcpy((*mod)->mem, mem, sizeof(mem));
	info->name = (*mod)->name;
	return 0;
}

void free_module_memory(struct module *mod, enum mod_mem_type type)
{
	void *base = mod->mem[type].base;

	mod->mem[type] = (struct module_memory){ NULL, 0 };
	vfree(base);
}

/* struct module itself is in MOD_DATA, hence last. */
void free_all_module_memory(struct module *mod)
{
	for (int type = 0; type < MOD_MEM_NUM_TYPES; type++)
		if (type != MOD_DATA)
			free_module_memory(mod, type);
	vfree(mod->mem[MOD_DATA].base);
}

void module_protect(struct module *mod)
{
	for (int type = 0; type < MOD_MEM_NUM_TYPES; type++) {
		unsigned long base = (unsigned long)mod->mem[type].base;

		if (base)
			set_kernel_memory(base, base + PAGE_ALIGN(mod->mem[type].size), protections[type]);
	}
	flush_icache_all();
}
