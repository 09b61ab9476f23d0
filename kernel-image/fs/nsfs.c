/* nsfs: the file system of namespaces. Its files are found through /proc/PID/ns only; an open one keeps its namespace. */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>

#define NSFS_MAGIC 0x6e736673

static struct vfsmount *nsfs_mnt;

static const struct file_operations ns_file_operations = { };
static const struct inode_operations nsfs_inode_operations = { };

struct ns_common *ns_of_file(const struct file *file)
{
	return file->f_op == &ns_file_operations ? file_inode(file)->i_private : NULL;
}

static void nsfs_evict_inode(struct inode *inode)
{
	struct ns_common *ns = inode->i_private;

	if (ns)
		ns->ops->put(ns);
	inode->i_private = NULL;
}

static const struct super_operations nsfs_ops = { .evict_inode = nsfs_evict_inode };

/* Takes over the reference to ns. As long as the file is in use, everybody gets the same one. */
static struct dentry *ns_dentry(struct ns_common *ns)
{
	char name[32];
	struct qstr qname = { name, snprintf(name, sizeof(name), "%s:[%u]", ns->ops->name, ns->inum) };
	struct dentry *root = nsfs_mnt->mnt_root, *dentry;
	struct inode *inode;

	inode_lock(root->d_inode);
	dentry = d_lookup(root, &qname);
	if (dentry) {
		ns->ops->put(ns);
	} else {
		dentry = d_alloc(root, &qname);
		inode = dentry ? new_inode(root->d_sb) : NULL;
		if (inode) {
			inode->i_ino = ns->inum;
			inode->i_mode = S_IFREG | 0444;
			inode->i_op = &nsfs_inode_operations;
			inode->i_fop = &ns_file_operations;
			inode->i_private = ns;
			d_add(dentry, inode);
		} else {
			ns->ops->put(ns);
			dput(dentry);
			dentry = ERR_PTR(-ENOMEM);
		}
	}
	inode_unlock(root->d_inode);
	return dentry;
}

int ns_get_path(struct path *path, struct task_struct *task, const struct proc_ns_operations *ops)
{
	struct ns_common *ns = ops->get(task);

	if (!ns)
		return -ENOENT;
	path->dentry = ns_dentry(ns);
	if (IS_ERR(path->dentry))
		return PTR_ERR(path->dentry);
	path->mnt = mntget(nsfs_mnt);
	return 0;
}

static int nsfs_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	struct inode *root;

	sb->s_magic = NSFS_MAGIC;
	sb->s_op = &nsfs_ops;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_mode = S_IFDIR | 0555;
	sb->s_root = d_make_root(sb, root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type nsfs = { .name = "nsfs", .fs_flags = FS_SINGLE, .fill_super = nsfs_fill_super };

/* Mounted, but nowhere: nobody can walk to it. */
void __init nsfs_init(void)
{
	nsfs_mnt = kern_mount(&nsfs);
	if (IS_ERR(nsfs_mnt))
		panic("can't set nsfs up");
}
