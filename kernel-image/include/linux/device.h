/* The driver model: buses that bring devices and drivers together, and classes of devices. */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct device_node;
struct of_device_id;
struct device;
struct device_driver;

struct bus_type {
	const char *name;
	bool (*match)(struct device *dev, struct device_driver *drv);
	int (*probe)(struct device *dev);
	struct list_head node;		/* of all buses */
	struct list_head devices, drivers;
	struct mutex lock;
};

struct class {
	const char *name;
	struct list_head node;
	struct list_head devices;
};

struct device_driver {
	const char *name;
	struct bus_type *bus;
	const struct of_device_id *of_match_table;
	struct list_head node;
};

struct device {
	const char *name;
	struct device *parent;
	struct bus_type *bus;
	struct class *class;
	struct device_driver *driver;	/* bound, else NULL */
	struct device_node *of_node;
	struct list_head node, bus_node, class_node;
};

int bus_register(struct bus_type *bus);
int class_register(struct class *class);
int driver_register(struct device_driver *drv);	/* offers it every device of its bus that has none */
int device_register(struct device *dev);	/* offers it to every driver of its bus */

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
