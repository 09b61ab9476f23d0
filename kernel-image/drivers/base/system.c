/* Devices that are the machine itself: its CPUs, its memory, its firmware's device tree, and the roots for others. */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

static struct kernfs_node *firmware_kn;

static bool never_matches(struct device *dev, struct device_driver *drv)
{
	return false;
}

static struct bus_type cpu_subsys = { .name = "cpu", .match = never_matches };
static struct bus_type memory_subsys = { .name = "memory", .match = never_matches };
static struct bus_type container_subsys = { .name = "container", .match = never_matches };

/* The bus, and below /sys/devices/system the directory of its devices. */
static struct device *__init subsys_system_register(struct bus_type *bus)
{
	struct device *root = kzalloc(sizeof(*root), GFP_KERNEL);

	if (!root || bus_register(bus))
		panic("%s: cannot register the bus", bus->name);
	root->name = bus->name;
	root->parent = &system_root;
	device_register(root);
	return root;
}

struct numbered_device {
	struct device dev;
	unsigned long number;
	phys_addr_t base, size;		/* of memory */
	char name[16];
};

static struct numbered_device *__init register_numbered(struct bus_type *bus, struct device *root, unsigned long number)
{
	struct numbered_device *nd = kzalloc(sizeof(*nd), GFP_KERNEL);

	if (!nd)
		panic("%s%lu: no memory for its device", bus->name, number);
	snprintf(nd->name, sizeof(nd->name), "%s%lu", bus->name, number);
	nd->number = number;
	nd->dev.name = nd->name;
	nd->dev.bus = bus;
	nd->dev.parent = root;
	device_register(&nd->dev);
	return nd;
}

void __init firmware_init(void)
{
	firmware_kn = kernfs_create_dir(sysfs_root, "firmware", 0755, NULL);
}

void __init hypervisor_init(void)
{
	kernfs_create_dir(sysfs_root, "hypervisor", 0755, NULL);
}

static unsigned long number_of(struct kernfs_node *kn)
{
	return container_of(kn->priv, struct numbered_device, dev)->number;
}

static int online_show(struct kernfs_node *kn, struct seq_file *m)
{
	seq_printf(m, "%d\n", cpu_online(number_of(kn)));
	return 0;
}

static int online_write(struct kernfs_node *kn, char *buf)
{
	unsigned long on;

	if (kstrtoul(buf, 0, &on) || on > 1)
		return -EINVAL;
	return on ? cpu_up(number_of(kn)) : cpu_down(number_of(kn));
}

static int mask_show(struct kernfs_node *kn, struct seq_file *m)
{
	char list[64];

	cpumask_print_list(list, sizeof(list), kn->priv);
	seq_printf(m, "%s\n", list);
	return 0;
}

static const struct kernfs_ops online_ops = { .show = online_show, .write = online_write };
static const struct kernfs_ops mask_ops = { .show = mask_show };

void __init cpu_dev_init(void)
{
	struct device *root = subsys_system_register(&cpu_subsys);
	int cpu;

	kernfs_create_file(root->kn, "possible", 0444, &mask_ops, (void *)cpu_possible_mask);
	kernfs_create_file(root->kn, "present", 0444, &mask_ops, (void *)cpu_present_mask);
	kernfs_create_file(root->kn, "online", 0444, &mask_ops, (void *)cpu_online_mask);
	kernfs_create_file(root->kn, "isolated", 0444, &mask_ops, &cpu_isolated_map);
	for_each_possible_cpu(cpu) {
		struct device *dev = &register_numbered(&cpu_subsys, root, cpu)->dev;

		kernfs_create_file(dev->kn, "online", 0644, &online_ops, dev);
	}
}

static int range_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct numbered_device *nd = container_of(kn->priv, struct numbered_device, dev);

	seq_printf(m, "0x%lx-0x%lx\n", (unsigned long)nd->base, (unsigned long)(nd->base + nd->size - 1));
	return 0;
}

static const struct kernfs_ops range_ops = { .show = range_show };

void __init memory_dev_init(void)
{
	struct device *root = subsys_system_register(&memory_subsys);

	for (unsigned int i = 0; i < memblock.memory.cnt; i++) {
		struct numbered_device *nd = register_numbered(&memory_subsys, root, i);

		nd->base = memblock.memory.regions[i].base;
		nd->size = memblock.memory.regions[i].size;
		kernfs_create_file(nd->dev.kn, "range", 0444, &range_ops, &nd->dev);
	}
}

void __init container_dev_init(void)
{
	subsys_system_register(&container_subsys);
}

static int property_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct property *pp = kn->priv;

	seq_write(m, pp->value, pp->length);
	return 0;
}

static const struct kernfs_ops property_ops = { .show = property_show };

static void __init add_node(struct device_node *np, struct kernfs_node *kn)
{
	for (struct property *pp = np->properties; pp; pp = pp->next)
		kernfs_create_file(kn, pp->name, 0444, &property_ops, pp);
	for (struct device_node *child = np->child; child; child = child->sibling)
		add_node(child, kernfs_create_dir(kn, child->full_name, 0755, NULL));
}

/* The device tree as the firmware gave it: a directory per node, a file per property. */
void __init of_core_init(void)
{
	struct kernfs_node *kn = kernfs_create_dir(firmware_kn, "devicetree", 0755, NULL);

	add_node(of_root, kernfs_create_dir(kn, "base", 0755, NULL));
}
