/* The device tree, unflattened into nodes with properties. */
#ifndef _LINUX_OF_H
#define _LINUX_OF_H

#include <linux/init.h>
#include <linux/types.h>

typedef u32 phandle;

struct property {
	const char *name;
	int length;
	const void *value;	/* big-endian cells or strings */
	struct property *next;
};

struct device_node {
	const char *name;	/* without the unit address */
	const char *full_name;	/* with it */
	phandle phandle;
	struct property *properties;
	struct device_node *parent, *child, *sibling;
	bool populated;		/* a driver was offered this node and took it */
};

struct of_device_id {
	const char *compatible;
	const void *data;
};

struct resource {
	resource_size_t start, end;	/* inclusive */
};

struct of_phandle_args {
	struct device_node *np;
	int args_count;
	u32 args[4];
};

extern struct device_node *of_root, *of_chosen;
extern struct device_node *of_stdout;
extern const char *of_stdout_options;

/* The flattened tree, before there is memory for nodes. */
bool early_init_dt_scan(void *dt_va);
void early_init_fdt_scan_reserved_mem(void);
void unflatten_device_tree(void);
extern void *initial_boot_params;

struct device_node *of_find_node_by_path(const char *path);	/* also "alias" and "path:options" */
struct device_node *of_find_node_by_phandle(phandle handle);
struct device_node *of_find_compatible_node(struct device_node *from, const char *type, const char *compatible);
struct device_node *of_find_all_nodes(struct device_node *prev);
struct device_node *of_get_next_child(const struct device_node *node, struct device_node *prev);
#define for_each_child_of_node(parent, child) \
	for (child = of_get_next_child(parent, NULL); child; child = of_get_next_child(parent, child))
#define for_each_compatible_node(dn, type, compatible) \
	for (dn = of_find_compatible_node(NULL, type, compatible); dn; \
	     dn = of_find_compatible_node(dn, type, compatible))

const void *of_get_property(const struct device_node *np, const char *name, int *lenp);
int of_property_read_u32(const struct device_node *np, const char *name, u32 *out);
int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index, u32 *out);
int of_property_read_string(const struct device_node *np, const char *name, const char **out);
bool of_device_is_compatible(const struct device_node *np, const char *compatible);
bool of_device_is_available(const struct device_node *np);
const struct of_device_id *of_match_node(const struct of_device_id *matches, const struct device_node *np);
int of_n_addr_cells(const struct device_node *np);
int of_n_size_cells(const struct device_node *np);
u64 of_read_number(const u32 *cell, int cells);

int of_address_to_resource(struct device_node *np, int index, struct resource *r);
void *of_iomap(struct device_node *np, int index);
/* Linux interrupt number of the node's index-th interrupt, or a negative errno. */
int of_irq_get(struct device_node *np, int index);

/* Interrupt controllers and platform drivers register themselves in tables. */
typedef int (*of_init_fn)(struct device_node *np, struct device_node *parent);
struct of_init_entry {
	const char *compatible;
	of_init_fn fn;
};
#define IRQCHIP_DECLARE(id, compat, f)					\
	static const struct of_init_entry __irqchip_##id __used		\
	__aligned(8) __section(".init.irqchip") = { compat, f }
void irqchip_init(void);
int irq_create_of_mapping(struct device_node *controller, const u32 *intspec, int cells);
void irq_set_of_translator(struct device_node *controller, int (*map)(void *data, const u32 *intspec, int cells), void *data);

#define be32_to_cpu(x) __builtin_bswap32(x)

#endif
