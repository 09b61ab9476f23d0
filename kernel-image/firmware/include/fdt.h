/* Walking a flattened device tree token by token; private to fdt.c and fdt_edit.c. */
#pragma once
#include <firmware.h>

enum fdt_token { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4, FDT_END = 9, FDT_BAD = -1 };

struct fdt_header {	/* all big-endian */
	uint32_t magic, totalsize, off_dt_struct, off_dt_strings, off_mem_rsvmap, version, last_comp_version,
		 boot_cpuid_phys, size_dt_strings, size_dt_struct;
};

struct fdt_cursor {
	const char *structs, *strings;
	uint32_t structs_size, strings_size, at;
	/* what the last token carried */
	const char *name;
	const void *value;
	uint32_t len;
};

struct fdt_cursor fdt_begin(const void *fdt);
enum fdt_token fdt_next(struct fdt_cursor *c);

static inline uint32_t fdt_big(uint32_t value)
{
	return value << 24 | (value & 0xff00) << 8 | (value >> 8 & 0xff00) | value >> 24;
}

/* A big-endian number at any address. */
static inline uint32_t fdt_load(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}
