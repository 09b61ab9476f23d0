/* Devices, buses, drivers and classes: the lists of them, and bringing device and driver together. */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>

static struct list_head devices_kset, bus_kset, class_kset;
static DEFINE_MUTEX(device_links_lock);		/* the three lists */

void __init devices_init(void)
{
	INIT_LIST_HEAD(&devices_kset);
}

void __init buses_init(void)
{
	INIT_LIST_HEAD(&bus_kset);
}

void __init classes_init(void)
{
	INIT_LIST_HEAD(&class_kset);
}

int bus_register(struct bus_type *bus)
{
	INIT_LIST_HEAD(&bus->devices);
	INIT_LIST_HEAD(&bus->drivers);
	mutex_init(&bus->lock);
	mutex_lock(&device_links_lock);
	list_add_tail(&bus->node, &bus_kset);
	mutex_unlock(&device_links_lock);
	return 0;
}

int class_register(struct class *class)
{
	INIT_LIST_HEAD(&class->devices);
	mutex_lock(&device_links_lock);
	list_add_tail(&class->node, &class_kset);
	mutex_unlock(&device_links_lock);
	return 0;
}

/* The bus's lock is held. A device that the driver does not want stays free for another. */
static noinline void really_probe(struct device *dev, struct device_driver *drv)
{
	int err;

	dev->driver = drv;
	err = dev->bus->probe ? dev->bus->probe(dev) : 0;
	if (!err)
		return;
	dev->driver = NULL;
	if (err != -ENODEV)
		pr_warn("%s: probe of %s failed with error %d\n", drv->name, dev->name, err);
}

static void __device_attach_driver(struct device *dev, struct device_driver *drv)
{
	if (!dev->driver && dev->bus->match(dev, drv))
		really_probe(dev, drv);
}

int driver_register(struct device_driver *drv)
{
	struct device *dev;

	mutex_lock(&drv->bus->lock);
	list_add_tail(&drv->node, &drv->bus->drivers);
	list_for_each_entry(dev, &drv->bus->devices, bus_node)
		__device_attach_driver(dev, drv);
	mutex_unlock(&drv->bus->lock);
	return 0;
}

int device_register(struct device *dev)
{
	struct device_driver *drv;

	mutex_lock(&device_links_lock);
	list_add_tail(&dev->node, &devices_kset);
	if (dev->class)
		list_add_tail(&dev->class_node, &dev->class->devices);
	mutex_unlock(&device_links_lock);
	if (!dev->bus)
		return 0;
	mutex_lock(&dev->bus->lock);
	list_add_tail(&dev->bus_node, &dev->bus->devices);
	list_for_each_entry(drv, &dev->bus->drivers, node)
		__device_attach_driver(dev, drv);
	mutex_unlock(&dev->bus->lock);
	return 0;
}
