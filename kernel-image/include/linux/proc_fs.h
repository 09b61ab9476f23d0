/* /proc: files and directories that the rest of the kernel adds to it. */
#ifndef _LINUX_PROC_FS_H
#define _LINUX_PROC_FS_H

#include <linux/fs.h>

struct seq_file;
struct task_struct;

struct proc_dir_entry {
	const char *name;
	umode_t mode;
	unsigned long ino;
	int (*show)(struct seq_file *m, void *v);
	int (*write)(void *data, char *line);	/* one short line, without its end; 0 or an error */
	void *data;
	struct proc_dir_entry *parent, *subdir, *next;
};

void proc_root_init(void);
struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent);
struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       int (*show)(struct seq_file *m, void *v), void *data);
/* The same for a file that can be written; show may be NULL. */
struct proc_dir_entry *proc_create_line(const char *name, umode_t mode, struct proc_dir_entry *parent,
					int (*show)(struct seq_file *m, void *v),
					int (*write)(void *data, char *line), void *data);
struct proc_dir_entry *proc_create_single(const char *name, umode_t mode, int (*show)(struct seq_file *m, void *v));

#endif
