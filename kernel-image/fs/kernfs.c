/*
 * kernfs: the tree behind sysfs and the control-group file system.
 *
 * kernfs_lock covers the links of all trees. A node is counted by its parent,
 * by each inode and by each link to it, so it outlives its removal; what it
 * belongs to need not: show and write run only between get_active and
 * put_active, and kernfs_remove waits for the last of them.
 */
#include <linux/kernel.h>
#include <linux/kernfs.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <linux/wait.h>

#define REMOVED (-0x40000000)
#define MAX_WRITE 4096

static DEFINE_MUTEX(kernfs_lock);
static DECLARE_WAIT_QUEUE_HEAD(deactivate_wait);
static atomic64_t last_ino = ATOMIC64_INIT(0);

static void kernfs_put(struct kernfs_node *kn)
{
	if (!atomic_dec_and_test(&kn->count))
		return;
	if (kn->target)
		kernfs_put(kn->target);
	kfree(kn->name);
	kfree(kn);
}

static bool kernfs_get_active(struct kernfs_node *kn)
{
	if (atomic_inc_return(&kn->active) > 0)
		return true;
	if (atomic_dec_return(&kn->active) == REMOVED)
		wake_up_all(&deactivate_wait);
	return false;
}

static void kernfs_put_active(struct kernfs_node *kn)
{
	if (atomic_dec_return(&kn->active) == REMOVED)
		wake_up_all(&deactivate_wait);
}

void kernfs_break_active_protection(struct kernfs_node *kn)
{
	kernfs_put_active(kn);
}

void kernfs_unbreak_active_protection(struct kernfs_node *kn)
{
	atomic_inc(&kn->active);
}

/* An error for a parent gives an error, so that a tree is made without a check at each step. */
static struct kernfs_node *new_node(struct kernfs_node *parent, const char *name, umode_t mode, void *priv)
{
	struct kernfs_node *kn = IS_ERR(parent) ? NULL : kzalloc(sizeof(*kn), GFP_KERNEL);

	if (kn)
		kn->name = kstrdup(name, GFP_KERNEL);
	if (!kn || !kn->name) {
		kfree(kn);
		return ERR_PTR(-ENOMEM);
	}
	atomic_set(&kn->count, 1);
	kn->mode = mode;
	kn->priv = priv;
	kn->ino = atomic64_inc_return(&last_ino);
	kn->parent = parent;
	kn->syscall_ops = parent ? parent->syscall_ops : NULL;
	INIT_LIST_HEAD(&kn->children);
	INIT_LIST_HEAD(&kn->sibling);
	return kn;
}

static struct kernfs_node *find_child(struct kernfs_node *parent, const char *name, size_t len)
{
	struct kernfs_node *kn;

	list_for_each_entry(kn, &parent->children, sibling)
		if (!strncmp(kn->name, name, len) && !kn->name[len])
			return kn;
	return NULL;
}

struct kernfs_node *kernfs_find(struct kernfs_node *parent, const char *name)
{
	struct kernfs_node *kn;

	mutex_lock(&kernfs_lock);
	kn = find_child(parent, name, strlen(name));
	mutex_unlock(&kernfs_lock);
	return kn;
}

static struct kernfs_node *link_node(struct kernfs_node *kn)
{
	int ret = 0;

	if (IS_ERR(kn))
		return kn;
	mutex_lock(&kernfs_lock);
	if (atomic_read(&kn->parent->active) < 0)
		ret = -ENOENT;
	else if (find_child(kn->parent, kn->name, strlen(kn->name)))
		ret = -EEXIST;
	else
		list_add_tail(&kn->sibling, &kn->parent->children);
	mutex_unlock(&kernfs_lock);
	if (!ret)
		return kn;
	kernfs_put(kn);
	return ERR_PTR(ret);
}

struct kernfs_node *kernfs_create_root(const struct kernfs_syscall_ops *ops, void *priv)
{
	struct kernfs_node *root = new_node(NULL, "", S_IFDIR | 0755, priv);

	if (!IS_ERR(root))
		root->syscall_ops = ops;
	return root;
}

struct kernfs_node *kernfs_create_dir(struct kernfs_node *parent, const char *name, umode_t mode, void *priv)
{
	return link_node(new_node(parent, name, S_IFDIR | mode, priv));
}

