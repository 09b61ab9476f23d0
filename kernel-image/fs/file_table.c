/* Open files: allocation, counting, and the last close. */
#include <linux/eventpoll.h>
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/slab.h>

static struct kmem_cache *filp_cache;

/* Takes references of its own to the path. */
struct file *alloc_file(const struct path *path, int flags, const struct file_operations *fop)
{
	struct file *file = kmem_cache_zalloc(filp_cache, GFP_KERNEL);

	if (!file)
		return ERR_PTR(-ENOMEM);
	path_get(path);
	file->f_path = *path;
	file->f_inode = path->dentry->d_inode;
	file->f_mapping = file->f_inode->i_mapping;
	file->f_op = fop;
	file->f_flags = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	file->f_mode = FMODE_LSEEK;
	if ((flags & O_ACCMODE) != O_WRONLY)
		file->f_mode |= FMODE_READ;
	if ((flags & O_ACCMODE) != O_RDONLY)
		file->f_mode |= FMODE_WRITE;
	atomic_set(&file->f_count, 1);
	mutex_init(&file->f_pos_lock);
	INIT_LIST_HEAD(&file->f_ep);
	return file;
}

struct file *get_file(struct file *file)
{
	atomic_inc(&file->f_count);
	return file;
}

void fput(struct file *file)
{
	if (!atomic_dec_and_test(&file->f_count))
		return;
	eventpoll_release(file);
	locks_remove_file(file);
	if (file->f_op && file->f_op->release)
		file->f_op->release(file->f_inode, file);
	if (file->f_op)
		module_put(file->f_op->owner);
	path_put(&file->f_path);
	kmem_cache_free(filp_cache, file);
}

void files_init(void)
{
	filp_cache = kmem_cache_create("filp", sizeof(struct file), 0, SLAB_PANIC, NULL);
}
