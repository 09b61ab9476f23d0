/* The flattened device tree: early scans for memory and the command line, then nodes (Devicetree Specification 0.4, chapter 5). */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define FDT_MAGIC 0xd00dfeed
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE 2
#define FDT_PROP 3
#define FDT_NOP 4
#define FDT_END 9
#define MAX_FDT_SIZE (2UL << 20)

struct fdt_header {
	u32 magic, totalsize, off_dt_struct, off_dt_strings, off_mem_rsvmap;
	u32 version, last_comp_version, boot_cpuid_phys, size_dt_strings, size_dt_struct;
};

void *initial_boot_params;

static u32 fdt32(const void *p) { return be32_to_cpu(*(const u32 *)p); }

static const struct fdt_header *header(void) { return initial_boot_params; }

/* Checks what every later step relies upon: sizes in the header lie within the blob. */
static const char *__init fdt_check(void *fdt)
{
	struct fdt_header *h = fdt;
	u32 total, magic;

	if ((unsigned long)fdt & 3)
		return "address is not aligned";
	/* What lies there may not even be memory: read it in the way that survives a fault. */
	if (__asm_copy_user(&magic, fdt, sizeof(magic)))
		return "address cannot be read";
	if (be32_to_cpu(h->magic) != FDT_MAGIC)
		return "bad magic number";
	total = be32_to_cpu(h->totalsize);
	if (total < sizeof(*h) || total > MAX_FDT_SIZE)
		return "impossible size";
	if (be32_to_cpu(h->last_comp_version) > 17 || be32_to_cpu(h->version) < 16)
		return "unsupported version";
	if (be32_to_cpu(h->off_dt_struct) >= total || be32_to_cpu(h->off_dt_strings) >= total ||
	    be32_to_cpu(h->size_dt_strings) > total - be32_to_cpu(h->off_dt_strings) ||
	    be32_to_cpu(h->off_mem_rsvmap) >= total || (be32_to_cpu(h->off_dt_struct) & 3))
		return "blocks outside of the blob";
	return NULL;
}

/* One token of the structure block; strings and values are checked to end within it. */
struct fdt_token {
	u32 tag;
	const char *name;	/* of the node or property */
	const void *value;
	int length;
};

static const void *__init fdt_next(const void *pos, struct fdt_token *tok)
{
	const char *base = initial_boot_params, *end = base + be32_to_cpu(header()->totalsize);
	const char *p = pos;
	u32 nameoff;

	do {
		if (end - p < 4)
			panic("device tree: structure block has no end");
		tok->tag = fdt32(p);
		p += 4;
	} while (tok->tag == FDT_NOP);

	switch (tok->tag) {
	case FDT_BEGIN_NODE:
		tok->name = p;
		tok->length = strnlen(p, end - p);
		if (p + tok->length == end)
			panic("device tree: unterminated node name");
		p += tok->length + 1;
		break;
	case FDT_PROP:
		if (end - p < 8)
			panic("device tree: property cut off");
		tok->length = fdt32(p);
		nameoff = fdt32(p + 4);
		p += 8;
		if (tok->length < 0 || tok->length > end - p || nameoff >= be32_to_cpu(header()->size_dt_strings))
			panic("device tree: property outside of the blob");
		tok->name = base + be32_to_cpu(header()->off_dt_strings) + nameoff;
		tok->value = p;
		p += tok->length;
		break;
	case FDT_END_NODE:
	case FDT_END:
		break;
	default:
		panic("device tree: unknown token 0x%x", tok->tag);
	}
	return base + ALIGN(p - base, 4);
}

static const void *__init fdt_struct(void)
{
	return (char *)initial_boot_params + be32_to_cpu(header()->off_dt_struct);
}

static void __init scan_cells_of_root(u32 *addr_cells, u32 *size_cells)
{
	struct fdt_token tok;
	int depth = 0;

	*addr_cells = 2;
	*size_cells = 1;
	for (const void *p = fdt_next(fdt_struct(), &tok); tok.tag != FDT_END; p = fdt_next(p, &tok)) {
		depth += (tok.tag == FDT_BEGIN_NODE) - (tok.tag == FDT_END_NODE);
		if (tok.tag != FDT_PROP || depth != 1)
			continue;
		if (!strcmp(tok.name, "#address-cells") && tok.length == 4)
			*addr_cells = fdt32(tok.value);
		else if (!strcmp(tok.name, "#size-cells") && tok.length == 4)
			*size_cells = fdt32(tok.value);
	}
	if (*addr_cells < 1 || *addr_cells > 2 || *size_cells < 1 || *size_cells > 2)
		panic("device tree: root has impossible cell counts");
}

static void __init for_each_reg(const struct fdt_token *reg, u32 ac, u32 sc, int (*fn)(phys_addr_t, phys_addr_t))
{
	const u32 *cell = reg->value;

	for (int left = reg->length / 4; left >= (int)(ac + sc); left -= ac + sc, cell += ac + sc)
		fn(of_read_number(cell, ac), of_read_number(cell + ac, sc));
}

