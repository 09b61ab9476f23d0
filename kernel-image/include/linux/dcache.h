/* The directory-entry cache: the tree of names in use, over which paths are walked. */
#ifndef _LINUX_DCACHE_H
#define _LINUX_DCACHE_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct dentry;
struct inode;
struct path;
struct super_block;

struct qstr {
	const char *name;
	unsigned int len;
};

struct dentry_operations {
	int (*d_revalidate)(struct dentry *dentry);	/* 0 = the name no longer means this inode */
};

#define DNAME_INLINE_LEN 40

struct dentry {
	atomic_t d_count;
	unsigned int d_mounted;
	struct dentry *d_parent;
	struct qstr d_name;
	char d_iname[DNAME_INLINE_LEN];
	struct inode *d_inode;
	struct super_block *d_sb;
	const struct dentry_operations *d_op;
	struct hlist_node d_hash;
	struct list_head d_child;
	struct list_head d_subdirs;
	struct list_head d_lru;		/* of those that nobody uses */
	u64 d_cookie;			/* grows along d_subdirs: the position that readdir reports */
};

extern spinlock_t dcache_lock;

void dcache_init(void);
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);
struct dentry *d_make_root(struct super_block *sb, struct inode *root);
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name);
void d_add(struct dentry *dentry, struct inode *inode);
void d_drop(struct dentry *dentry);
void d_move(struct dentry *dentry, struct dentry *target);
bool d_is_ancestor(struct dentry *ancestor, struct dentry *dentry);
struct dentry *dget(struct dentry *dentry);
struct dentry *d_next_child(struct dentry *dir, struct dentry *prev, u64 cookie);
struct dentry *dget_parent(struct dentry *dentry);
void dput(struct dentry *dentry);
char *d_path(const struct path *path, char *buf, int len);
void shrink_dcache_sb(struct super_block *sb);	/* every name of it that nobody uses */

static inline struct inode *d_inode(const struct dentry *dentry)
{
	return dentry->d_inode;
}

static inline bool d_is_negative(const struct dentry *dentry)
{
	return !dentry->d_inode;
}

#endif
