/* Flattened device trees (Devicetree Specification, chapter 5): checked and walked. */
#include <fdt.h>

#define FDT_MAGIC	0xd00dfeed
#define FDT_VERSION	17
#define FDT_MAX_SIZE	(1 << 20)
#define FDT_MAX_DEPTH	16

struct fdt_cursor fdt_begin(const void *fdt)
{
	const struct fdt_header *h = fdt;

	return (struct fdt_cursor){
		.structs = (const char *)fdt + fdt_big(h->off_dt_struct), .structs_size = fdt_big(h->size_dt_struct),
		.strings = (const char *)fdt + fdt_big(h->off_dt_strings), .strings_size = fdt_big(h->size_dt_strings),
	};
}

/* The length of a string that must end before limit, or -1. */
static int bounded(const char *s, uint32_t limit)
{
	for (uint32_t n = 0; n < limit; n++)
		if (!s[n])
			return n;
	return -1;
}

enum fdt_token fdt_next(struct fdt_cursor *c)
{
	uint32_t token, name, room;
	int len;

	do {
		if (c->structs_size - c->at < 4)
			return FDT_BAD;
		token = fdt_load(c->structs + c->at);
		c->at += 4;
	} while (token == FDT_NOP);
	room = c->structs_size - c->at;
	switch (token) {
	case FDT_BEGIN_NODE:
		c->name = c->structs + c->at;
		len = bounded(c->name, room);
		if (len < 0)
			return FDT_BAD;
		c->at += (len + 4) & ~3;
		break;
	case FDT_PROP:
		if (room < 8)
			return FDT_BAD;
		c->len = fdt_load(c->structs + c->at);
		name = fdt_load(c->structs + c->at + 4);
		c->value = c->structs + c->at + 8;
		if (c->len > room - 8 || name >= c->strings_size ||
		    bounded(c->strings + name, c->strings_size - name) < 0)
			return FDT_BAD;
		c->name = c->strings + name;
		c->at += 8 + ((c->len + 3) & ~3);
		break;
	case FDT_END_NODE: case FDT_END:
		break;
	default:
		return FDT_BAD;
	}
	return c->at <= c->structs_size ? (enum fdt_token)token : FDT_BAD;
}

static bool inside(uint32_t offset, uint32_t size, uint32_t total)
{
	return offset >= sizeof(struct fdt_header) && offset <= total && size <= total - offset;
}

const char *fdt_check(const void *fdt)
{
	const struct fdt_header *h = fdt;
	uint32_t total;
	struct fdt_cursor c;
	int depth = 0;
	enum fdt_token token;

	if (!fdt || (uintptr_t)fdt % 8)
		return "not at an address that is a multiple of 8";
	if (fdt_big(h->magic) != FDT_MAGIC)
		return "its first bytes are not d00dfeed";
	total = fdt_big(h->totalsize);
	if (fdt_big(h->version) < FDT_VERSION || fdt_big(h->last_comp_version) > FDT_VERSION)
		return "its format is not version 17";
	if (total > FDT_MAX_SIZE || !inside(fdt_big(h->off_dt_struct), fdt_big(h->size_dt_struct), total) ||
	    fdt_big(h->off_dt_struct) % 4 || !inside(fdt_big(h->off_dt_strings), fdt_big(h->size_dt_strings), total))
		return "its header gives blocks outside it";
	c = fdt_begin(fdt);
	for (;;) {
		token = fdt_next(&c);
		if (token == FDT_BEGIN_NODE)
			depth++;
		else if (token == FDT_END_NODE)
			depth--;
		if (token == FDT_BAD || depth < 0 || depth > FDT_MAX_DEPTH || (token == FDT_PROP && !depth))
			return "its structure is damaged";
		if (token == FDT_END)
			return depth ? "its structure is damaged" : NULL;
	}
}

static void read_property(struct fdt_node *node, const struct fdt_cursor *c)
{
	uint32_t number = c->len == 4 ? fdt_load(c->value) : 0;

	/* A text property counts only when it ends. */
	if (c->len && !((const char *)c->value)[c->len - 1]) {
		if (!strcmp(c->name, "compatible")) {
			node->compatible = c->value;
			node->compatible_len = c->len;
		} else if (!strcmp(c->name, "status")) {
			node->status = c->value;
		} else if (!strcmp(c->name, "device_type")) {
			node->device_type = c->value;
		}
	}
	if (!strcmp(c->name, "reg")) {
		node->reg = c->value;
		node->reg_len = c->len;
	} else if (!strcmp(c->name, "reg-shift")) {
		node->reg_shift = number & 3;
	} else if (!strcmp(c->name, "#address-cells")) {
		node->child_address_cells = number;
	} else if (!strcmp(c->name, "#size-cells")) {
		node->child_size_cells = number;
	}
}

/* Properties come before child nodes, so a node is complete when its first child or its end comes. */
void fdt_for_each_node(const void *fdt, void (*visit)(const struct fdt_node *node))
{
	static struct fdt_node nodes[FDT_MAX_DEPTH + 1];	/* too much for the stack */
	bool visited = true;
	struct fdt_cursor c = fdt_begin(fdt);
	int depth = 0;
	enum fdt_token token;

	nodes[0] = (struct fdt_node){ .child_address_cells = 2, .child_size_cells = 1 };
	while ((token = fdt_next(&c)) != FDT_END) {
		if (token == FDT_PROP) {
			read_property(&nodes[depth], &c);
			continue;
		}
		if (!visited)
			visit(&nodes[depth]);
		visited = token == FDT_END_NODE;
		if (token == FDT_END_NODE) {
			depth--;
			continue;
		}
		depth++;
		nodes[depth] = (struct fdt_node){
			.name = c.name, .child_address_cells = 2, .child_size_cells = 1,
			.address_cells = nodes[depth - 1].child_address_cells,
			.size_cells = nodes[depth - 1].child_size_cells,
		};
	}
}

bool fdt_compatible(const struct fdt_node *node, const char *name)
{
	for (uint32_t at = 0; at < node->compatible_len; at += strlen(node->compatible + at) + 1)
		if (!strcmp(node->compatible + at, name))
			return true;
	return false;
}

uint64_t fdt_reg(const struct fdt_node *node, int i)
{
	uint32_t at = i / 2 * (node->address_cells + node->size_cells) + (i % 2 ? node->address_cells : 0);
	uint32_t cells = i % 2 ? node->size_cells : node->address_cells;
	uint64_t value = 0;

	if ((at + cells) * 4 > node->reg_len)
		return 0;
	while (cells--)
		value = value << 32 | fdt_load(&node->reg[at++]);
	return value;
}
