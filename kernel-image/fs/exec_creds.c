/* With whose rights a new program runs: set-ID files, and when they are not trusted. */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

/* Two threads that exec at once take turns. begin_new_exec uses the credentials, free_bprm gives back what is left. */
noinline int prepare_bprm_creds(struct linux_binprm *bprm)
{
	if (mutex_lock_interruptible(&current->signal->cred_guard_mutex))
		return -ERESTARTNOINTR;
	bprm->guarded = true;
	bprm->cred = prepare_creds();
	return bprm->cred ? 0 : -ENOMEM;
}

/* Somebody could lead a set-ID program by the nose: by its directories, which another process shares. */
noinline void check_unsafe_exec(struct linux_binprm *bprm)
{
	struct task_struct *t;
	int users = 0;

	read_lock(&tasklist_lock);
	for_each_thread(current, t)
		users += t->fs == current->fs;
	read_unlock(&tasklist_lock);
	bprm->unsafe = current->no_new_privs || atomic_read(&current->fs->users) > users;
}

/* Who may execute a file but not read it may not read it in the process's memory, either. */
noinline void would_dump(struct linux_binprm *bprm, struct file *file)
{
	if (inode_permission(file_inode(file), MAY_READ))
		bprm->not_readable = true;
}

/* Reads the file's head, and works out the credentials that its set-ID bits ask for. */
noinline int prepare_binprm(struct linux_binprm *bprm)
{
	struct inode *inode = file_inode(bprm->file);
	loff_t pos = 0;
	ssize_t ret;

	bprm->cred->euid = current_cred()->euid;
	bprm->cred->egid = current_cred()->egid;
	if (!(bprm->file->f_path.mnt->mnt_flags & MS_NOSUID) && !bprm->unsafe) {
		if (inode->i_mode & S_ISUID)
			bprm->cred->euid = inode->i_uid;
		if ((inode->i_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
			bprm->cred->egid = inode->i_gid;
	}
	bprm->secureexec = bprm->cred->euid != bprm->cred->uid || bprm->cred->egid != bprm->cred->gid;
	memset(bprm->buf, 0, sizeof(bprm->buf));
	ret = kernel_read(bprm->file, bprm->buf, sizeof(bprm->buf), &pos);
	return ret < 0 ? ret : 0;
}
