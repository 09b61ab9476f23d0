/* /proc: the file system, and the tree of entries that do not belong to a process. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include "internal.h"

#define PROC_SUPER_MAGIC 0x9fa0
#define MAX_LINE 64

static struct proc_dir_entry proc_root = { .name = "/proc", .mode = S_IFDIR | 0555, .ino = PROC_ROOT_INO };
static DEFINE_MUTEX(proc_tree_lock);
static unsigned long last_proc_ino = 0xf0000000;

struct inode *proc_new_inode(struct super_block *sb, umode_t mode, struct pid *pid)
{
	struct proc_inode *ei = kzalloc(sizeof(*ei), GFP_KERNEL);
	struct inode *inode = ei ? new_inode(sb) : NULL;

	if (!inode) {
		kfree(ei);
		return NULL;
	}
	ei->pid = get_pid(pid);
	inode->i_private = ei;
	inode->i_mode = mode;
	inode->i_nlink = S_ISDIR(mode) ? 2 : 1;
	return inode;
}

static void proc_evict_inode(struct inode *inode)
{
	put_pid(PROC_I(inode)->pid);
	kfree(inode->i_private);
	inode->i_private = NULL;
}

static const struct super_operations proc_sops = {
	.evict_inode = proc_evict_inode,
};

static int proc_single_open(struct inode *inode, struct file *file)
{
	struct proc_dir_entry *pde = PROC_I(inode)->pde;

	return pde->show ? single_open(file, pde->show, pde->data) : 0;
}

static int proc_single_release(struct inode *inode, struct file *file)
{
	return PROC_I(inode)->pde->show ? single_release(inode, file) : 0;
}

static ssize_t proc_single_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return PROC_I(file_inode(iocb->ki_filp))->pde->show ? seq_read_iter(iocb, to) : -EIO;
}

static ssize_t proc_single_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct proc_dir_entry *pde = PROC_I(file_inode(iocb->ki_filp))->pde;
	size_t len = iov_iter_count(from);
	char line[MAX_LINE];
	int ret;

	if (!pde->write)
		return -EIO;
	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_iter(line, len, from) != len)
		return -EFAULT;
	line[len] = '\0';
	ret = pde->write(pde->data, strim(line));
	return ret ? ret : (ssize_t)len;
}

static const struct file_operations proc_single_ops = {
	.open = proc_single_open,
	.llseek = generic_file_llseek,
	.read_iter = proc_single_read_iter,
	.write_iter = proc_single_write_iter,
	.release = proc_single_release,
};

/* /proc/self has no data: its target is computed. */
static int proc_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size)
{
	const char *target = PROC_I(inode)->pde->data;

	if (target)
		return scnprintf(buf, size, "%s", target);
	return scnprintf(buf, size, "%d", task_tgid_nr(current));
}

static const struct inode_operations proc_link_inode_operations = {
	.get_link = proc_get_link,
};

static struct inode *proc_get_inode(struct super_block *sb, struct proc_dir_entry *pde);

static struct dentry *proc_lookup(struct inode *dir, struct dentry *dentry)
{
	struct proc_dir_entry *pde;
	struct inode *inode;

	mutex_lock(&proc_tree_lock);
	for (pde = PROC_I(dir)->pde->subdir; pde; pde = pde->next)
		if (strlen(pde->name) == dentry->d_name.len &&
		    !memcmp(pde->name, dentry->d_name.name, dentry->d_name.len))
			break;
	mutex_unlock(&proc_tree_lock);
	if (!pde)
		return NULL;
	inode = proc_get_inode(dir->i_sb, pde);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	d_add(dentry, inode);
	return NULL;
}

static struct dentry *proc_root_lookup(struct inode *dir, struct dentry *dentry)
{
	struct dentry *ret = proc_lookup(dir, dentry);

	if (ret || !d_is_negative(dentry))
		return ret;
	return proc_pid_lookup(dir, dentry);
}

static int proc_readdir(struct file *file, struct dir_context *ctx)
{
	struct proc_dir_entry *pde = PROC_I(file_inode(file))->pde->subdir;
	int ret = 0;

	if (!dir_emit_dots(file, ctx))
		return 0;
	mutex_lock(&proc_tree_lock);
	for (loff_t i = 2; pde && i < ctx->pos; i++)
		pde = pde->next;
	for (; pde; pde = pde->next, ctx->pos++) {
		if (!dir_emit(ctx, pde->name, strlen(pde->name), pde->ino, fs_umode_to_dtype(pde->mode))) {
			ret = 1;
			break;
		}
	}
	mutex_unlock(&proc_tree_lock);
	return ret;
}

