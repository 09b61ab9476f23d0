/* System calls that read and change user and group identities. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

SYSCALL_DEFINE0(getuid)
{
	return current_cred()->uid;
}

SYSCALL_DEFINE0(geteuid)
{
	return current_cred()->euid;
}

SYSCALL_DEFINE0(getgid)
{
	return current_cred()->gid;
}

SYSCALL_DEFINE0(getegid)
{
	return current_cred()->egid;
}

#define UNCHANGED ((unsigned int)-1)

/* Whether an ordinary user may take on id: only one that it has already. */
static bool may_become(unsigned int id, unsigned int a, unsigned int b, unsigned int c)
{
	return id == UNCHANGED || capable_root() || id == a || id == b || id == c;
}

static long finish(struct cred *new, bool permitted)
{
	if (!permitted) {
		abort_creds(new);
		return -EPERM;
	}
	return commit_creds(new);
}

static long do_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	struct cred *new = prepare_creds();
	bool ok;

	if (!new)
		return -ENOMEM;
	ok = may_become(ruid, new->uid, new->euid, new->suid) && may_become(euid, new->uid, new->euid, new->suid) &&
	     may_become(suid, new->uid, new->euid, new->suid);
	if (ruid != UNCHANGED)
		new->uid = ruid;
	if (euid != UNCHANGED)
		new->euid = euid;
	if (suid != UNCHANGED)
		new->suid = suid;
	new->fsuid = new->euid;
	return finish(new, ok);
}

static long do_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	struct cred *new = prepare_creds();
	bool ok;

	if (!new)
		return -ENOMEM;
	ok = may_become(rgid, new->gid, new->egid, new->sgid) && may_become(egid, new->gid, new->egid, new->sgid) &&
	     may_become(sgid, new->gid, new->egid, new->sgid);
	if (rgid != UNCHANGED)
		new->gid = rgid;
	if (egid != UNCHANGED)
		new->egid = egid;
	if (sgid != UNCHANGED)
		new->sgid = sgid;
	new->fsgid = new->egid;
	return finish(new, ok);
}

/* Root sets all three; another user only the effective one, to its real or saved one. */
SYSCALL_DEFINE1(setuid, uid_t, uid)
{
	if (uid == UNCHANGED)
		return -EINVAL;
	if (capable_root())
		return do_setresuid(uid, uid, uid);
	if (uid != current_cred()->uid && uid != current_cred()->suid)
		return -EPERM;
	return do_setresuid(UNCHANGED, uid, UNCHANGED);
}

SYSCALL_DEFINE1(setgid, gid_t, gid)
{
	if (gid == UNCHANGED)
		return -EINVAL;
	if (capable_root())
		return do_setresgid(gid, gid, gid);
	if (gid != current_cred()->gid && gid != current_cred()->sgid)
		return -EPERM;
	return do_setresgid(UNCHANGED, gid, UNCHANGED);
}

/* A changed real ID, or an effective one that is not the real one, becomes the saved ID. */
SYSCALL_DEFINE2(setreuid, uid_t, ruid, uid_t, euid)
{
	const struct cred *cred = current_cred();
	uid_t new_euid = euid == UNCHANGED ? cred->euid : euid;
	bool save = ruid != UNCHANGED || (euid != UNCHANGED && euid != cred->uid);

	if (!may_become(ruid, cred->uid, cred->euid, cred->uid))
		return -EPERM;
	return do_setresuid(ruid, euid, save ? new_euid : UNCHANGED);
}

SYSCALL_DEFINE2(setregid, gid_t, rgid, gid_t, egid)
{
	const struct cred *cred = current_cred();
	gid_t new_egid = egid == UNCHANGED ? cred->egid : egid;
	bool save = rgid != UNCHANGED || (egid != UNCHANGED && egid != cred->gid);

	if (!may_become(rgid, cred->gid, cred->egid, cred->gid))
		return -EPERM;
	return do_setresgid(rgid, egid, save ? new_egid : UNCHANGED);
}

SYSCALL_DEFINE3(setresuid, uid_t, ruid, uid_t, euid, uid_t, suid)
{
	return do_setresuid(ruid, euid, suid);
}

SYSCALL_DEFINE3(setresgid, gid_t, rgid, gid_t, egid, gid_t, sgid)
{
	return do_setresgid(rgid, egid, sgid);
}

/* These two say what was before, whether they changed it or not. */
SYSCALL_DEFINE1(setfsuid, uid_t, uid)
{
	struct cred *new = prepare_creds();
	uid_t old = current_fsuid();

	if (!new)
		return old;
	if (capable_root() || uid == new->uid || uid == new->euid || uid == new->suid)
		new->fsuid = uid;
	commit_creds(new);
	return old;
}

SYSCALL_DEFINE1(setfsgid, gid_t, gid)
{
	struct cred *new = prepare_creds();
	gid_t old = current_fsgid();

	if (!new)
		return old;
	if (capable_root() || gid == new->gid || gid == new->egid || gid == new->sgid)
		new->fsgid = gid;
	commit_creds(new);
	return old;
}

static long put_three(unsigned int __user *const to[3], const unsigned int values[3])
{
	for (int i = 0; i < 3; i++)
		if (put_user(values[i], to[i]))
			return -EFAULT;
	return 0;
}

SYSCALL_DEFINE3(getresuid, uid_t __user *, ruid, uid_t __user *, euid, uid_t __user *, suid)
{
	const struct cred *cred = current_cred();

	return put_three((uid_t __user *const[]){ ruid, euid, suid }, (uid_t[]){ cred->uid, cred->euid, cred->suid });
}

SYSCALL_DEFINE3(getresgid, gid_t __user *, rgid, gid_t __user *, egid, gid_t __user *, sgid)
{
	const struct cred *cred = current_cred();

	return put_three((gid_t __user *const[]){ rgid, egid, sgid }, (gid_t[]){ cred->gid, cred->egid, cred->sgid });
}

SYSCALL_DEFINE2(getgroups, int, size, gid_t __user *, list)
{
	const struct cred *cred = current_cred();

	if (size < 0 || (size && size < cred->ngroups))
		return -EINVAL;
	if (size && copy_to_user(list, cred->groups, cred->ngroups * sizeof(gid_t)))
		return -EFAULT;
	return cred->ngroups;
}

SYSCALL_DEFINE2(setgroups, int, size, const gid_t __user *, list)
{
	struct cred *new;

	if (!capable_root())
		return -EPERM;
	if (size < 0 || size > NGROUPS)
		return -EINVAL;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (copy_from_user(new->groups, list, size * sizeof(gid_t))) {
		abort_creds(new);
		return -EFAULT;
	}
	new->ngroups = size;
	return commit_creds(new);
}
