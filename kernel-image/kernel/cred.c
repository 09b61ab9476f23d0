/* Credentials: copied on write, shared until then. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

struct cred init_cred = {
	.usage = ATOMIC_INIT(4),
};

static const struct cred *get_cred(const struct cred *cred)
{
	atomic_inc((atomic_t *)&cred->usage);
	return cred;
}

void put_cred(const struct cred *cred)
{
	if (cred && atomic_dec_and_test((atomic_t *)&cred->usage))
		kfree(cred);
}

int copy_creds(struct task_struct *p, unsigned long clone_flags)
{
	p->cred = get_cred(current->cred);
	p->real_cred = get_cred(p->cred);
	return 0;
}

void exit_creds(struct task_struct *p)
{
	put_cred(p->cred);
	put_cred(p->real_cred);
	p->cred = p->real_cred = NULL;
}

/* alloc_lock keeps another task's credentials from going away while they are looked at. */
const struct cred *get_task_cred(struct task_struct *p)
{
	const struct cred *cred;

	task_lock(p);
	cred = p->real_cred ? get_cred(p->real_cred) : get_cred(&init_cred);
	task_unlock(p);
	return cred;
}

struct cred *prepare_creds(void)
{
	struct cred *new = kmalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return NULL;
	*new = *current->cred;
	atomic_set(&new->usage, 1);
	return new;
}

int commit_creds(struct cred *new)
{
	const struct cred *old, *old_real;

	get_cred(new);
	task_lock(current);
	old = current->cred;
	old_real = current->real_cred;
	current->cred = current->real_cred = new;
	task_unlock(current);
	/* Who has other rights now is out of reach of those who knew it with the old ones. */
	if (new->euid != old->euid || new->egid != old->egid || new->fsuid != old->fsuid || new->fsgid != old->fsgid) {
		if (current->mm)
			current->mm->dumpable = false;
		current->pdeath_signal = 0;
	}
	put_cred(old);
	put_cred(old_real);
	return 0;
}

void abort_creds(struct cred *new)
{
	put_cred(new);
}

uid_t task_uid(struct task_struct *p)
{
	const struct cred *cred = get_task_cred(p);
	uid_t uid = cred->uid;

	put_cred(cred);
	return uid;
}

bool in_group_p(gid_t gid)
{
	const struct cred *cred = current_cred();

	if (gid == cred->fsgid)
		return true;
	for (int i = 0; i < cred->ngroups; i++)
		if (cred->groups[i] == gid)
			return true;
	return false;
}

/* The one capability there is: to be root. */
bool capable_root(void)
{
	return current_euid() == 0;
}
