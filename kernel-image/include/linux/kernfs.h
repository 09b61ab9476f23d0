/* kernfs: a tree of directories, attribute files and links that the kernel shows as a file system. */
#ifndef _LINUX_KERNFS_H
#define _LINUX_KERNFS_H

#include <linux/fs.h>
#include <linux/seq_file.h>

struct kernfs_node;

/* An attribute. Neither runs after kernfs_remove has returned. */
struct kernfs_ops {
	int (*show)(struct kernfs_node *kn, struct seq_file *m);
	int (*write)(struct kernfs_node *kn, char *buf);	/* one line, without its end; 0 or an error */
};

/* What users may do to directories, else nothing. */
struct kernfs_syscall_ops {
	int (*mkdir)(struct kernfs_node *parent, const char *name, umode_t mode);
	int (*rmdir)(struct kernfs_node *kn);
};

struct kernfs_node {
	atomic_t count, active;		/* references; operations in progress, negative once removed */
	struct kernfs_node *parent;
	char *name;
	umode_t mode;
	unsigned long ino;
	const struct kernfs_ops *ops;			/* of a file */
	const struct kernfs_syscall_ops *syscall_ops;	/* of a directory: its parent's */
	struct kernfs_node *target;			/* of a link */
	void *priv;
	struct list_head children, sibling;
};

struct kernfs_node *kernfs_create_root(const struct kernfs_syscall_ops *ops, void *priv);
struct kernfs_node *kernfs_create_dir(struct kernfs_node *parent, const char *name, umode_t mode, void *priv);
struct kernfs_node *kernfs_create_file(struct kernfs_node *parent, const char *name, umode_t mode,
				       const struct kernfs_ops *ops, void *priv);
struct kernfs_node *kernfs_create_link(struct kernfs_node *parent, const char *name, struct kernfs_node *target);
struct kernfs_node *kernfs_find(struct kernfs_node *parent, const char *name);	/* not counted; NULL */
/* With all that is below it; NULL and errors are nothing. Waits for operations in progress, so the caller holds no lock that they take. */
void kernfs_remove(struct kernfs_node *kn);
/* An operation lets go of its file, which may be removed meanwhile, and holds it again. */
void kernfs_break_active_protection(struct kernfs_node *kn);
void kernfs_unbreak_active_protection(struct kernfs_node *kn);
/* A path from the root, as "/a/b". */
int kernfs_path(struct kernfs_node *kn, char *buf, size_t size);
int kernfs_fill_super(struct super_block *sb, struct kernfs_node *root, unsigned long magic);

/* fs/sysfs.c: /sys. */
extern struct kernfs_node *sysfs_root;
void sysfs_init(void);

#endif
