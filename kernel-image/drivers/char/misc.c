/* Miscellaneous character devices: a driver gets one minor number and a node in /dev. */
#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>

#define DYNAMIC_MINORS 64

static struct class misc_class = { .name = "misc" };
static DECLARE_BITMAP(minors_used, DYNAMIC_MINORS);
static DEFINE_MUTEX(misc_mtx);

static void release_minor(struct miscdevice *misc)
{
	if (misc->minor < DYNAMIC_MINORS)
		clear_bit(misc->minor, minors_used);
}

static int add(struct miscdevice *misc)
{
	dev_t dev = MKDEV(MISC_MAJOR, misc->minor);
	int err;

	cdev_init(&misc->cdev, misc->fops);
	err = cdev_add(&misc->cdev, dev, 1);
	if (err)
		return err;
	misc->this_device = device_create(&misc_class, NULL, dev, S_IFCHR | (misc->mode ? misc->mode : 0600), misc->name);
	if (!IS_ERR(misc->this_device))
		return 0;
	cdev_del(&misc->cdev);
	return PTR_ERR(misc->this_device);
}

int misc_register(struct miscdevice *misc)
{
	int err = 0;

	mutex_lock(&misc_mtx);
	if (misc->minor == MISC_DYNAMIC_MINOR) {
		misc->minor = find_first_zero_bit(minors_used, DYNAMIC_MINORS);
		if (misc->minor == DYNAMIC_MINORS)
			err = -EBUSY;
		else
			set_bit(misc->minor, minors_used);
	}
	if (!err) {
		err = add(misc);
		if (err)
			release_minor(misc);
	}
	mutex_unlock(&misc_mtx);
	return err;
}

void misc_deregister(struct miscdevice *misc)
{
	mutex_lock(&misc_mtx);
	device_destroy(misc->this_device);
	cdev_del(&misc->cdev);
	release_minor(misc);
	mutex_unlock(&misc_mtx);
}

static int __init misc_init(void)
{
	return class_register(&misc_class);
}
subsys_initcall(misc_init);