struct kernfs_node *kernfs_create_file(struct kernfs_node *parent, const char *name, umode_t mode,
				       const struct kernfs_ops *ops, void *priv)
{
	struct kernfs_node *kn = new_node(parent, name, S_IFREG | mode, priv);

	if (!IS_ERR(kn))
		kn->ops = ops;
	return link_node(kn);
}

struct kernfs_node *kernfs_create_link(struct kernfs_node *parent, const char *name, struct kernfs_node *target)
{
	struct kernfs_node *kn = new_node(parent, name, S_IFLNK | S_IRWXUGO, NULL);

	if (!IS_ERR(kn)) {
		atomic_inc(&target->count);
		kn->target = target;
	}
	return link_node(kn);
}

void kernfs_remove(struct kernfs_node *kn)
{
	struct kernfs_node *child;

	if (IS_ERR_OR_NULL(kn))
		return;
	for (;;) {
		mutex_lock(&kernfs_lock);
		child = list_first_entry_or_null(&kn->children, struct kernfs_node, sibling);
		if (!child)
			break;
		mutex_unlock(&kernfs_lock);
		kernfs_remove(child);
	}
	list_del_init(&kn->sibling);
	atomic_add(REMOVED, &kn->active);
	mutex_unlock(&kernfs_lock);
	wait_event(deactivate_wait, atomic_read(&kn->active) == REMOVED);
	kernfs_put(kn);
}

int kernfs_path(struct kernfs_node *kn, char *buf, size_t size)
{
	int len;

	if (!kn->parent)
		return scnprintf(buf, size, "/");
	len = kn->parent->parent ? kernfs_path(kn->parent, buf, size) : 0;
	return len + scnprintf(buf + len, size - len, "/%s", kn->name);
}

static struct kernfs_node *kernfs_node_of(const struct inode *inode)
{
	return inode->i_private;
}

static int show_node(struct seq_file *m, void *v)
{
	struct kernfs_node *kn = v;
	int ret;

	if (!kernfs_get_active(kn))
		return -ENODEV;
	ret = kn->ops->show ? kn->ops->show(kn, m) : -EINVAL;
	kernfs_put_active(kn);
	return ret;
}

static int kernfs_fop_open(struct inode *inode, struct file *file)
{
	return single_open(file, show_node, kernfs_node_of(inode));
}

static ssize_t kernfs_fop_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct kernfs_node *kn = kernfs_node_of(file_inode(iocb->ki_filp));
	size_t len = iov_iter_count(from);
	char *buf, *text;
	ssize_t ret;

	if (!kn->ops->write)
		return -EINVAL;
	if (len >= MAX_WRITE)
		return -E2BIG;
	buf = kmalloc(len + 1, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	ret = copy_from_iter(buf, len, from) == len ? 0 : -EFAULT;
	buf[len] = '\0';
	text = strim(buf);
	if (!ret && !kernfs_get_active(kn))
		ret = -ENODEV;
	if (!ret) {
		ret = kn->ops->write(kn, text);
		kernfs_put_active(kn);
	}
	kfree(buf);
	return ret ? ret : (ssize_t)len;
}

static const struct file_operations kernfs_file_fops = {
	.open = kernfs_fop_open,
	.llseek = generic_file_llseek,
	.read_iter = seq_read_iter,
	.write_iter = kernfs_fop_write_iter,
	.release = single_release,
};

/* Positions are inode numbers, which grow along the list. */
static int kernfs_fop_readdir(struct file *file, struct dir_context *ctx)
{
	struct kernfs_node *kn;

	if (!dir_emit_dots(file, ctx))
		return 0;
	mutex_lock(&kernfs_lock);
	list_for_each_entry(kn, &kernfs_node_of(file_inode(file))->children, sibling) {
		if ((loff_t)kn->ino + 2 < ctx->pos)
			continue;
		ctx->pos = kn->ino + 2;
		if (!dir_emit(ctx, kn->name, strlen(kn->name), kn->ino, fs_umode_to_dtype(kn->mode)))
			break;
		ctx->pos++;
	}
	mutex_unlock(&kernfs_lock);
	return 0;
}

static const struct file_operations kernfs_dir_fops = {
	.llseek = generic_file_llseek,
	.iterate_shared = kernfs_fop_readdir,
};

