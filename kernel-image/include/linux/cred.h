/* Credentials: who a task is. Shared and read-only once installed; a change installs a copy. */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/types.h>
#include <linux/atomic.h>

#define NGROUPS	32
#define CAP_LAST_CAP	40

struct task_struct;

struct cred {
	atomic_t usage;
	uid_t uid, suid, euid, fsuid;
	gid_t gid, sgid, egid, fsgid;
	int ngroups;
	gid_t groups[NGROUPS];
};

extern struct cred init_cred;

#define current_cred()	(current->cred)
#define current_uid()	(current->cred->uid)
#define current_euid()	(current->cred->euid)
#define current_fsuid()	(current->cred->fsuid)
#define current_fsgid()	(current->cred->fsgid)

struct cred *prepare_creds(void);
int commit_creds(struct cred *new);
void abort_creds(struct cred *new);
const struct cred *get_task_cred(struct task_struct *p);
void put_cred(const struct cred *cred);
uid_t task_uid(struct task_struct *p);
bool in_group_p(gid_t gid);
bool capable_root(void);

#endif
