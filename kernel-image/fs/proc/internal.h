/* What the parts of /proc share. */
#ifndef _FS_PROC_INTERNAL_H
#define _FS_PROC_INTERNAL_H

#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#define PROC_ROOT_INO	1
#define FIRST_PROCESS_ENTRY 256

struct pid_entry;

/* Behind each inode: the entry of the static tree, or the process and the entry of its directory. */
struct proc_inode {
	struct proc_dir_entry *pde;
	struct pid *pid;
	const struct pid_entry *entry;
	unsigned int fd;
	const struct proc_ns_operations *ns_ops;
};

static inline struct proc_inode *PROC_I(const struct inode *inode)
{
	return inode->i_private;
}

extern const struct dentry_operations pid_dentry_operations;

/* fs/proc/root.c */
struct inode *proc_new_inode(struct super_block *sb, umode_t mode, struct pid *pid);

/* fs/proc/base.c */
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *dentry);
int proc_pid_readdir(struct file *file, struct dir_context *ctx);
struct task_struct *get_proc_task(const struct inode *inode);
int proc_path_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size);
struct dentry *proc_pid_add(struct dentry *dentry, struct inode *inode);
bool may_follow_proc_link(struct task_struct *task);

/* fs/proc/array.c */
int proc_pid_stat(struct seq_file *m, struct task_struct *task);
int proc_pid_statm(struct seq_file *m, struct task_struct *task);
int proc_pid_status(struct seq_file *m, struct task_struct *task);

/* fs/proc/task_mmu.c */
int proc_pid_maps(struct seq_file *m, struct task_struct *task);
int proc_pid_cmdline(struct seq_file *m, struct task_struct *task);
int proc_pid_environ(struct seq_file *m, struct task_struct *task);

/* fs/proc/fd.c */
extern const struct inode_operations proc_fd_inode_operations;
extern const struct file_operations proc_fd_operations;

/* fs/proc/namespaces.c */
extern const struct inode_operations proc_ns_inode_operations;
extern const struct file_operations proc_ns_operations;

#endif
