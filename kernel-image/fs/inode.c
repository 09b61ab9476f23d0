/* Inodes: making them, counting them, and giving them up when their last name and last user are gone. */
#include <linux/fs.h>
#include <linux/cred.h>
#include <linux/mmzone.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include <linux/writeback.h>

#define INODE_HASH_SIZE 256

static struct kmem_cache *inode_cache;
static struct hlist_head inode_hashtable[INODE_HASH_SIZE];
static DEFINE_SPINLOCK(inode_hash_lock);	/* the table; counts that come to 0; I_NEW and I_FREEING */
static DECLARE_WAIT_QUEUE_HEAD(inode_wait);
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
	INIT_LIST_HEAD(&inode->i_io_list);
	INIT_HLIST_NODE(&inode->i_hash);
	spin_lock_init(&inode->i_lock);
	mutex_init(&inode->i_rwsem);
	INIT_LIST_HEAD(&inode->i_flock);
	atomic_set(&inode->i_count, 1);
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time();
	return inode;
}

static bool drop_unless_last(struct inode *inode)
{
	int count = atomic_read(&inode->i_count);

	while (count > 1) {
		int seen = atomic_cmpxchg(&inode->i_count, count, count - 1);

		if (seen == count)
			return true;
		count = seen;
	}
	return false;
}

static void evict(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
	lru_cache_sync();
	if (inode->i_sb->s_op && inode->i_sb->s_op->evict_inode)
		inode->i_sb->s_op->evict_inode(inode);
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_link);
	spin_lock(&inode_hash_lock);
	hlist_del_init(&inode->i_hash);
	spin_unlock(&inode_hash_lock);
	wake_up_all(&inode_wait);
	kmem_cache_free(inode_cache, inode);
}

void iput(struct inode *inode)
{
	if (!inode->i_nlink)
		inode_io_list_del(inode);
	if (drop_unless_last(inode))
		return;
	spin_lock(&inode_hash_lock);
	if (!atomic_dec_and_test(&inode->i_count)) {
		spin_unlock(&inode_hash_lock);
		return;
	}
	inode->i_hash_state |= I_FREEING;
	spin_unlock(&inode_hash_lock);
	evict(inode);
}

static struct hlist_head *hash_of(struct super_block *sb, unsigned long ino)
{
	return &inode_hashtable[(((unsigned long)sb >> 6) + ino) % INODE_HASH_SIZE];
}

static struct inode *find_inode(struct super_block *sb, unsigned long ino)
{
	struct inode *inode;

	hlist_for_each_entry(inode, hash_of(sb, ino), i_hash)
		if (inode->i_sb == sb && inode->i_ino == ino)
			return inode;
	return NULL;
}

void insert_inode_hash(struct inode *inode)
{
	spin_lock(&inode_hash_lock);
	hlist_add_head(&inode->i_hash, hash_of(inode->i_sb, inode->i_ino));
	spin_unlock(&inode_hash_lock);
}

/* One that is on its way out is waited for: only when it is gone may its number be read anew. */
struct inode *iget_locked(struct super_block *sb, unsigned long ino)
{
	struct inode *new = new_inode(sb), *inode;

	if (!new)
		return NULL;
	new->i_ino = ino;
	new->i_hash_state = I_NEW;
	for (;;) {
		bool leaving;

		spin_lock(&inode_hash_lock);
		inode = find_inode(sb, ino);
		if (!inode)
			break;
		leaving = inode->i_hash_state & I_FREEING;
		if (!leaving)
			igrab(inode);
		spin_unlock(&inode_hash_lock);
		if (!leaving) {
			new->i_hash_state = 0;
			iput(new);
			wait_event(inode_wait, !(READ_ONCE(inode->i_hash_state) & I_NEW));
			return inode;
		}
		schedule_timeout_uninterruptible(1);
	}
	hlist_add_head(&new->i_hash, hash_of(sb, ino));
	spin_unlock(&inode_hash_lock);
	return new;
}

void unlock_new_inode(struct inode *inode)
{
	spin_lock(&inode_hash_lock);
	inode->i_hash_state &= ~I_NEW;
	spin_unlock(&inode_hash_lock);
	wake_up_all(&inode_wait);
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
	mark_inode_dirty(inode);
}

void inode_init(void)
{
	inode_cache = kmem_cache_create("inode_cache", sizeof(struct inode), 0, SLAB_PANIC, NULL);
}
