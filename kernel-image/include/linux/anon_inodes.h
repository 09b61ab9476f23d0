/* Files without a place in any tree: pipes, event counters, timers and the like. */
#ifndef _LINUX_ANON_INODES_H
#define _LINUX_ANON_INODES_H

#include <linux/fs.h>

/* An open file of inode, to which it takes a reference of its own. d_path shows name, as it is. It cannot seek. */
struct file *alloc_file_pseudo(struct inode *inode, struct vfsmount *mnt, const char *name, int flags,
			       const struct file_operations *fops);
int pseudo_fill_super(struct super_block *sb, const char *dev_name, void *data);

/* One inode serves all that need none of their own. */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags);
/* A descriptor for such a file. On failure priv still is the caller's. */
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags);

#endif
