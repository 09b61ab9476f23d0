/*
 * Whether a file is a module: every number in it is checked here, before anything follows it.
 *
 * The file is whatever a program with the right to load modules hands over.
 * Code it can run anyway; but a damaged file must end in ENOEXEC and a line in
 * the log, not in an access beyond the buffer.
 */
#include <linux/err.h>
#include <linux/string.h>

#include "internal.h"

static bool within(const struct load_info *info, u64 offset, u64 size)
{
	return offset <= info->len && size <= info->len - offset;
}

static bool check_header(const struct load_info *info)
{
	const struct elf64_hdr *hdr = info->hdr;

	if (info->len < sizeof(*hdr) || memcmp(hdr->e_ident, ELFMAG, SELFMAG)) {
		pr_err("module: not an ELF file\n");
		return false;
	}
	if (hdr->e_ident[EI_CLASS] != ELFCLASS64 || hdr->e_ident[EI_DATA] != ELFDATA2LSB || hdr->e_type != ET_REL ||
	    hdr->e_machine != EM_RISCV) {
		pr_err("module: not a relocatable object for this machine\n");
		return false;
	}
	if (hdr->e_shentsize != sizeof(struct elf64_shdr) || !hdr->e_shnum || hdr->e_shoff % 8 ||
	    !within(info, hdr->e_shoff, (u64)hdr->e_shnum * sizeof(struct elf64_shdr))) {
		pr_err("module: its section headers lie beyond its end\n");
		return false;
	}
	return true;
}

static bool check_string_table(const struct load_info *info, const struct elf64_shdr *shdr)
{
	return shdr->sh_type == SHT_STRTAB && shdr->sh_size && within(info, shdr->sh_offset, shdr->sh_size) &&
	       !((char *)info->hdr)[shdr->sh_offset + shdr->sh_size - 1];
}

static bool check_section(const struct load_info *info, const struct elf64_shdr *shdr, u64 names)
{
	u64 align = shdr->sh_addralign;

	if (shdr->sh_type != SHT_NOBITS && !within(info, shdr->sh_offset, shdr->sh_size))
		return false;
	if (shdr->sh_name >= names || (align & (align - 1)) || align > PAGE_SIZE)
		return false;
	if (shdr->sh_type == SHT_RELA)
		return shdr->sh_info < info->hdr->e_shnum && shdr->sh_size % sizeof(struct elf64_rela) == 0 &&
		       shdr->sh_offset % 8 == 0;
	return true;
}

static bool check_sections(struct load_info *info)
{
	struct elf64_hdr *hdr = info->hdr;
	const struct elf64_shdr *names = &info->sechdrs[hdr->e_shstrndx];

	if (hdr->e_shstrndx >= hdr->e_shnum || !check_string_table(info, names)) {
		pr_err("module: no names of sections\n");
		return false;
	}
	info->secstrings = (char *)hdr + names->sh_offset;
	for (unsigned int i = 1; i < hdr->e_shnum; i++) {
		if (!check_section(info, &info->sechdrs[i], names->sh_size)) {
			pr_err("module: section %u makes no sense: type %u, offset %lu, size %lu, file length %lu\n", i,
			       info->sechdrs[i].sh_type, info->sechdrs[i].sh_offset, info->sechdrs[i].sh_size, info->len);
			return false;
		}
	}
	return true;
}

static bool check_symbols(struct load_info *info)
{
	const struct elf64_shdr *symsec, *strsec;
	const struct elf64_sym *sym;
	unsigned int tables = 0;

	for (unsigned int i = 1; i < info->hdr->e_shnum; i++) {
		if (info->sechdrs[i].sh_type == SHT_SYMTAB) {
			info->index.sym = i;
			tables++;
		}
	}
	symsec = &info->sechdrs[info->index.sym];
	info->index.str = symsec->sh_link;
	strsec = &info->sechdrs[info->index.str];
	if (tables != 1 || symsec->sh_offset % 8 || symsec->sh_size % sizeof(*sym) ||
	    info->index.str >= info->hdr->e_shnum || !check_string_table(info, strsec)) {
		pr_err("module: no usable symbol table\n");
		return false;
	}
	info->strtab = (char *)info->hdr + strsec->sh_offset;
	sym = (void *)info->hdr + symsec->sh_offset;
	for (unsigned long i = 0; i < symsec->sh_size / sizeof(*sym); i++) {
		if (sym[i].st_name >= strsec->sh_size ||
		    (sym[i].st_shndx < SHN_LORESERVE && sym[i].st_shndx >= info->hdr->e_shnum)) {
			pr_err("module: symbol %lu makes no sense\n", i);
			return false;
		}
	}
	return true;
}

const char *section_name(const struct load_info *info, const struct elf64_shdr *shdr)
{
	return info->secstrings + shdr->sh_name;
}

unsigned int find_sec(const struct load_info *info, const char *name)
{
	for (unsigned int i = 1; i < info->hdr->e_shnum; i++)
		if ((info->sechdrs[i].sh_flags & SHF_ALLOC) && !strcmp(section_name(info, &info->sechdrs[i]), name))
			return i;
	return 0;
}

void *section_objs(const struct load_info *info, const char *name, size_t object_size, unsigned int *num)
{
	unsigned int sec = find_sec(info, name);

	*num = sec ? info->sechdrs[sec].sh_size / object_size : 0;
	return sec ? (void *)info->sechdrs[sec].sh_addr : NULL;
}

/* Strings of the form tag=value, each with its end. */
const char *get_modinfo(const struct load_info *info, const char *tag)
{
	const struct elf64_shdr *shdr = &info->sechdrs[info->index.info];
	const char *p = (char *)info->hdr + shdr->sh_offset, *end = p + shdr->sh_size;
	size_t len = strlen(tag);

	if (!info->index.info)
		return NULL;
	for (; p < end; p += strnlen(p, end - p) + 1)
		if (end - p > len && !strncmp(p, tag, len) && p[len] == '=')
			return p + len + 1;
	return NULL;
}

static bool check_own_sections(struct load_info *info)
{
	const struct elf64_shdr *mod, *modinfo;

	info->index.mod = find_sec(info, ".gnu.linkonce.this_module");
	info->index.info = find_sec(info, ".modinfo");
	mod = &info->sechdrs[info->index.mod];
	modinfo = &info->sechdrs[info->index.info];
	if (!info->index.mod || mod->sh_type != SHT_PROGBITS || mod->sh_size != sizeof(struct module) ||
	    mod->sh_offset % 8) {
		pr_err("module: no struct module of this kernel in it\n");
		return false;
	}
	if (info->index.info && (modinfo->sh_type != SHT_PROGBITS || !modinfo->sh_size ||
				 ((char *)info->hdr)[modinfo->sh_offset + modinfo->sh_size - 1])) {
		pr_err("module: section .modinfo does not end with a string\n");
		return false;
	}
	info->name = ((struct module *)((char *)info->hdr + mod->sh_offset))->name;
	if (!info->name[0] || strnlen(info->name, MODULE_NAME_LEN) == MODULE_NAME_LEN || strchr(info->name, '/')) {
		pr_err("module: it has no proper name\n");
		return false;
	}
	return true;
}

int elf_validity_check(struct load_info *info)
{
	if (!check_header(info))
		return -ENOEXEC;
	info->sechdrs = (void *)info->hdr + info->hdr->e_shoff;
	if (!check_sections(info) || !check_symbols(info) || !check_own_sections(info))
		return -ENOEXEC;
	return 0;
}
