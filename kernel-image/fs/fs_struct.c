/* A process's root, working directory and umask, shared or copied at clone. */
#include <linux/fs_struct.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

struct fs_struct init_fs = {
	.users = ATOMIC_INIT(1),
	.lock = __SPIN_LOCK_UNLOCKED(init_fs.lock),
	.umask = 0022,
};

static void replace_path(struct fs_struct *fs, struct path *place, const struct path *path)
{
	struct path old;

	path_get(path);
	spin_lock(&fs->lock);
	old = *place;
	*place = *path;
	spin_unlock(&fs->lock);
	if (old.dentry)
		path_put(&old);
}

void set_fs_root(struct fs_struct *fs, const struct path *path)
{
	replace_path(fs, &fs->root, path);
}

void set_fs_pwd(struct fs_struct *fs, const struct path *path)
{
	replace_path(fs, &fs->pwd, path);
}

void get_fs_root(struct fs_struct *fs, struct path *root)
{
	spin_lock(&fs->lock);
	*root = fs->root;
	path_get(root);
	spin_unlock(&fs->lock);
}

void get_fs_pwd(struct fs_struct *fs, struct path *pwd)
{
	spin_lock(&fs->lock);
	*pwd = fs->pwd;
	path_get(pwd);
	spin_unlock(&fs->lock);
}

static struct fs_struct *copy_fs_struct(struct fs_struct *old)
{
	struct fs_struct *fs = kmalloc(sizeof(*fs), GFP_KERNEL);

	if (!fs)
		return NULL;
	atomic_set(&fs->users, 1);
	spin_lock_init(&fs->lock);
	fs->umask = old->umask;
	get_fs_root(old, &fs->root);
	get_fs_pwd(old, &fs->pwd);
	return fs;
}

int copy_fs(unsigned long clone_flags, struct task_struct *tsk)
{
	if (clone_flags & CLONE_FS) {
		atomic_inc(&current->fs->users);
		tsk->fs = current->fs;
		return 0;
	}
	tsk->fs = copy_fs_struct(current->fs);
	return tsk->fs ? 0 : -ENOMEM;
}

static void replace_fs(struct task_struct *tsk, struct fs_struct *new)
{
	struct fs_struct *old;

	task_lock(tsk);
	old = tsk->fs;
	tsk->fs = new;
	task_unlock(tsk);
	if (old && atomic_dec_and_test(&old->users)) {
		path_put(&old->root);
		path_put(&old->pwd);
		kfree(old);
	}
}

void exit_fs(struct task_struct *tsk)
{
	replace_fs(tsk, NULL);
}

/* From here on the caller's directories are its own. */
int unshare_fs_struct(void)
{
	struct fs_struct *new;

	if (atomic_read(&current->fs->users) == 1)
		return 0;
	new = copy_fs_struct(current->fs);
	if (!new)
		return -ENOMEM;
	replace_fs(current, new);
	return 0;
}

SYSCALL_DEFINE1(umask, int, mask)
{
	int old = current->fs->umask;

	current->fs->umask = mask & S_IRWXUGO;
	return old;
}
