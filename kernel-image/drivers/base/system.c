/* Devices that are the machine itself: its CPUs, its memory, and the roots under which others gather. */
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/of.h>
#include <linux/slab.h>

static struct device firmware_root = { .name = "firmware" };
static struct device hypervisor_root = { .name = "hypervisor" };
static struct device of_root_device = { .name = "devicetree", .parent = &firmware_root };

static bool never_matches(struct device *dev, struct device_driver *drv)
{
	return false;
}

static struct bus_type cpu_subsys = { .name = "cpu", .match = never_matches };
static struct bus_type memory_subsys = { .name = "memory", .match = never_matches };
static struct bus_type container_subsys = { .name = "container", .match = never_matches };

static void __init register_numbered(struct bus_type *bus, const char *kind, unsigned int number)
{
	struct device *dev = kzalloc(sizeof(*dev) + 16, GFP_KERNEL);
	char *name = (char *)(dev + 1);

	if (!dev)
		panic("%s%u: no memory for its device", kind, number);
	snprintf(name, 16, "%s%u", kind, number);
	dev->name = name;
	dev->bus = bus;
	device_register(dev);
}

void __init firmware_init(void)
{
	device_register(&firmware_root);
}

void __init hypervisor_init(void)
{
	device_register(&hypervisor_root);
}

void __init cpu_dev_init(void)
{
	int cpu;

	bus_register(&cpu_subsys);
	for_each_possible_cpu(cpu)
		register_numbered(&cpu_subsys, "cpu", cpu);
}

void __init memory_dev_init(void)
{
	bus_register(&memory_subsys);
	for (unsigned int i = 0; i < memblock.memory.cnt; i++)
		register_numbered(&memory_subsys, "memory", i);
}

void __init container_dev_init(void)
{
	bus_register(&container_subsys);
}

/* The device tree under firmware, where its nodes' devices look for it. */
void __init of_core_init(void)
{
	of_root_device.of_node = of_root;
	device_register(&of_root_device);
}
