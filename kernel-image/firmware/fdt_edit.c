/* Adds the firmware's memory to a device tree as /reserved-memory/mmode_resv@START, in place. */
#include <fdt.h>

#define NODE_SPACE	288	/* room for what is inserted, names of properties included */

static void put_cell(char **p, uint32_t value)
{
	uint32_t swapped = fdt_big(value);

	memcpy(*p, &swapped, 4);
	*p += 4;
}

static void put_node(char **p, const char *name)
{
	put_cell(p, FDT_BEGIN_NODE);
	for (size_t i = 0; i < ((strlen(name) + 4) & ~3UL); i++)
		*(*p)++ = i < strlen(name) ? name[i] : '\0';
}

static void put_property(char **p, uint32_t name, uint32_t cells, const uint32_t *values)
{
	put_cell(p, FDT_PROP);
	put_cell(p, cells * 4);
	put_cell(p, name);
	for (uint32_t i = 0; i < cells; i++)
		put_cell(p, values[i]);
}

/* Makes room of size bytes at an offset of the blob; what lies behind moves, also in the header. */
static void open_gap(struct fdt_header *h, uint32_t offset, uint32_t size)
{
	char *fdt = (char *)h;

	memmove(fdt + offset + size, fdt + offset, fdt_big(h->totalsize) - offset);
	h->totalsize = fdt_big(fdt_big(h->totalsize) + size);
	if (fdt_big(h->off_dt_strings) >= offset)
		h->off_dt_strings = fdt_big(fdt_big(h->off_dt_strings) + size);
	if (fdt_big(h->off_dt_struct) >= offset)
		h->off_dt_struct = fdt_big(fdt_big(h->off_dt_struct) + size);
	if (fdt_big(h->off_mem_rsvmap) >= offset)
		h->off_mem_rsvmap = fdt_big(fdt_big(h->off_mem_rsvmap) + size);
}

/* The offset of a property's name among the strings, added at their end when it is not there. */
static uint32_t name_offset(struct fdt_header *h, const char *name)
{
	uint32_t start = fdt_big(h->off_dt_strings), size = fdt_big(h->size_dt_strings);
	char *strings = (char *)h + start;
	uint32_t padded = (strlen(name) + 8) & ~7UL;

	for (uint32_t at = 0; at < size; at += strlen(strings + at) + 1)
		if (!strcmp(strings + at, name))
			return at;
	open_gap(h, start + size, padded);
	memset(strings + size, 0, padded);
	memcpy(strings + size, name, strlen(name));
	h->size_dt_strings = fdt_big(size + padded);
	return size;
}

/* Where to insert: the end of /reserved-memory if there is one (*exists), else the end of the root. */
static uint32_t find_place(const void *fdt, bool *exists)
{
	struct fdt_cursor c = fdt_begin(fdt);
	uint32_t at = 0;
	bool inside = false;
	int depth = 0;
	enum fdt_token token;

	*exists = false;
	while ((token = fdt_next(&c)) != FDT_END) {
		if (token == FDT_BEGIN_NODE && ++depth == 2)
			inside = !strcmp(c.name, "reserved-memory");
		if (token != FDT_END_NODE)
			continue;
		if (depth == 2 && inside)
			*exists = true;
		if ((depth == 2 && inside) || (depth == 1 && !*exists))
			at = c.at - 4;
		depth--;
	}
	return at;
}

static char *hex_name(char *buf, const char *head, uint64_t value)
{
	size_t len = strlen(head);
	int shift = 60;

	memcpy(buf, head, len);
	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		buf[len++] = "0123456789abcdef"[value >> shift & 15];
	buf[len] = '\0';
	return buf;
}

bool fdt_reserve(void *fdt, uint64_t start, uint64_t size, uint64_t limit)
{
	struct fdt_header *h = fdt;
	const uint32_t region[] = { start >> 32, start, size >> 32, size }, two = 2;
	uint32_t address_cells, size_cells, ranges, reg, no_map, place;
	char node[NODE_SPACE], name[40], *p = node;
	bool exists;

	if ((uintptr_t)fdt + fdt_big(h->totalsize) + NODE_SPACE > limit)
		return false;
	address_cells = name_offset(h, "#address-cells");
	size_cells = name_offset(h, "#size-cells");
	ranges = name_offset(h, "ranges");
	reg = name_offset(h, "reg");
	no_map = name_offset(h, "no-map");
	place = find_place(fdt, &exists);
	if (!exists) {
		put_node(&p, "reserved-memory");
		put_property(&p, address_cells, 1, &two);
		put_property(&p, size_cells, 1, &two);
		put_property(&p, ranges, 0, NULL);
	}
	put_node(&p, hex_name(name, "mmode_resv@", start));
	put_property(&p, reg, 4, region);
	put_property(&p, no_map, 0, NULL);
	put_cell(&p, FDT_END_NODE);
	if (!exists)
		put_cell(&p, FDT_END_NODE);
	/* The blocks behind keep their alignment of 8. */
	if ((p - node) % 8)
		put_cell(&p, FDT_NOP);
	open_gap(h, fdt_big(h->off_dt_struct) + place, p - node);
	memcpy((char *)fdt + fdt_big(h->off_dt_struct) + place, node, p - node);
	h->size_dt_struct = fdt_big(fdt_big(h->size_dt_struct) + (p - node));
	return true;
}
