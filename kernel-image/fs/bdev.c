/* Block devices as files, and the blocks of their file systems' own structures: both are in the device's page cache. */
#include <linux/blkdev.h>
#include <linux/buffer_head.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/writeback.h>

#define BLKROGET	0x125e
#define BLKGETSIZE	0x1260
#define BLKFLSBUF	0x1261
#define BLKSSZGET	0x1268
#define BLKGETSIZE64	0x80081272

static LIST_HEAD(bdev_list);
static DEFINE_SPINLOCK(bdev_lock);
static struct super_block *bdev_sb;
static struct class block_class = { .name = "block" };

static int blkdev_read_folio(struct address_space *mapping, struct page *page, pgoff_t index)
{
	struct block_device *bdev = mapping->host->i_bdev;
	loff_t pos = (loff_t)index << PAGE_SHIFT;

	if (pos >= mapping->host->i_size)
		return -ENXIO;
	return bdev->bd_ops->rw(bdev, pos / SECTOR_SIZE, page_address(page),
				min_t(loff_t, PAGE_SIZE, mapping->host->i_size - pos), false);
}

/*
 * page->private has a bit for each sector that has changed. The others may be
 * file data, which does not go through this cache: they must not be written.
 */
static void mark_sectors(struct page *page, unsigned int from, unsigned int to)
{
	u32 bits = 0;

	for (unsigned int s = from / SECTOR_SIZE; s * SECTOR_SIZE < to; s++)
		bits |= 1U << s;
	__atomic_fetch_or(&page->private, bits, __ATOMIC_RELAXED);
}

static int blkdev_write_begin(struct address_space *mapping, struct page *page, pgoff_t index, unsigned int from,
			      unsigned int to)
{
	mark_sectors(page, from, to);
	return 0;
}

static int blkdev_writepage(struct address_space *mapping, struct page *page, pgoff_t index)
{
	struct block_device *bdev = mapping->host->i_bdev;
	u32 bits = xchg(&page->private, 0);
	int err = 0;

	for (unsigned int s = 0, n; !err && s < PAGE_SIZE / SECTOR_SIZE; s += n) {
		bool dirty = bits & 1U << s;

		for (n = 1; s + n < PAGE_SIZE / SECTOR_SIZE && !(bits & 1U << (s + n)) == !dirty; n++)
			;
		if (dirty)
			err = bdev->bd_ops->rw(bdev, (u64)index * (PAGE_SIZE / SECTOR_SIZE) + s,
					       (char *)page_address(page) + s * SECTOR_SIZE, n * SECTOR_SIZE, true);
	}
	return err;
}

static const struct address_space_operations def_blk_aops = {
	.read_folio = blkdev_read_folio,
	.write_begin = blkdev_write_begin,
	.writepage = blkdev_writepage,
};

static int get_block_page(struct super_block *sb, u64 block, struct buffer_head *bh)
{
	u64 pos = block * sb->s_blocksize;
	struct page *page = filemap_get_page(sb->s_bdev->bd_inode->i_mapping, pos >> PAGE_SHIFT, false);

	if (IS_ERR(page)) {
		*bh = (struct buffer_head){ .b_page = NULL };
		return PTR_ERR(page);
	}
	*bh = (struct buffer_head){
		.b_page = page,
		.b_data = (char *)page_address(page) + (pos & (PAGE_SIZE - 1)),
		.b_blocknr = block,
		.b_size = sb->s_blocksize,
	};
	return 0;
}

int sb_bread(struct super_block *sb, u64 block, struct buffer_head *bh)
{
	return get_block_page(sb, block, bh);
}

int sb_getblk_zeroed(struct super_block *sb, u64 block, struct buffer_head *bh)
{
	int ret = get_block_page(sb, block, bh);

	if (!ret) {
		memset(bh->b_data, 0, bh->b_size);
		mark_buffer_dirty(bh);
	}
	return ret;
}

void mark_buffer_dirty(struct buffer_head *bh)
{
	unsigned int from = (unsigned long)bh->b_data & (PAGE_SIZE - 1);

	mark_sectors(bh->b_page, from, from + bh->b_size);
	set_page_dirty(bh->b_page);
}

void bforget(struct super_block *sb, u64 block)
{
	struct buffer_head bh;
	u32 bits = 0;

	if (get_block_page(sb, block, &bh))
		return;
	for (unsigned int from = (unsigned long)bh.b_data & (PAGE_SIZE - 1), s = 0; s < bh.b_size; s += SECTOR_SIZE)
		bits |= 1U << (from + s) / SECTOR_SIZE;
	__atomic_fetch_and(&bh.b_page->private, ~bits, __ATOMIC_RELAXED);
	brelse(&bh);
}

void brelse(struct buffer_head *bh)
{
	if (bh->b_page)
		put_page(bh->b_page);
	bh->b_page = NULL;
}

struct block_device *bdev_lookup(dev_t dev)
{
	struct block_device *bdev, *found = NULL;

	spin_lock(&bdev_lock);
	list_for_each_entry(bdev, &bdev_list, bd_list)
		if (bdev->bd_dev == dev)
			found = bdev;
	spin_unlock(&bdev_lock);
	return found;
}

/* Numbers of the device, KiB, name: for whoever has to choose one. */
void __init printk_all_bdevs(void)
{
	struct block_device *bdev;

	list_for_each_entry(bdev, &bdev_list, bd_list)
		pr_crit("%02x%02x %15lu %s%s\n", MAJOR(bdev->bd_dev), MINOR(bdev->bd_dev), bdev->bd_nr_sectors / 2, bdev->bd_name,
			bdev->bd_read_only ? " (read-only)" : "");
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

struct block_device *lookup_bdev(const char *name)
{
	struct block_device *bdev;
	struct path path;
	int ret = kern_path(name, LOOKUP_FOLLOW, &path);

	if (ret)
		return ERR_PTR(ret);
	bdev = S_ISBLK(path.dentry->d_inode->i_mode) ? bdev_lookup(path.dentry->d_inode->i_rdev) : ERR_PTR(-ENOTBLK);
	path_put(&path);
	return bdev ? bdev : ERR_PTR(-ENXIO);
}

/* Whoever writes to a device itself finds it there when write returns. */
static ssize_t blkdev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t ret = generic_file_write_iter(iocb, from);
	int err = ret > 0 ? write_inode_now(iocb->ki_filp->f_mapping->host) : 0;

	return err ? err : ret;
}

static int blkdev_fsync(struct file *file)
{
	return sync_blockdev(file->f_mapping->host->i_bdev);
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
	.write_iter = blkdev_write_iter,
	.unlocked_ioctl = blkdev_ioctl,
	.fsync = blkdev_fsync,
};

int add_disk(struct block_device *bdev)
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
	return PTR_ERR_OR_ZERO(device_create(&block_class, NULL, bdev->bd_dev, S_IFBLK | 0600, bdev->bd_name));
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
	bdev_sb = sget(&bd_type, 0, bd_type.name, NULL);
	return IS_ERR(bdev_sb) ? PTR_ERR(bdev_sb) : class_register(&block_class);
}
fs_initcall(bdev_cache_init);
