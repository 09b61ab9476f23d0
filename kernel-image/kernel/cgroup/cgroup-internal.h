/* Shared by the tree of control groups and its files. */
#ifndef _CGROUP_INTERNAL_H
#define _CGROUP_INTERNAL_H

#include <linux/cgroup.h>

#define CGROUP2_SUPER_MAGIC 0x63677270

extern const struct cftype cgroup_base_files[];

int cgroup_attach_task(struct cgroup *cgrp, pid_t pid);	/* with all its threads; 0: the caller */
int cgroup_set_subtree_control(struct cgroup *cgrp, unsigned int enable, unsigned int disable);
int cgroup_rmdir(struct kernfs_node *kn);
pid_t cgroup_nth_process(struct cgroup *cgrp, unsigned long n);
bool cgroup_is_populated(struct cgroup *cgrp);
void cgroup_print_controllers(struct seq_file *m, unsigned int mask);
unsigned int cgroup_controller_bit(const char *name);	/* 0: there is none of that name */

#endif
