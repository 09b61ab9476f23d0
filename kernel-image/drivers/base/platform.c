/* The platform bus: devices that the device tree describes, drivers by compatible string. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/io.h>

#include "base.h"

#define to_platform_device(d) container_of(d, struct platform_device, dev)
#define to_platform_driver(d) container_of(d, struct platform_driver, driver)

static struct device platform_bus = { .name = "platform" };
static int platform_devices_bound;
static bool platform_bus_ready;
static LIST_HEAD(early_drivers);
static LIST_HEAD(early_devices);

static bool platform_match(struct device *dev, struct device_driver *drv)
{
	return dev->of_node && !dev->of_node->populated && of_match_node(drv->of_match_table, dev->of_node);
}

static int platform_probe(struct device *dev)
{
	struct platform_device *pdev = to_platform_device(dev);
	int err = to_platform_driver(dev->driver)->probe(pdev);

	if (!err) {
		dev->of_node->populated = true;
		platform_devices_bound++;
	}
	return err;
}

static void platform_remove(struct device *dev)
{
	struct platform_driver *drv = to_platform_driver(dev->driver);

	if (drv->remove)
		drv->remove(to_platform_device(dev));
	dev->of_node->populated = false;
	platform_devices_bound--;
}

static struct bus_type platform_bus_type = {
	.name = "platform",
	.match = platform_match,
	.probe = platform_probe,
	.remove = platform_remove,
};

static struct platform_device *alloc_platform_device(struct device_node *np)
{
	struct platform_device *pdev = kzalloc(sizeof(*pdev), GFP_KERNEL);

	if (!pdev)
		return NULL;
	pdev->name = pdev->dev.name = np->full_name;
	pdev->of_node = pdev->dev.of_node = np;
	pdev->dev.parent = &platform_bus;
	pdev->dev.bus = &platform_bus_type;
	return pdev;
}

/* A console's driver comes before the bus: it binds at once, and joins the bus with its devices later. */
static int early_platform_driver_probe(struct platform_driver *drv)
{
	struct device_node *np = NULL;

	list_add_tail(&drv->driver.node, &early_drivers);
	while ((np = of_find_all_nodes(np))) {
		struct platform_device *pdev;

		if (!of_device_is_available(np) || np->populated || !of_match_node(drv->of_match_table, np))
			continue;
		pdev = alloc_platform_device(np);
		if (!pdev)
			return -ENOMEM;
		pdev->dev.driver = &drv->driver;
		if (platform_probe(&pdev->dev))
			kfree(pdev);
		else
			list_add_tail(&pdev->dev.bus_node, &early_devices);
	}
	return 0;
}

int platform_driver_register(struct platform_driver *drv)
{
	drv->driver.name = drv->name;
	drv->driver.bus = &platform_bus_type;
	drv->driver.of_match_table = drv->of_match_table;
	return platform_bus_ready ? driver_register(&drv->driver) : early_platform_driver_probe(drv);
}

void platform_driver_unregister(struct platform_driver *drv)
{
	driver_unregister(&drv->driver);
}

int platform_get_irq(struct platform_device *pdev, unsigned int index)
{
	return of_irq_get(pdev->of_node, index);
}

void *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)
{
	struct resource r;
	void *addr;
	int err = of_address_to_resource(pdev->of_node, index, &r);

	if (err)
		return ERR_PTR(err);
	addr = ioremap(r.start, r.end - r.start + 1);
	return addr ? addr : ERR_PTR(-ENOMEM);
}

static bool listed(char (*aliases)[MODALIAS_SIZE], unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(aliases[i], aliases[count]))
			return true;
	return false;
}

unsigned int platform_unbound_modaliases(char (*aliases)[MODALIAS_SIZE], unsigned int most)
{
	unsigned int count = 0;
	struct device *dev;

	mutex_lock(&platform_bus_type.lock);
	list_for_each_entry(dev, &platform_bus_type.devices, bus_node)
		if (count < most && !dev->driver && !dev->of_node->populated &&
		    !device_modalias(dev, aliases[count], MODALIAS_SIZE) && !listed(aliases, count))
			count++;
	mutex_unlock(&platform_bus_type.lock);
	return count;
}

void __init platform_bus_init(void)
{
	struct device_driver *drv, *next_drv;
	struct device *dev, *next_dev;

	device_register(&platform_bus);
	bus_register(&platform_bus_type);
	platform_bus_ready = true;
	list_for_each_entry_safe(drv, next_drv, &early_drivers, node) {
		list_del(&drv->node);
		driver_register(drv);
	}
	list_for_each_entry_safe(dev, next_dev, &early_devices, bus_node) {
		list_del(&dev->bus_node);
		device_register(dev);
	}
}

/* A platform device for every other available node that says what it is compatible with. */
static int __init of_platform_default_populate_init(void)
{
	struct device_node *np = NULL;

	while ((np = of_find_all_nodes(np))) {
		struct platform_device *pdev;

		if (!of_device_is_available(np) || np->populated || np == of_root ||
		    !of_get_property(np, "compatible", NULL))
			continue;
		pdev = alloc_platform_device(np);
		if (!pdev)
			return -ENOMEM;
		device_register(&pdev->dev);
	}
	return 0;
}
arch_initcall(of_platform_default_populate_init);
