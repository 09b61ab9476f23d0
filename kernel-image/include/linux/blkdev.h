/* Block devices: a driver that moves sectors, and the page cache in front of it. */
#ifndef _LINUX_BLKDEV_H
#define _LINUX_BLKDEV_H

#include <linux/fs.h>

#define SECTOR_SIZE 512

struct block_device;

struct block_device_operations {
	/* Moves len bytes (whole sectors) between the device and kernel memory; sleeps until it is done. */
	int (*rw)(struct block_device *bdev, u64 sector, void *buf, size_t len, bool write);
	int (*flush)(struct block_device *bdev);
};

struct block_device {
	dev_t bd_dev;
	const char *bd_name;		/* of its node in /dev */
	u64 bd_nr_sectors;
	bool bd_read_only;
	const struct block_device_operations *bd_ops;
	struct inode *bd_inode;		/* its mapping is the device's page cache, whatever node is opened */
	void *bd_private;
	struct list_head bd_list;
};

struct block_device *lookup_bdev(const char *name);	/* by the path of its node, or an error */
struct block_device *bdev_lookup(dev_t dev);
void printk_all_bdevs(void);
int add_disk(struct block_device *bdev);

#endif
