/* Drivers that bind to device-tree nodes by compatible string. */
#ifndef _LINUX_PLATFORM_DEVICE_H
#define _LINUX_PLATFORM_DEVICE_H

#include <linux/list.h>
#include <linux/of.h>

struct platform_device {
	const char *name;
	struct device_node *of_node;
	void *driver_data;
};

struct platform_driver {
	const char *name;
	const struct of_device_id *of_match_table;
	int (*probe)(struct platform_device *pdev);
	struct list_head list;
};

/* Offers the driver each available node that matches; returns 0 even when none does. */
int platform_driver_register(struct platform_driver *drv);
int platform_get_irq(struct platform_device *pdev, unsigned int index);
void *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index);

#endif
