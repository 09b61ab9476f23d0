/* The virtual file system: super blocks, inodes, page caches, open files, and the operations that a file system supplies. */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/stat.h>
#include <linux/fcntl.h>
#include <linux/dcache.h>
#include <linux/time.h>
#include <linux/uio.h>
#include <linux/kdev_t.h>

typedef unsigned long pgoff_t;
typedef unsigned int __poll_t;

#define FMODE_READ	0x1
#define FMODE_WRITE	0x2
#define FMODE_LSEEK	0x4

#define MAY_EXEC	0x1
#define MAY_WRITE	0x2
#define MAY_READ	0x4

#define NAME_MAX	255
#define PATH_MAX	4096
#define MAX_LFS_FILESIZE 0x7fffffffffffffffL

#define SEEK_SET	0
#define SEEK_CUR	1
#define SEEK_END	2

#define DT_UNKNOWN	0
#define DT_FIFO		1
#define DT_CHR		2
#define DT_DIR		4
#define DT_BLK		6
#define DT_REG		8
#define DT_LNK		10
#define DT_SOCK		12

struct file;
struct inode;
struct module;
struct kstatfs;
struct page;
struct poll_table_struct;
struct super_block;
struct vm_area_struct;
struct vm_fault;
struct vfsmount;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct address_space;

/*
 * read_folio fills a fresh page from the backing store; writepage stores one; write_begin makes room there for
 * what is about to be written into bytes from..to of a page. A mapping without them lives in memory only.
 */
struct address_space_operations {
	int (*read_folio)(struct address_space *mapping, struct page *page, pgoff_t index);
	int (*write_begin)(struct address_space *mapping, struct page *page, pgoff_t index, unsigned int from,
			   unsigned int to);
	int (*writepage)(struct address_space *mapping, struct page *page, pgoff_t index);
};

struct address_space {
	struct inode *host;
	const struct address_space_operations *a_ops;
	struct mutex lock;		/* the tree, and the filling of a page */
	void *root;
	unsigned int height;
	unsigned long nrpages;
	int wb_err;			/* of a write-back that nobody has asked after yet */
};

struct iattr {
	unsigned int ia_valid;
	umode_t ia_mode;
	uid_t ia_uid;
	gid_t ia_gid;
	loff_t ia_size;
	struct timespec64 ia_atime;
	struct timespec64 ia_mtime;
};

#define ATTR_MODE	(1 << 0)
#define ATTR_UID	(1 << 1)
#define ATTR_GID	(1 << 2)
#define ATTR_SIZE	(1 << 3)
#define ATTR_ATIME	(1 << 4)
#define ATTR_MTIME	(1 << 5)

struct inode_operations {
	struct dentry *(*lookup)(struct inode *dir, struct dentry *dentry);
	int (*get_link)(struct dentry *dentry, struct inode *inode, char *buf, size_t size);
	int (*get_path)(struct inode *inode, struct path *path);	/* of a link that leads elsewhere than its text */
	int (*create)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	int (*mknod)(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev);
	int (*rename)(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new);
	int (*setattr)(struct dentry *dentry, struct iattr *attr);
	int (*truncate)(struct inode *inode, loff_t size);	/* before the pages behind size go */
};

struct inode {
	umode_t i_mode;
	uid_t i_uid;
	gid_t i_gid;
	unsigned int i_nlink;
	unsigned long i_ino;
	dev_t i_rdev;
	loff_t i_size;
	u64 i_blocks;			/* of 512 bytes, in a file system that counts them */
	struct timespec64 i_atime;
	struct timespec64 i_mtime;
	struct timespec64 i_ctime;
	void *i_fs;			/* what its file system knows of it besides */
	const struct inode_operations *i_op;
	const struct file_operations *i_fop;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	struct address_space i_data;
	spinlock_t i_lock;
	struct mutex i_rwsem;
	atomic_t i_count;
	struct list_head i_flock;	/* fs/locks.c */
	unsigned int i_state;		/* I_DIRTY* of linux/writeback.h; under its lock */
	unsigned int i_hash_state;	/* I_NEW, I_FREEING; under inode_hash_lock */
	struct list_head i_io_list;	/* of the dirty inodes; counted by it */
	struct hlist_node i_hash;	/* of those that are found by number; under inode_hash_lock */
	union {
		char *i_link;
		struct pipe_inode_info *i_pipe;
		struct block_device *i_bdev;
		void *i_private;
	};
};

struct dir_context {
	bool (*actor)(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino, unsigned int type);
	loff_t pos;
};

struct file_operations {
	struct module *owner;		/* of a character device: held while it is open */
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	int (*iterate_shared)(struct file *file, struct dir_context *ctx);
	__poll_t (*poll)(struct file *file, struct poll_table_struct *wait);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	int (*fsync)(struct file *file);
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	const struct file_operations *f_op;
	struct address_space *f_mapping;
	unsigned int f_flags;
	fmode_t f_mode;
	atomic_t f_count;
	struct mutex f_pos_lock;
	loff_t f_pos;
	void *private_data;
	struct list_head f_ep;		/* epoll items that watch it */
};

struct super_operations {
	void (*evict_inode)(struct inode *inode);
	int (*write_inode)(struct inode *inode);
	int (*sync_fs)(struct super_block *sb);
	void (*put_super)(struct super_block *sb);
	int (*statfs)(struct super_block *sb, struct kstatfs *buf);
	int (*remount_fs)(struct super_block *sb, unsigned long flags, char *data);
};

struct kstatfs {
	long f_type, f_bsize;
	u64 f_blocks, f_bfree, f_bavail, f_files, f_ffree;
};