/* "../" up to the ancestor that both have, then down. */
static int kernfs_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size)
{
	struct kernfs_node *kn = kernfs_node_of(inode), *from;
	char path[256];
	int len = 0;

	for (from = kn->parent; from->parent; from = from->parent)
		len += scnprintf(buf + len, size - len, "../");
	kernfs_path(kn->target, path, sizeof(path));
	return len + scnprintf(buf + len, size - len, "%s", path + 1);
}

static int kernfs_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;

	if (attr->ia_valid & ATTR_SIZE)
		return 0;
	setattr_copy(inode, attr);
	kernfs_node_of(inode)->mode = inode->i_mode;
	return 0;
}

static struct dentry *kernfs_iop_lookup(struct inode *dir, struct dentry *dentry);

static int kernfs_iop_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	struct kernfs_node *parent = kernfs_node_of(dir);
	struct dentry *found;
	int ret;

	if (!parent->syscall_ops || !parent->syscall_ops->mkdir)
		return -EPERM;
	ret = parent->syscall_ops->mkdir(parent, dentry->d_name.name, mode);
	if (ret)
		return ret;
	found = kernfs_iop_lookup(dir, dentry);
	return IS_ERR(found) ? PTR_ERR(found) : 0;
}

static int kernfs_iop_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct kernfs_node *kn = kernfs_node_of(dentry->d_inode);

	return kn->syscall_ops && kn->syscall_ops->rmdir ? kn->syscall_ops->rmdir(kn) : -EPERM;
}

static const struct inode_operations kernfs_dir_iops = {
	.lookup = kernfs_iop_lookup,
	.mkdir = kernfs_iop_mkdir,
	.rmdir = kernfs_iop_rmdir,
	.setattr = kernfs_setattr,
};

static const struct inode_operations kernfs_file_iops = { .setattr = kernfs_setattr };
static const struct inode_operations kernfs_link_iops = { .get_link = kernfs_get_link };

static struct inode *kernfs_get_inode(struct super_block *sb, struct kernfs_node *kn)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	atomic_inc(&kn->count);
	inode->i_private = kn;
	inode->i_ino = kn->ino;
	inode->i_mode = kn->mode;
	if (S_ISDIR(kn->mode)) {
		inode->i_op = &kernfs_dir_iops;
		inode->i_fop = &kernfs_dir_fops;
		inode->i_nlink = 2;
	} else if (S_ISLNK(kn->mode)) {
		inode->i_op = &kernfs_link_iops;
	} else {
		inode->i_op = &kernfs_file_iops;
		inode->i_fop = &kernfs_file_fops;
		inode->i_size = PAGE_SIZE;
	}
	return inode;
}

static void kernfs_evict_inode(struct inode *inode)
{
	kernfs_put(kernfs_node_of(inode));
	inode->i_private = NULL;
}

static int kernfs_revalidate(struct dentry *dentry)
{
	return atomic_read(&kernfs_node_of(dentry->d_inode)->active) >= 0;
}

static const struct dentry_operations kernfs_dops = { .d_revalidate = kernfs_revalidate };
static const struct super_operations kernfs_sops = { .evict_inode = kernfs_evict_inode };

static struct dentry *kernfs_iop_lookup(struct inode *dir, struct dentry *dentry)
{
	struct kernfs_node *kn;
	struct inode *inode = NULL;

	mutex_lock(&kernfs_lock);
	kn = find_child(kernfs_node_of(dir), dentry->d_name.name, dentry->d_name.len);
	if (kn)
		inode = kernfs_get_inode(dir->i_sb, kn);
	mutex_unlock(&kernfs_lock);
	if (!kn)
		return NULL;
	if (!inode)
		return ERR_PTR(-ENOMEM);
	dentry->d_op = &kernfs_dops;
	d_add(dentry, inode);
	return NULL;
}

int kernfs_fill_super(struct super_block *sb, struct kernfs_node *root, unsigned long magic)
{
	struct inode *inode;

	sb->s_magic = magic;
	sb->s_op = &kernfs_sops;
	inode = kernfs_get_inode(sb, root);
	if (!inode)
		return -ENOMEM;
	sb->s_root = d_make_root(sb, inode);
	if (sb->s_root)
		return 0;
	iput(inode);
	return -ENOMEM;
}
