/* Devices and classes: the lists of them, their directories in /sys, their nodes in /dev. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base.h"

static struct list_head devices_kset, class_kset;
static DEFINE_MUTEX(device_links_lock);		/* the lists of devices and classes */
static struct kernfs_node *class_kn;
struct kernfs_node *devices_kn;

struct device system_root = { .name = "system" };

void __init devices_init(void)
{
	INIT_LIST_HEAD(&devices_kset);
	devices_kn = kernfs_create_dir(sysfs_root, "devices", 0755, NULL);
	if (IS_ERR(devices_kn) || device_register(&system_root))
		panic("no memory for /sys/devices");
}

void __init classes_init(void)
{
	INIT_LIST_HEAD(&class_kset);
	class_kn = kernfs_create_dir(sysfs_root, "class", 0755, NULL);
}

int class_register(struct class *class)
{
	INIT_LIST_HEAD(&class->devices);
	class->kn = kernfs_create_dir(class_kn, class->name, 0755, NULL);
	if (IS_ERR(class->kn))
		return PTR_ERR(class->kn);
	mutex_lock(&device_links_lock);
	list_add_tail(&class->node, &class_kset);
	mutex_unlock(&device_links_lock);
	return 0;
}

static int dev_show(struct kernfs_node *kn, struct seq_file *m)
{
	struct device *dev = kn->priv;

	seq_printf(m, "%u:%u\n", MAJOR(dev->devt), MINOR(dev->devt));
	return 0;
}

/* What a module that drives such a device is looked for by. */
int device_modalias(struct device *dev, char *buf, size_t size)
{
	const char *compatible;

	if (of_property_read_string(dev->of_node, "compatible", &compatible))
		return -ENODEV;
	snprintf(buf, size, "of:N%sT(null)C%s", dev->of_node->name, compatible);
	return 0;
}

static int modalias_show(struct kernfs_node *kn, struct seq_file *m)
{
	char alias[128];
	int err = device_modalias(kn->priv, alias, sizeof(alias));

	if (!err)
		seq_printf(m, "%s\n", alias);
	return err;
}

static const struct kernfs_ops dev_ops = { .show = dev_show };
static const struct kernfs_ops modalias_ops = { .show = modalias_show };

/* Below its parent; without one, a device of a class below virtual/CLASS. */
static struct kernfs_node *parent_directory(struct device *dev)
{
	static struct kernfs_node *virtual_kn;
	struct kernfs_node *kn;

	if (dev->parent)
		return dev->parent->kn;
	if (!dev->class)
		return devices_kn;
	if (!virtual_kn)
		virtual_kn = kernfs_create_dir(devices_kn, "virtual", 0755, NULL);
	kn = kernfs_create_dir(virtual_kn, dev->class->name, 0755, NULL);
	return PTR_ERR(kn) == -EEXIST ? kernfs_find(virtual_kn, dev->class->name) : kn;
}

static int add_to_sysfs(struct device *dev)
{
	struct kernfs_node *parent = parent_directory(dev);

	dev->kn = IS_ERR(parent) ? parent : kernfs_create_dir(parent, dev->name, 0755, dev);
	if (IS_ERR(dev->kn))
		return PTR_ERR(dev->kn);
	if (dev->devt)
		kernfs_create_file(dev->kn, "dev", 0444, &dev_ops, dev);
	if (dev->of_node && dev->bus)
		kernfs_create_file(dev->kn, "modalias", 0444, &modalias_ops, dev);
	if (dev->class) {
		kernfs_create_link(dev->kn, "subsystem", dev->class->kn);
		kernfs_create_link(dev->class->kn, dev->name, dev->kn);
	}
	return 0;
}

int device_register(struct device *dev)
{
	int ret;

	mutex_lock(&device_links_lock);
	ret = add_to_sysfs(dev);
	if (!ret) {
		list_add_tail(&dev->node, &devices_kset);
		if (dev->class)
			list_add_tail(&dev->class_node, &dev->class->devices);
	}
	mutex_unlock(&device_links_lock);
	if (ret)
		return ret;
	if (dev->devt)
		devtmpfs_create_node(dev->name, dev->devmode, dev->devt);
	if (dev->bus)
		bus_add_device(dev);
	return 0;
}

void device_unregister(struct device *dev)
{
	if (dev->bus)
		bus_remove_device(dev);
	if (dev->devt)
		devtmpfs_delete_node(dev->name);
	mutex_lock(&device_links_lock);
	list_del(&dev->node);
	if (dev->class) {
		list_del(&dev->class_node);
		kernfs_remove(kernfs_find(dev->class->kn, dev->name));
	}
	mutex_unlock(&device_links_lock);
	kernfs_remove(dev->kn);
}

struct device *device_create(struct class *class, struct device *parent, dev_t devt, umode_t mode, const char *name)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int ret;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev->name = name;
	dev->class = class;
	dev->parent = parent;
	dev->devt = devt;
	dev->devmode = mode;
	ret = device_register(dev);
	if (!ret)
		return dev;
	kfree(dev);
	return ERR_PTR(ret);
}

void device_destroy(struct device *dev)
{
	device_unregister(dev);
	kfree(dev);
}
