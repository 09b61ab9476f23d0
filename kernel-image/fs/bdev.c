/* Block devices as files: reads come from a page cache, writes go through it to the device at once. */
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define BLKROGET	0x125e
#define BLKGETSIZE	0x1260
#define BLKFLSBUF	0x1261
#define BLKSSZGET	0x1268
#define BLKGETSIZE64	0x80081272

static LIST_HEAD(bdev_list);
static DEFINE_SPINLOCK(bdev_lock);
static struct super_block *bdev_sb;
static struct class block_class = { .name = "block" };

/* The bytes of this page that the device really has. */
static size_t page_bytes(const struct inode *inode, pgoff_t index)
{
	return min_t(loff_t, PAGE_SIZE, inode->i_size - (loff_t)(index << PAGE_SHIFT));
}

static int blkdev_read_folio(struct address_space *mapping, struct page *page, pgoff_t index)
{
	struct block_device *bdev = mapping->host->i_bdev;

	if ((loff_t)(index << PAGE_SHIFT) >= mapping->host->i_size)
		return -ENXIO;
	return bdev->bd_ops->rw(bdev, index << (PAGE_SHIFT - 9), page_address(page), page_bytes(mapping->host, index),
				false);
}

static int blkdev_writepage(struct address_space *mapping, struct page *page, pgoff_t index)
{
	struct block_device *bdev = mapping->host->i_bdev;

	return bdev->bd_ops->rw(bdev, index << (PAGE_SHIFT - 9), page_address(page), page_bytes(mapping->host, index),
				true);
}

static const struct address_space_operations def_blk_aops = {
	.read_folio = blkdev_read_folio,
	.writepage = blkdev_writepage,
};

static struct block_device *bdev_lookup(dev_t dev)
{
	struct block_device *bdev, *found = NULL;

	spin_lock(&bdev_lock);
	list_for_each_entry(bdev, &bdev_list, bd_list)
		if (bdev->bd_dev == dev)
			found = bdev;
	spin_unlock(&bdev_lock);
	return found;
}

static int blkdev_open(struct inode *inode, struct file *file)
{
	struct block_device *bdev = bdev_lookup(inode->i_rdev);

	if (!bdev)
		return -ENXIO;
	if ((file->f_mode & FMODE_WRITE) && bdev->bd_read_only)
		return -EACCES;
	file->f_mapping = bdev->bd_inode->i_mapping;
	return 0;
}

static int blkdev_fsync(struct file *file)
{
	struct block_device *bdev = file->f_mapping->host->i_bdev;

	return bdev->bd_ops->flush ? bdev->bd_ops->flush(bdev) : 0;
}

static long blkdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct block_device *bdev = file->f_mapping->host->i_bdev;

	switch (cmd) {
	case BLKROGET:
		return put_user((int)bdev->bd_read_only, (int __user *)arg);
	case BLKGETSIZE:
		return put_user((unsigned long)bdev->bd_nr_sectors, (unsigned long __user *)arg);
	case BLKGETSIZE64:
		return put_user((u64)bdev->bd_nr_sectors * SECTOR_SIZE, (u64 __user *)arg);
	case BLKSSZGET:
		return put_user(SECTOR_SIZE, (int __user *)arg);
	case BLKFLSBUF:
		return blkdev_fsync(file);
	default:
		return -ENOTTY;
	}
}

const struct file_operations def_blk_fops = {
	.open = blkdev_open,
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.unlocked_ioctl = blkdev_ioctl,
	.fsync = blkdev_fsync,
};

int add_disk(struct block_device *bdev, const char *name)
{
	struct inode *inode = new_inode(bdev_sb);

	if (!inode)
		return -ENOMEM;
	inode->i_mode = S_IFBLK | 0600;
	inode->i_rdev = bdev->bd_dev;
	inode->i_size = bdev->bd_nr_sectors * SECTOR_SIZE;
	inode->i_bdev = bdev;
	inode->i_data.a_ops = &def_blk_aops;
	bdev->bd_inode = inode;
	spin_lock(&bdev_lock);
	list_add_tail(&bdev->bd_list, &bdev_list);
	spin_unlock(&bdev_lock);
	return PTR_ERR_OR_ZERO(device_create(&block_class, NULL, bdev->bd_dev, S_IFBLK | 0600, name));
}

/* The file system that block devices' own inodes belong to; nobody can mount or walk it. */
static int bdev_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	sb->s_root = NULL;
	return 0;
}

static struct file_system_type bd_type = {
	.name = "bdev",
	.fs_flags = FS_SINGLE,
	.fill_super = bdev_fill_super,
};

static int __init bdev_cache_init(void)
{
	bdev_sb = sget(&bd_type, bd_type.name, NULL);
	return IS_ERR(bdev_sb) ? PTR_ERR(bdev_sb) : class_register(&block_class);
}
fs_initcall(bdev_cache_init);
