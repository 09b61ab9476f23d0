/* Searching the device tree and reading properties. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/string.h>

struct device_node *of_root, *of_chosen, *of_stdout;
const char *of_stdout_options;

u64 of_read_number(const u32 *cell, int cells)
{
	u64 v = 0;

	while (cells-- > 0)
		v = v << 32 | be32_to_cpu(*cell++);
	return v;
}

static struct property *of_find_property(const struct device_node *np, const char *name)
{
	for (struct property *pp = np->properties; pp; pp = pp->next)
		if (!strcmp(pp->name, name))
			return pp;
	return NULL;
}

const void *of_get_property(const struct device_node *np, const char *name, int *lenp)
{
	struct property *pp = of_find_property(np, name);

	if (!pp)
		return NULL;
	if (lenp)
		*lenp = pp->length;
	return pp->value;
}

int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index, u32 *out)
{
	int len;
	const u32 *cells = of_get_property(np, name, &len);

	if (!cells)
		return -EINVAL;
	if (index >= (u32)len / 4)
		return -EOVERFLOW;
	*out = be32_to_cpu(cells[index]);
	return 0;
}

int of_property_read_u32(const struct device_node *np, const char *name, u32 *out)
{
	return of_property_read_u32_index(np, name, 0, out);
}

int of_property_read_string(const struct device_node *np, const char *name, const char **out)
{
	int len;
	const char *s = of_get_property(np, name, &len);

	if (!s)
		return -EINVAL;
	if (strnlen(s, len) == (size_t)len)
		return -EILSEQ;
	*out = s;
	return 0;
}

bool of_device_is_compatible(const struct device_node *np, const char *compatible)
{
	int len;
	const char *s = of_get_property(np, "compatible", &len);

	for (const char *end = s + (s ? len : 0); s && s < end; s += strnlen(s, end - s) + 1)
		if (strnlen(s, end - s) < (size_t)(end - s) && !strcmp(s, compatible))
			return true;
	return false;
}

bool of_device_is_available(const struct device_node *np)
{
	const char *status;

	return of_property_read_string(np, "status", &status) || !strcmp(status, "okay") || !strcmp(status, "ok");
}

const struct of_device_id *of_match_node(const struct of_device_id *matches, const struct device_node *np)
{
	for (; matches->compatible; matches++)
		if (of_device_is_compatible(np, matches->compatible))
			return matches;
	return NULL;
}

/* Depth first; NULL starts. */
struct device_node *of_find_all_nodes(struct device_node *np)
{
	if (!np)
		return of_root;
	if (np->child)
		return np->child;
	while (np && !np->sibling)
		np = np->parent;
	return np ? np->sibling : NULL;
}

struct device_node *of_get_next_child(const struct device_node *node, struct device_node *prev)
{
	return prev ? prev->sibling : node ? node->child : NULL;
}

struct device_node *of_find_compatible_node(struct device_node *from, const char *type, const char *compatible)
{
	const char *t;

	while ((from = of_find_all_nodes(from))) {
		if (type && (of_property_read_string(from, "device_type", &t) || strcmp(t, type)))
			continue;
		if (of_device_is_compatible(from, compatible))
			return from;
	}
	return NULL;
}

struct device_node *of_find_node_by_phandle(phandle handle)
{
	struct device_node *np = NULL;

	while (handle && (np = of_find_all_nodes(np)))
		if (np->phandle == handle)
			return np;
	return NULL;
}

static struct device_node *find_child(struct device_node *parent, const char *name, size_t len)
{
	struct device_node *child;

	for_each_child_of_node(parent, child) {
		if (!strncmp(child->full_name, name, len) && !child->full_name[len])
			return child;
	}
	for_each_child_of_node(parent, child) {
		if (!strncmp(child->name, name, len) && !child->name[len])
			return child;
	}
	return NULL;
}

struct device_node *of_find_node_by_path(const char *path)
{
	struct device_node *np = of_root;

	if (*path != '/') {
		struct device_node *aliases = find_child(of_root, "aliases", 7);
		size_t len = strcspn(path, ":/");
		char alias[32];
		const char *target;

		if (!aliases || len >= sizeof(alias))
			return NULL;
		memcpy(alias, path, len);
		alias[len] = 0;
		if (of_property_read_string(aliases, alias, &target) || *target != '/')
			return NULL;
		np = of_find_node_by_path(target);
		path += len;
	}
	while (np && *path && *path != ':') {
		size_t len = strcspn(++path, ":/");

		if (len)
			np = find_child(np, path, len);
		path += len;
	}
	return np;
}

static int cells_of_parent(const struct device_node *np, const char *name, int fallback)
{
	u32 cells;

	for (np = np->parent; np; np = np->parent)
		if (!of_property_read_u32(np, name, &cells))
			return cells;
	return fallback;
}

int of_n_addr_cells(const struct device_node *np)
{
	return cells_of_parent(np, "#address-cells", 2);
}

int of_n_size_cells(const struct device_node *np)
{
	return cells_of_parent(np, "#size-cells", 1);
}
