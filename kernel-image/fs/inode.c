/* Inodes: making them, counting them, and giving them up when their last name and last user are gone. */
#include <linux/fs.h>
#include <linux/cred.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

static struct kmem_cache *inode_cache;
static atomic64_t last_ino = ATOMIC64_INIT(0);

struct timespec64 current_time(void)
{
	struct timespec64 now;

	ktime_get_real_ts64(&now);
	return now;
}

struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = kmem_cache_zalloc(inode_cache, GFP_KERNEL);

	if (!inode)
		return NULL;
	inode->i_sb = sb;
	inode->i_ino = atomic64_inc_return(&last_ino);
	inode->i_nlink = 1;
	inode->i_mapping = &inode->i_data;
	address_space_init_once(&inode->i_data, inode);
	spin_lock_init(&inode->i_lock);
	mutex_init(&inode->i_rwsem);
	INIT_LIST_HEAD(&inode->i_flock);
	atomic_set(&inode->i_count, 1);
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time();
	return inode;
}

void iput(struct inode *inode)
{
	if (!atomic_dec_and_test(&inode->i_count))
		return;
	truncate_inode_pages(&inode->i_data, 0);
	if (inode->i_sb->s_op && inode->i_sb->s_op->evict_inode)
		inode->i_sb->s_op->evict_inode(inode);
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_link);
	kmem_cache_free(inode_cache, inode);
}

/* A new file belongs to its maker; in a set-group-ID directory, to the directory's group. */
void inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode)
{
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	if (dir && (dir->i_mode & S_ISGID)) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			mode |= S_ISGID;
	}
	inode->i_mode = mode;
}

void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev)
{
	inode->i_mode = mode;
	inode->i_rdev = rdev;
	if (S_ISCHR(mode))
		inode->i_fop = &def_chr_fops;
	else if (S_ISBLK(mode))
		inode->i_fop = &def_blk_fops;
	else if (S_ISFIFO(mode))
		inode->i_fop = &pipefifo_fops;
}

void setattr_copy(struct inode *inode, const struct iattr *attr)
{
	if (attr->ia_valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (attr->ia_valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (attr->ia_valid & ATTR_MODE)
		inode->i_mode = (inode->i_mode & S_IFMT) | (attr->ia_mode & S_IALLUGO);
	if (attr->ia_valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (attr->ia_valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	inode->i_ctime = current_time();
}

void inode_init(void)
{
	inode_cache = kmem_cache_create("inode_cache", sizeof(struct inode), 0, SLAB_PANIC, NULL);
}