struct super_block {
	dev_t s_dev;
	unsigned long s_flags;		/* MS_RDONLY */
	struct block_device *s_bdev;	/* of a type that needs one */
	u32 s_blocksize;
	bool s_keeps_unused;		/* names that nobody uses stay in the dentry cache until memory is short */
	struct list_head s_list;
	unsigned long s_magic;
	struct file_system_type *s_type;
	const struct super_operations *s_op;
	struct dentry *s_root;
	atomic_t s_active;
	atomic_long_t s_nr_pages;	/* page cache pages of all its files */
	atomic_long_t s_nr_inodes;	/* of a file system without a disk: its inodes, and their further names */
	long s_max_pages, s_max_inodes;	/* limits of one that lives in memory; 0: none */
	void *s_fs_info;
};

struct file_system_type {
	const char *name;
	int fs_flags;
	int (*fill_super)(struct super_block *sb, const char *dev_name, void *data);
	struct file_system_type *next;
};

#define FS_REQUIRES_DEV	1
#define FS_SINGLE	2

/* fs/filesystems.c, fs/super.c */
int register_filesystem(struct file_system_type *fs);
struct file_system_type *get_fs_type(const char *name);
struct super_block *sget(struct file_system_type *fs, unsigned long flags, const char *dev_name, void *data);
int sync_filesystems(void);
void deactivate_super(struct super_block *sb);

/* fs/inode.c */
struct inode *new_inode(struct super_block *sb);
void iput(struct inode *inode);
void inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode);
void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev);
void setattr_copy(struct inode *inode, const struct iattr *attr);
struct timespec64 current_time(void);
void inode_init(void);
/* The inode of that number, counted: in memory already, or new (I_NEW) and to be read and unlocked. NULL: no memory. */
struct inode *iget_locked(struct super_block *sb, unsigned long ino);
void insert_inode_hash(struct inode *inode);
void unlock_new_inode(struct inode *inode);

static inline struct inode *igrab(struct inode *inode)
{
	atomic_inc(&inode->i_count);
	return inode;
}

static inline void inode_lock(struct inode *inode)
{
	mutex_lock(&inode->i_rwsem);
}

static inline void inode_unlock(struct inode *inode)
{
	mutex_unlock(&inode->i_rwsem);
}

/* fs/filemap.c */
void address_space_init_once(struct address_space *mapping, struct inode *host);
struct page *filemap_get_page(struct address_space *mapping, pgoff_t index, bool create);
void truncate_inode_pages(struct address_space *mapping, loff_t from);
/* The first dirty page from *index on, held, and its index; NULL if there is none. */
struct page *filemap_next_dirty(struct address_space *mapping, pgoff_t *index);
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
/* What a shared mapping may have changed of a file that lives elsewhere will be written; a private one has nothing to write. */
void filemap_dirty_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* fs/file_table.c */
struct file *alloc_file(const struct path *path, int flags, const struct file_operations *fop);
struct file *get_file(struct file *file);
void fput(struct file *file);
void files_init(void);

/* fs/open.c */
struct file *filp_open(const char *name, int flags, umode_t mode);
struct file *dentry_open(const struct path *path, int flags);
int do_truncate(struct dentry *dentry, loff_t length);
int notify_change(struct dentry *dentry, struct iattr *attr);

/* fs/read_write.c */
ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos);
ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos);
ssize_t vfs_iter_read(struct file *file, struct iov_iter *iter, loff_t *pos);
ssize_t vfs_iter_write(struct file *file, struct iov_iter *iter, loff_t *pos);
loff_t vfs_llseek(struct file *file, loff_t offset, int whence);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
loff_t noop_llseek(struct file *file, loff_t offset, int whence);

/* fs/readdir.c */
int iterate_dir(struct file *file, struct dir_context *ctx);

static inline bool dir_emit(struct dir_context *ctx, const char *name, int len, u64 ino, unsigned int type)
{
	return ctx->actor(ctx, name, len, ctx->pos, ino, type);
}

bool dir_emit_dots(struct file *file, struct dir_context *ctx);

/* fs/namei.c */
int inode_permission(struct inode *inode, int mask);

/* fs/libfs.c */
struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry);
int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry);
int simple_unlink(struct inode *dir, struct dentry *dentry);
int simple_rmdir(struct inode *dir, struct dentry *dentry);
int simple_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new);
bool simple_empty(struct dentry *dentry);
int simple_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size);
ssize_t simple_read_from_buffer(struct iov_iter *to, loff_t *pos, const void *from, size_t available);
extern const struct file_operations simple_dir_operations;

/* fs/ramfs.c */
struct inode *ramfs_get_inode(struct super_block *sb, const struct inode *dir, umode_t mode, dev_t dev);
int ramfs_fill_super(struct super_block *sb, const char *dev_name, void *data);
void init_rootfs(void);

/* fs/char_dev.c */
struct cdev {
	const struct file_operations *ops;
	dev_t dev;
	unsigned int count;
	struct list_head list;
};

void cdev_init(struct cdev *cdev, const struct file_operations *ops);
int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count);
void cdev_del(struct cdev *cdev);
extern const struct file_operations def_chr_fops;

/* fs/bdev.c */
extern const struct file_operations def_blk_fops;

/* fs/pipe.c */
extern const struct file_operations pipefifo_fops;

/* fs/devtmpfs.c */
int devtmpfs_init(void);
int devtmpfs_create_node(const char *name, umode_t mode, dev_t dev);
int devtmpfs_delete_node(const char *name);
int devtmpfs_mount(const char *where);

void vfs_caches_init(void);

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

static inline unsigned char fs_umode_to_dtype(umode_t mode)
{
	return (mode & S_IFMT) >> 12;
}

#endif
