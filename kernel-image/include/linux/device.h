/* The driver model: buses that bring devices and drivers together, classes of devices, and their places in /sys. */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <linux/kernfs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct device_node;
struct of_device_id;
struct device;
struct device_driver;
struct module;

struct bus_type {
	const char *name;
	bool (*match)(struct device *dev, struct device_driver *drv);
	int (*probe)(struct device *dev);
	void (*remove)(struct device *dev);
	struct list_head node;		/* of all buses */
	struct list_head devices, drivers;
	struct mutex lock;
	struct kernfs_node *kn_devices, *kn_drivers;
};

struct class {
	const char *name;
	struct list_head node;
	struct list_head devices;
	struct kernfs_node *kn;
};

struct device_driver {
	const char *name;
	struct bus_type *bus;
	const struct of_device_id *of_match_table;
	struct list_head node;
	struct kernfs_node *kn;
};

struct device {
	const char *name;
	struct device *parent;
	struct bus_type *bus;
	struct class *class;
	struct device_driver *driver;	/* bound, else NULL */
	struct device_node *of_node;
	dev_t devt;			/* of the node in /dev, else 0 */
	umode_t devmode;
	struct list_head node, bus_node, class_node;
	struct kernfs_node *kn;		/* its directory below /sys/devices */
};

int bus_register(struct bus_type *bus);
int class_register(struct class *class);
int driver_register(struct device_driver *drv);	/* offers it every device of its bus that has none */
void driver_unregister(struct device_driver *drv);	/* from its devices first */
int device_register(struct device *dev);	/* offers it to every driver of its bus */
void device_unregister(struct device *dev);
/* A device of a class, with its node in /dev (a block device's if mode says so), or an error. Freed by destroy. */
struct device *device_create(struct class *class, struct device *parent, dev_t devt, umode_t mode, const char *name);
void device_destroy(struct device *dev);

extern struct device system_root;	/* /sys/devices/system: the machine itself */
extern struct kernfs_node *devices_kn;

void devices_init(void);
void buses_init(void);
void classes_init(void);
void firmware_init(void);
void hypervisor_init(void);
void platform_bus_init(void);
void cpu_dev_init(void);
void memory_dev_init(void);
void container_dev_init(void);
void of_core_init(void);

#endif
