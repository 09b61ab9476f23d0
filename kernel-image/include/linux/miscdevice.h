/* Character devices that need no more than one number, under major 10. */
#ifndef _LINUX_MISCDEVICE_H
#define _LINUX_MISCDEVICE_H

#include <linux/fs.h>

#define MISC_MAJOR 10
#define MISC_DYNAMIC_MINOR 255

struct miscdevice {
	int minor;			/* MISC_DYNAMIC_MINOR: any */
	const char *name;		/* of the node in /dev */
	const struct file_operations *fops;
	umode_t mode;			/* of the node; 0: only root's */
	struct cdev cdev;
	struct device *this_device;
};

int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);

#endif
