/* Character devices: from a device number to its driver's operations. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>

static LIST_HEAD(cdev_list);
static DEFINE_SPINLOCK(cdev_lock);

void cdev_init(struct cdev *cdev, const struct file_operations *ops)
{
	cdev->ops = ops;
	INIT_LIST_HEAD(&cdev->list);
}

int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count)
{
	struct cdev *other;
	int ret = 0;

	cdev->dev = dev;
	cdev->count = count;
	spin_lock(&cdev_lock);
	list_for_each_entry(other, &cdev_list, list)
		if (dev < other->dev + other->count && other->dev < dev + count)
			ret = -EBUSY;
	if (!ret)
		list_add_tail(&cdev->list, &cdev_list);
	spin_unlock(&cdev_lock);
	return ret;
}

void cdev_del(struct cdev *cdev)
{
	spin_lock(&cdev_lock);
	list_del(&cdev->list);
	spin_unlock(&cdev_lock);
}

/* With a reference to the module that they belong to. */
static const struct file_operations *cdev_lookup(dev_t dev)
{
	const struct file_operations *ops = NULL;
	struct cdev *cdev;

	spin_lock(&cdev_lock);
	list_for_each_entry(cdev, &cdev_list, list)
		if (dev >= cdev->dev && dev - cdev->dev < cdev->count)
			ops = cdev->ops;
	if (ops && !try_module_get(ops->owner))
		ops = NULL;
	spin_unlock(&cdev_lock);
	return ops;
}

/* Hands the open file over to the driver, whose module stays until it is closed. */
static int chrdev_open(struct inode *inode, struct file *file)
{
	const struct file_operations *ops = cdev_lookup(inode->i_rdev);
	int err;

	if (!ops && request_module("char-major-%u-%u", MAJOR(inode->i_rdev), MINOR(inode->i_rdev)) == 0)
		ops = cdev_lookup(inode->i_rdev);
	if (!ops)
		return -ENXIO;
	file->f_op = ops;
	err = ops->open ? ops->open(inode, file) : 0;
	if (err)
		module_put(ops->owner);
	return err;
}

const struct file_operations def_chr_fops = {
	.open = chrdev_open,
	.llseek = noop_llseek,
};
