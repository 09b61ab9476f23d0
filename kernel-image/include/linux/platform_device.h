/* Devices and drivers of the platform bus: device-tree nodes, bound by compatible string. */
#ifndef _LINUX_PLATFORM_DEVICE_H
#define _LINUX_PLATFORM_DEVICE_H

#include <linux/device.h>
#include <linux/of.h>

struct platform_device {
	const char *name;
	struct device_node *of_node;
	void *driver_data;
	struct device dev;
};

struct platform_driver {
	const char *name;
	const struct of_device_id *of_match_table;
	int (*probe)(struct platform_device *pdev);
	void (*remove)(struct platform_device *pdev);
	struct device_driver driver;
};

/* Binds the driver to each available node that matches; returns 0 even when none does. */
int platform_driver_register(struct platform_driver *drv);
void platform_driver_unregister(struct platform_driver *drv);
/* The names that drivers would go by of the devices that have none, each once; how many there are. */
#define MODALIAS_SIZE 128
unsigned int platform_unbound_modaliases(char (*aliases)[MODALIAS_SIZE], unsigned int most);
int platform_get_irq(struct platform_device *pdev, unsigned int index);
void *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index);

#endif