static void __init scan_chosen_property(const struct fdt_token *tok)
{
	const char *value = tok->value;

	if (!strcmp(tok->name, "bootargs"))
		strscpy(boot_command_line, value, min(tok->length + 1, COMMAND_LINE_SIZE));
	else if (!strcmp(tok->name, "linux,initrd-start"))
		phys_initrd_start = of_read_number(tok->value, tok->length / 4);
	else if (!strcmp(tok->name, "linux,initrd-end"))
		phys_initrd_size = of_read_number(tok->value, tok->length / 4);
}

/* Fills memblock.memory, boot_command_line and the initrd's place; false if this is no device tree. */
bool __init early_init_dt_scan(void *dt_va)
{
	const char *error = fdt_check(dt_va);
	struct fdt_token tok, reg = { 0 };
	char path0[32] = "";
	u32 ac, sc;
	int depth = 0;
	bool is_memory = false;

	if (error) {
		pr_err("device tree: %s\n", error);
		return false;
	}
	initial_boot_params = dt_va;
	scan_cells_of_root(&ac, &sc);
	for (const void *p = fdt_next(fdt_struct(), &tok); tok.tag != FDT_END; p = fdt_next(p, &tok)) {
		switch (tok.tag) {
		case FDT_BEGIN_NODE:
			if (++depth == 2) {
				strscpy(path0, tok.name, sizeof(path0));
				is_memory = false;
				reg.length = 0;
			}
			break;
		case FDT_END_NODE:
			if (depth-- == 2 && is_memory)
				for_each_reg(&reg, ac, sc, memblock_add);
			break;
		case FDT_PROP:
			if (depth != 2)
				break;
			if (!strcmp(path0, "chosen"))
				scan_chosen_property(&tok);
			else if (!strcmp(tok.name, "device_type"))
				is_memory = tok.length == 7 && !memcmp(tok.value, "memory", 7);
			else if (!strcmp(tok.name, "reg"))
				reg = tok;
			break;
		}
		if (depth < 0)
			panic("device tree: a node ends twice");
	}
	phys_initrd_size = phys_initrd_size > phys_initrd_start ? phys_initrd_size - phys_initrd_start : 0;
	return true;
}

/* The memory reservation block, and the children of /reserved-memory that have a place. */
void __init early_init_fdt_scan_reserved_mem(void)
{
	const u32 *rsv = (u32 *)((char *)initial_boot_params + be32_to_cpu(header()->off_mem_rsvmap));
	const u32 *end = (u32 *)((char *)initial_boot_params + be32_to_cpu(header()->totalsize));
	struct fdt_token tok;
	bool inside = false;
	u32 ac, sc;
	int depth = 0;

	for (; end - rsv >= 4 && of_read_number(rsv + 2, 2); rsv += 4)
		memblock_reserve(of_read_number(rsv, 2), of_read_number(rsv + 2, 2));
	scan_cells_of_root(&ac, &sc);
	for (const void *p = fdt_next(fdt_struct(), &tok); tok.tag != FDT_END; p = fdt_next(p, &tok)) {
		if (tok.tag == FDT_BEGIN_NODE && ++depth == 2)
			inside = !strcmp(tok.name, "reserved-memory");
		else if (tok.tag == FDT_END_NODE)
			depth--;
		else if (tok.tag == FDT_PROP && inside && depth == 3 && !strcmp(tok.name, "reg"))
			for_each_reg(&tok, ac, sc, memblock_reserve);
	}
}

static const char *__init base_name(const char *full)
{
	size_t len = strchrnul(full, '@') - full;
	char *name = memblock_alloc(len + 1, 1);

	return memcpy(name, full, len);
}

/* Builds the tree of device_nodes from memblock memory; names and values stay in the blob. */
void __init unflatten_device_tree(void)
{
	struct device_node *np = NULL, **link = &of_root;
	struct property **prop = NULL;
	struct fdt_token tok;

	for (const void *p = fdt_next(fdt_struct(), &tok); tok.tag != FDT_END; p = fdt_next(p, &tok)) {
		if (tok.tag == FDT_BEGIN_NODE) {
			struct device_node *child = memblock_alloc(sizeof(*child), 8);

			child->full_name = tok.name;
			child->name = base_name(tok.name);
			child->parent = np;
			*link = child;
			np = child;
			link = &np->child;
			prop = &np->properties;
		} else if (tok.tag == FDT_PROP && np) {
			struct property *pp = memblock_alloc(sizeof(*pp), 8);

			pp->name = tok.name;
			pp->value = tok.value;
			pp->length = tok.length;
			*prop = pp;
			prop = &pp->next;
			if (!strcmp(pp->name, "phandle") && pp->length == 4)
				np->phandle = fdt32(pp->value);
		} else if (tok.tag == FDT_END_NODE && np) {
			link = &np->sibling;
			np = np->parent;
		}
	}
	if (!of_root)
		panic("device tree: it has no root node");
}
