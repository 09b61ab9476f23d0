/*
 * devtmpfs: the file system on /dev, in which the kernel itself makes a node for each device.
 *
 * Only kdevtmpfs touches the tree: whoever adds or removes a device hands it a request and waits, so that
 * the nodes belong to root and get the mode they should, whoever caused them.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/string.h>

static struct file_system_type dev_fs_type = {
	.name = "devtmpfs",
	.fs_flags = FS_SINGLE,
	.fill_super = ramfs_fill_super,
};

struct devtmpfs_req {
	struct list_head list;
	struct completion done;
	int err;
	const char *name;
	umode_t mode;			/* 0: delete */
	dev_t dev;
};

static struct vfsmount *dev_mnt;
static struct task_struct *thread;
static LIST_HEAD(requests);
static DEFINE_SPINLOCK(req_lock);

static int handle(const struct devtmpfs_req *req)
{
	struct qstr qname = { req->name, strlen(req->name) };
	struct dentry *dir = dev_mnt->mnt_root, *dentry;
	struct inode *inode = dir->d_inode;
	int ret;

	inode_lock(inode);
	dentry = lookup_one_locked(dir, &qname);
	if (IS_ERR(dentry)) {
		inode_unlock(inode);
		return PTR_ERR(dentry);
	}
	if (req->mode) {
		ret = d_is_negative(dentry) ? vfs_mknod(inode, dentry, req->mode, req->dev) : -EEXIST;
	} else {
		ret = d_is_negative(dentry) ? -ENOENT : inode->i_op->unlink(inode, dentry);
		if (!ret)
			d_drop(dentry);
	}
	inode_unlock(inode);
	dput(dentry);
	return ret;
}

static int devtmpfsd(void *unused)
{
	struct devtmpfs_req *req;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		spin_lock(&req_lock);
		req = list_first_entry_or_null(&requests, struct devtmpfs_req, list);
		if (req)
			list_del(&req->list);
		spin_unlock(&req_lock);
		if (!req) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		req->err = handle(req);
		complete(&req->done);
	}
	return 0;
}

static int submit(struct devtmpfs_req *req)
{
	if (!thread)
		return -ENODEV;
	init_completion(&req->done);
	spin_lock(&req_lock);
	list_add_tail(&req->list, &requests);
	spin_unlock(&req_lock);
	wake_up_process(thread);
	wait_for_completion(&req->done);
	return req->err;
}

int devtmpfs_create_node(const char *name, umode_t mode, dev_t dev)
{
	struct devtmpfs_req req = { .name = name, .mode = mode, .dev = dev };

	return submit(&req);
}

int devtmpfs_delete_node(const char *name)
{
	struct devtmpfs_req req = { .name = name };

	return submit(&req);
}

/* Puts the file system in its place, once there is a directory for it. */
int devtmpfs_mount(const char *where)
{
	int ret = do_mount("devtmpfs", where, "devtmpfs", MS_SILENT, NULL);

	if (ret)
		pr_err("devtmpfs: error mounting %d\n", ret);
	else
		pr_info("devtmpfs: mounted\n");
	return ret;
}

int __init devtmpfs_init(void)
{
	struct task_struct *task;
	int ret = register_filesystem(&dev_fs_type);

	if (ret)
		return ret;
	dev_mnt = kern_mount(&dev_fs_type);
	task = IS_ERR(dev_mnt) ? ERR_CAST(dev_mnt) : kthread_run(devtmpfsd, NULL, "kdevtmpfs");
	if (IS_ERR(task)) {
		pr_err("devtmpfs: unable to create devtmpfs %ld\n", PTR_ERR(task));
		return PTR_ERR(task);
	}
	thread = task;
	pr_info("devtmpfs: initialized\n");
	return 0;
}
