/* Process identifiers: numbers that outlive their tasks while someone holds a reference. */
#ifndef _LINUX_PID_H
#define _LINUX_PID_H

#include <linux/atomic.h>
#include <linux/list.h>

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };

#define PID_MAX_DEFAULT 32768
#define RESERVED_PIDS 300

struct task_struct;
struct pid_namespace;
extern struct pid_namespace init_pid_ns;

struct pid {
	refcount_t count;
	int nr;
	struct hlist_node pid_chain;
	struct hlist_head tasks[PIDTYPE_MAX];
	struct rcu_head rcu;
};

extern struct pid init_struct_pid;

void pid_idr_init(void);
struct pid *alloc_pid(struct pid_namespace *ns);
void free_pid(struct pid *pid);
struct pid *get_pid(struct pid *pid);
void put_pid(struct pid *pid);
static inline pid_t pid_nr(struct pid *pid) { return pid ? pid->nr : 0; }
#define pid_vnr(pid) pid_nr(pid)

/* Callers hold tasklist_lock for writing. */
void attach_pid(struct task_struct *task, enum pid_type type);
void detach_pid(struct task_struct *task, enum pid_type type);
void change_pid(struct task_struct *task, enum pid_type type, struct pid *pid);

/* Callers hold rcu_read_lock or tasklist_lock. */
struct pid *find_vpid(int nr);
struct pid *find_pid_ns(int nr, struct pid_namespace *ns);
struct task_struct *pid_task(struct pid *pid, enum pid_type type);
struct task_struct *find_task_by_vpid(pid_t nr);
struct task_struct *find_task_by_pid_ns(pid_t nr, struct pid_namespace *ns);
struct pid *find_get_pid(int nr);
struct task_struct *get_pid_task(struct pid *pid, enum pid_type type);

#define do_each_pid_task(pid, type, task) \
	hlist_for_each_entry(task, &(pid)->tasks[type], pid_links[type]) {
#define while_each_pid_task(pid, type, task) }

#endif
