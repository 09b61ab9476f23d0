/* Namespaces: what a group of processes sees as the system's. Each kind has a file in /proc/PID/ns. */
#ifndef _LINUX_NSPROXY_H
#define _LINUX_NSPROXY_H

#include <linux/atomic.h>
#include <linux/utsname.h>

#define CLONE_NEWNS	0x20000
#define CLONE_NEWCGROUP	0x2000000
#define CLONE_NEWUTS	0x4000000
#define CLONE_NEWPID	0x20000000

struct path;
struct task_struct;
struct nsproxy;
struct file;
struct ns_common;
struct mutex;

struct proc_ns_operations {
	const char *name;
	unsigned long type;				/* CLONE_NEW* */
	struct ns_common *(*get)(struct task_struct *task);	/* counted */
	void (*put)(struct ns_common *ns);
	int (*install)(struct nsproxy *nsproxy, struct ns_common *ns);	/* NULL: there is only one */
};

/* What all kinds have in common: a number, by which two can be told apart. */
struct ns_common {
	refcount_t count;
	unsigned int inum;
	const struct proc_ns_operations *ops;
};

struct uts_namespace {
	struct ns_common ns;
	struct new_utsname name;
};

/* The namespaces of a task, as far as there can be several. Tasks share it; who wants another gets a copy. */
struct nsproxy {
	refcount_t count;
	struct uts_namespace *uts_ns;
};

#define PROC_UTS_INIT_INO 0xeffffffeU
extern struct uts_namespace init_uts_ns;
extern const struct proc_ns_operations utsns_operations;
extern struct mutex uts_lock;		/* the names in all of them */
extern struct nsproxy init_nsproxy;
extern const struct proc_ns_operations *const proc_ns_entries[];	/* to NULL */

struct new_utsname *utsname(void);	/* of the caller */
int copy_namespaces(unsigned long flags, struct task_struct *task);
int unshare_nsproxy(unsigned long flags);
void exit_task_namespaces(struct task_struct *task);

void nsfs_init(void);
struct ns_common *ns_of_file(const struct file *file);	/* NULL: it is no namespace's */
/* A path to the file that stands for a namespace of the task. */
int ns_get_path(struct path *path, struct task_struct *task, const struct proc_ns_operations *ops);

#endif
