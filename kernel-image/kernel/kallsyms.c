/* Looking addresses up in the table of functions that scripts/kallsyms.mjs has made. */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <asm/sections.h>

extern const u32 kallsyms_num_syms, kallsyms_offsets[], kallsyms_name_offsets[];
extern const char kallsyms_names[];

const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset)
{
	unsigned long at = addr - (unsigned long)_start, next;
	u32 low = 0, high = kallsyms_num_syms, first;

	if (addr < (unsigned long)_start || addr >= (unsigned long)_einittext || !kallsyms_num_syms)
		return NULL;
	while (high - low > 1) {
		u32 middle = (low + high) / 2;

		if (kallsyms_offsets[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	/* Of several names for one place the first. */
	for (first = low; first && kallsyms_offsets[first - 1] == kallsyms_offsets[low]; first--)
		;
	next = high < kallsyms_num_syms ? kallsyms_offsets[high] : (unsigned long)(_einittext - _start);
	*offset = at - kallsyms_offsets[low];
	*size = next - kallsyms_offsets[low];
	return kallsyms_names + kallsyms_name_offsets[first];
}

int sprint_symbol(char *buf, size_t len, unsigned long addr)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(addr, &size, &offset), *module;

	if (name)
		return scnprintf(buf, len, "%s+0x%lx/0x%lx", name, offset, size);
	name = module_address_lookup(addr, &size, &offset, &module);
	if (name)
		return scnprintf(buf, len, "%s+0x%lx/0x%lx [%s]", name, offset, size, module);
	return scnprintf(buf, len, "0x%lx", addr);
}
