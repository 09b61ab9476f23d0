/* Addresses and interrupts of device-tree nodes. */
#include <linux/errno.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <asm/io.h>

/* One step up: a child-bus address through its bus's "ranges"; empty ranges map one to one. */
static int of_translate_one(struct device_node *bus, int ac, int sc, u64 *addr)
{
	int len, pac = of_n_addr_cells(bus);
	const u32 *ranges = of_get_property(bus, "ranges", &len);

	if (!ranges)
		return -EINVAL;
	if (!len)
		return 0;
	for (int n = len / 4; n >= ac + pac + sc; n -= ac + pac + sc, ranges += ac + pac + sc) {
		u64 child = of_read_number(ranges, ac), size = of_read_number(ranges + ac + pac, sc);

		if (*addr >= child && *addr - child < size) {
			*addr = of_read_number(ranges + ac, pac) + (*addr - child);
			return 0;
		}
	}
	return -EINVAL;
}

int of_address_to_resource(struct device_node *np, int index, struct resource *r)
{
	int ac = of_n_addr_cells(np), sc = of_n_size_cells(np), len, err;
	const u32 *reg = of_get_property(np, "reg", &len);
	u64 addr, size;

	if (!reg || index < 0 || len / 4 < (index + 1) * (ac + sc))
		return -EINVAL;
	reg += index * (ac + sc);
	addr = of_read_number(reg, ac);
	size = of_read_number(reg + ac, sc);
	for (struct device_node *bus = np->parent; bus && bus->parent; bus = bus->parent) {
		err = of_translate_one(bus, ac, sc, &addr);
		if (err)
			return err;
		ac = of_n_addr_cells(bus);
		sc = of_n_size_cells(bus);
	}
	if (!size || addr + size - 1 < addr)
		return -EINVAL;
	*r = (struct resource){ addr, addr + size - 1 };
	return 0;
}

void *of_iomap(struct device_node *np, int index)
{
	struct resource r;

	if (of_address_to_resource(np, index, &r))
		return NULL;
	return ioremap(r.start, r.end - r.start + 1);
}

static struct {
	struct device_node *controller;
	int (*map)(void *data, const u32 *intspec, int cells);
	void *data;
} translators[4];

void irq_set_of_translator(struct device_node *controller, int (*map)(void *data, const u32 *intspec, int cells), void *data)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(translators); i++) {
		if (translators[i].controller)
			continue;
		translators[i].controller = controller;
		translators[i].map = map;
		translators[i].data = data;
		return;
	}
	pr_err("of: no room for another interrupt controller\n");
}

int irq_create_of_mapping(struct device_node *controller, const u32 *intspec, int cells)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(translators); i++)
		if (translators[i].controller == controller)
			return translators[i].map(translators[i].data, intspec, cells);
	return -EPROBE_DEFER;
}

static struct device_node *of_irq_find_parent(struct device_node *np)
{
	u32 handle;

	for (; np; np = np->parent)
		if (!of_property_read_u32(np, "interrupt-parent", &handle))
			return of_find_node_by_phandle(handle);
	return NULL;
}

/* From "interrupts-extended" (phandle before each) or "interrupts". */
int of_irq_get(struct device_node *np, int index)
{
	struct device_node *parent;
	u32 cells;
	int len;
	const u32 *spec = of_get_property(np, "interrupts-extended", &len);

	if (spec) {
		for (int n = len / 4; n > 0; n -= cells + 1, spec += cells + 1) {
			parent = of_find_node_by_phandle(be32_to_cpu(*spec));
			if (!parent || of_property_read_u32(parent, "#interrupt-cells", &cells) || n < (int)cells + 1)
				return -EINVAL;
			if (index-- == 0)
				return irq_create_of_mapping(parent, spec + 1, cells);
		}
		return -ENOENT;
	}
	spec = of_get_property(np, "interrupts", &len);
	parent = of_irq_find_parent(np);
	if (!spec || !parent || of_property_read_u32(parent, "#interrupt-cells", &cells) || !cells)
		return -EINVAL;
	if (len / 4 < (int)((index + 1) * cells))
		return -ENOENT;
	return irq_create_of_mapping(parent, spec + index * cells, cells);
}
