/* Binding drivers to device-tree nodes. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <asm/io.h>

static LIST_HEAD(platform_drivers);

int platform_driver_register(struct platform_driver *drv)
{
	struct device_node *np = NULL;

	list_add_tail(&drv->list, &platform_drivers);
	while ((np = of_find_all_nodes(np))) {
		struct platform_device *pdev;
		int err;

		if (np->populated || !of_device_is_available(np) || !of_match_node(drv->of_match_table, np))
			continue;
		pdev = kzalloc(sizeof(*pdev), GFP_KERNEL);
		if (!pdev)
			return -ENOMEM;
		pdev->name = np->full_name;
		pdev->of_node = np;
		err = drv->probe(pdev);
		if (err) {
			if (err != -ENODEV)
				pr_warn("%s: probe of %s failed with error %d\n", drv->name, pdev->name, err);
			kfree(pdev);
		} else {
			np->populated = true;
		}
	}
	return 0;
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
