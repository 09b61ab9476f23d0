/* Buses: bringing each device together with the driver that matches it. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>

#include "base.h"

static struct list_head bus_kset;
static DEFINE_MUTEX(buses_lock);
static struct kernfs_node *bus_kn;

void __init buses_init(void)
{
	INIT_LIST_HEAD(&bus_kset);
	bus_kn = kernfs_create_dir(sysfs_root, "bus", 0755, NULL);
}

int bus_register(struct bus_type *bus)
{
	struct kernfs_node *kn = kernfs_create_dir(bus_kn, bus->name, 0755, NULL);

	if (IS_ERR(kn))
		return PTR_ERR(kn);
	bus->kn_devices = kernfs_create_dir(kn, "devices", 0755, NULL);
	bus->kn_drivers = kernfs_create_dir(kn, "drivers", 0755, NULL);
	if (IS_ERR(bus->kn_devices) || IS_ERR(bus->kn_drivers))
		return -ENOMEM;
	INIT_LIST_HEAD(&bus->devices);
	INIT_LIST_HEAD(&bus->drivers);
	mutex_init(&bus->lock);
	mutex_lock(&buses_lock);
	list_add_tail(&bus->node, &bus_kset);
	mutex_unlock(&buses_lock);
	return 0;
}

/* The bus's lock is held. A device that the driver does not want stays free for another. */
static noinline void really_probe(struct device *dev, struct device_driver *drv)
{
	int err;

	dev->driver = drv;
	err = dev->bus->probe ? dev->bus->probe(dev) : 0;
	if (!err) {
		kernfs_create_link(dev->kn, "driver", drv->kn);
		kernfs_create_link(drv->kn, dev->name, dev->kn);
		return;
	}
	dev->driver = NULL;
	if (err != -ENODEV)
		pr_warn("%s: probe of %s failed with error %d\n", drv->name, dev->name, err);
}

static void device_attach_driver(struct device *dev, struct device_driver *drv)
{
	if (!dev->driver && dev->bus->match(dev, drv))
		really_probe(dev, drv);
}

static void device_release_driver(struct device *dev)
{
	if (dev->bus->remove)
		dev->bus->remove(dev);
	kernfs_remove(kernfs_find(dev->kn, "driver"));
	kernfs_remove(kernfs_find(dev->driver->kn, dev->name));
	dev->driver = NULL;
}

/* A device may have been bound before the bus was there: then only the links are made. */
void bus_add_device(struct device *dev)
{
	struct device_driver *drv;

	kernfs_create_link(dev->bus->kn_devices, dev->name, dev->kn);
	mutex_lock(&dev->bus->lock);
	list_add_tail(&dev->bus_node, &dev->bus->devices);
	if (dev->driver) {
		kernfs_create_link(dev->kn, "driver", dev->driver->kn);
		kernfs_create_link(dev->driver->kn, dev->name, dev->kn);
	}
	list_for_each_entry(drv, &dev->bus->drivers, node)
		device_attach_driver(dev, drv);
	mutex_unlock(&dev->bus->lock);
}

void bus_remove_device(struct device *dev)
{
	mutex_lock(&dev->bus->lock);
	if (dev->driver)
		device_release_driver(dev);
	list_del(&dev->bus_node);
	mutex_unlock(&dev->bus->lock);
	kernfs_remove(kernfs_find(dev->bus->kn_devices, dev->name));
}

int driver_register(struct device_driver *drv)
{
	struct device *dev;

	drv->kn = kernfs_create_dir(drv->bus->kn_drivers, drv->name, 0755, NULL);
	if (IS_ERR(drv->kn))
		return PTR_ERR(drv->kn);
	mutex_lock(&drv->bus->lock);
	list_add_tail(&drv->node, &drv->bus->drivers);
	list_for_each_entry(dev, &drv->bus->devices, bus_node)
		device_attach_driver(dev, drv);
	mutex_unlock(&drv->bus->lock);
	return 0;
}

void driver_unregister(struct device_driver *drv)
{
	struct device *dev;

	mutex_lock(&drv->bus->lock);
	list_for_each_entry(dev, &drv->bus->devices, bus_node)
		if (dev->driver == drv)
			device_release_driver(dev);
	list_del(&drv->node);
	mutex_unlock(&drv->bus->lock);
	kernfs_remove(drv->kn);
}