static int proc_root_readdir(struct file *file, struct dir_context *ctx)
{
	if (ctx->pos < FIRST_PROCESS_ENTRY) {
		if (proc_readdir(file, ctx) || ctx->pos < 2)
			return 0;
		ctx->pos = FIRST_PROCESS_ENTRY;
	}
	return proc_pid_readdir(file, ctx);
}

static const struct file_operations proc_dir_operations = {
	.llseek = generic_file_llseek,
	.iterate_shared = proc_readdir,
};

static const struct file_operations proc_root_operations = {
	.llseek = generic_file_llseek,
	.iterate_shared = proc_root_readdir,
};

static const struct inode_operations proc_file_inode_operations = { };

static const struct inode_operations proc_dir_inode_operations = {
	.lookup = proc_lookup,
};

static const struct inode_operations proc_root_inode_operations = {
	.lookup = proc_root_lookup,
};

static struct inode *proc_get_inode(struct super_block *sb, struct proc_dir_entry *pde)
{
	struct inode *inode = proc_new_inode(sb, pde->mode, NULL);

	if (!inode)
		return NULL;
	inode->i_ino = pde->ino;
	PROC_I(inode)->pde = pde;
	if (pde == &proc_root) {
		inode->i_op = &proc_root_inode_operations;
		inode->i_fop = &proc_root_operations;
	} else if (S_ISDIR(pde->mode)) {
		inode->i_op = &proc_dir_inode_operations;
		inode->i_fop = &proc_dir_operations;
	} else if (S_ISLNK(pde->mode)) {
		inode->i_op = &proc_link_inode_operations;
	} else {
		inode->i_op = &proc_file_inode_operations;
		inode->i_fop = &proc_single_ops;
	}
	return inode;
}

static struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent)
{
	struct proc_dir_entry *pde = kzalloc(sizeof(*pde), GFP_KERNEL), **p;

	if (!pde)
		return NULL;
	pde->name = name;
	pde->mode = mode;
	pde->parent = parent ? parent : &proc_root;
	mutex_lock(&proc_tree_lock);
	pde->ino = last_proc_ino++;
	for (p = &pde->parent->subdir; *p; p = &(*p)->next)
		;
	*p = pde;
	mutex_unlock(&proc_tree_lock);
	return pde;
}

struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)
{
	return proc_create(name, S_IFDIR | 0555, parent);
}

struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       int (*show)(struct seq_file *m, void *v), void *data)
{
	struct proc_dir_entry *pde = proc_create(name, mode | S_IFREG, parent);

	if (pde) {
		pde->show = show;
		pde->data = data;
	}
	return pde;
}

struct proc_dir_entry *proc_create_line(const char *name, umode_t mode, struct proc_dir_entry *parent,
					int (*show)(struct seq_file *m, void *v),
					int (*write)(void *data, char *line), void *data)
{
	struct proc_dir_entry *pde = proc_create_single_data(name, mode, parent, show, data);

	if (pde)
		pde->write = write;
	return pde;
}

struct proc_dir_entry *proc_create_single(const char *name, umode_t mode, int (*show)(struct seq_file *m, void *v))
{
	return proc_create_single_data(name, mode, NULL, show, NULL);
}

static int proc_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	struct inode *root;

	sb->s_magic = PROC_SUPER_MAGIC;
	sb->s_op = &proc_sops;
	root = proc_get_inode(sb, &proc_root);
	if (!root)
		return -ENOMEM;
	sb->s_root = d_make_root(sb, root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type proc_fs_type = {
	.name = "proc",
	.fs_flags = FS_SINGLE,
	.fill_super = proc_fill_super,
};

void proc_root_init(void)
{
	struct proc_dir_entry *mounts;

	register_filesystem(&proc_fs_type);
	proc_create("self", S_IFLNK | S_IRWXUGO, NULL);
	mounts = proc_create("mounts", S_IFLNK | S_IRWXUGO, NULL);
	if (mounts)
		mounts->data = "self/mounts";
}
