/*
 * Locks on files: fcntl's, of ranges, that belong to a process or to an open file, and flock's, of whole files.
 *
 * An inode has its locks in a list; lock_mutex covers all lists. The two kinds do not see each other. A change wakes
 * everybody who waits for any lock, and these look again.
 */
#include <linux/fdtable.h>
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define LOCK_SH	1
#define LOCK_EX	2
#define LOCK_NB	4
#define LOCK_UN	8

struct file_lock {
	struct list_head list;
	bool flock;
	int type;			/* F_RDLCK, F_WRLCK; F_UNLCK to remove */
	loff_t start, end;		/* both belong to it */
	void *owner;			/* a files_struct or an open file */
	pid_t pid;			/* -1: of an open file */
};

static DEFINE_MUTEX(lock_mutex);
static DECLARE_WAIT_QUEUE_HEAD(lock_wait);
static unsigned long lock_changes;

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->flock == b->flock && a->start <= b->end && b->start <= a->end;
}

static struct file_lock *find_conflict(struct inode *inode, const struct file_lock *wanted)
{
	struct file_lock *fl;

	if (wanted->type != F_UNLCK)
		list_for_each_entry(fl, &inode->i_flock, list)
			if (fl->owner != wanted->owner && overlap(fl, wanted) && (fl->type == F_WRLCK || wanted->type == F_WRLCK))
				return fl;
	return NULL;
}

/* Takes [new->start, new->end] out of the owner's other locks; spare becomes the second half of one that is split. */
static void cut_out(struct inode *inode, const struct file_lock *new, struct file_lock **spare)
{
	struct file_lock *fl, *next;

	list_for_each_entry_safe(fl, next, &inode->i_flock, list) {
		if (fl->owner != new->owner || !overlap(fl, new))
			continue;
		if (fl->start < new->start && fl->end > new->end) {
			**spare = *fl;
			(*spare)->start = new->end + 1;
			fl->end = new->start - 1;
			list_add(&(*spare)->list, &fl->list);
			*spare = NULL;
		} else if (fl->start < new->start) {
			fl->end = new->start - 1;
		} else if (fl->end > new->end) {
			fl->start = new->end + 1;
		} else {
			list_del(&fl->list);
			kfree(fl);
		}
	}
}

static void changed(void)
{
	lock_changes++;
	wake_up_interruptible_all(&lock_wait);
}

static int set_lock(struct inode *inode, const struct file_lock *wanted, bool wait)
{
	struct file_lock *fl = kmalloc(sizeof(*fl), GFP_KERNEL), *spare = kmalloc(sizeof(*spare), GFP_KERNEL);
	int ret = fl && spare ? 0 : -ENOMEM;

	while (!ret) {
		unsigned long seen;

		mutex_lock(&lock_mutex);
		if (!find_conflict(inode, wanted))
			break;
		seen = lock_changes;
		mutex_unlock(&lock_mutex);
		ret = !wait ? -EAGAIN : wait_event_interruptible(lock_wait, READ_ONCE(lock_changes) != seen);
	}
	if (!ret) {
		cut_out(inode, wanted, &spare);
		if (wanted->type != F_UNLCK) {
			*fl = *wanted;
			list_add_tail(&fl->list, &inode->i_flock);
			fl = NULL;
		}
		changed();
		mutex_unlock(&lock_mutex);
	}
	kfree(fl);
	kfree(spare);
	return ret;
}

static void remove_locks(struct inode *inode, void *owner)
{
	struct file_lock *fl, *next;

	mutex_lock(&lock_mutex);
	list_for_each_entry_safe(fl, next, &inode->i_flock, list)
		if (fl->owner == owner) {
			list_del(&fl->list);
			kfree(fl);
			changed();
		}
	mutex_unlock(&lock_mutex);
}

/* POSIX: a process that closes any descriptor of a file loses all its locks on it. */
void locks_remove_posix(struct file *file, struct files_struct *files)
{
	if (!list_empty(&file_inode(file)->i_flock))
		remove_locks(file_inode(file), files);
}

void locks_remove_file(struct file *file)
{
	if (!list_empty(&file_inode(file)->i_flock))
		remove_locks(file_inode(file), file);
}

struct flock {
	short l_type, l_whence;
	loff_t l_start, l_len;
	pid_t l_pid;
};

static int flock_to_lock(struct file *file, const struct flock *fl, struct file_lock *lock)
{
	loff_t start = fl->l_start;

	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK && fl->l_type != F_UNLCK)
		return -EINVAL;
	if (fl->l_whence == SEEK_CUR)
		start += file->f_pos;
	else if (fl->l_whence == SEEK_END)
		start += file_inode(file)->i_size;
	else if (fl->l_whence != SEEK_SET)
		return -EINVAL;
	*lock = (struct file_lock){ .type = fl->l_type, .start = start, .end = start + fl->l_len - 1 };
	if (fl->l_len == 0)
		lock->end = MAX_LFS_FILESIZE;
	else if (fl->l_len < 0) {
		lock->start = start + fl->l_len;
		lock->end = start - 1;
	}
	return lock->start < 0 || lock->end < lock->start ? -EINVAL : 0;
}

long fcntl_lock(struct file *file, unsigned int cmd, struct flock __user *user)
{
	bool of_file = cmd >= F_OFD_GETLK, get = cmd == F_GETLK || cmd == F_OFD_GETLK;
	struct file_lock lock, *conflict;
	struct flock fl;
	int ret;

	if (copy_from_user(&fl, user, sizeof(fl)))
		return -EFAULT;
	ret = flock_to_lock(file, &fl, &lock);
	if (ret || (of_file && fl.l_pid))
		return ret ? ret : -EINVAL;
	lock.owner = of_file ? (void *)file : current->files;
	lock.pid = of_file ? -1 : task_tgid_vnr(current);
	if (!get) {
		if (!(file->f_mode & (fl.l_type == F_RDLCK ? FMODE_READ : fl.l_type == F_WRLCK ? FMODE_WRITE : ~0U)))
			return -EBADF;
		return set_lock(file_inode(file), &lock, cmd == F_SETLKW || cmd == F_OFD_SETLKW);
	}
	mutex_lock(&lock_mutex);
	conflict = find_conflict(file_inode(file), &lock);
	if (conflict)
		fl = (struct flock){ conflict->type, SEEK_SET, conflict->start,
				     conflict->end == MAX_LFS_FILESIZE ? 0 : conflict->end - conflict->start + 1, conflict->pid };
	else
		fl.l_type = F_UNLCK;
	mutex_unlock(&lock_mutex);
	return copy_to_user(user, &fl, sizeof(fl)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(flock, unsigned int, fd, unsigned int, cmd)
{
	struct file_lock lock = { .flock = true, .end = MAX_LFS_FILESIZE };
	struct file *file;
	int ret;

	switch (cmd & ~LOCK_NB) {
	case LOCK_SH: lock.type = F_RDLCK; break;
	case LOCK_EX: lock.type = F_WRLCK; break;
	case LOCK_UN: lock.type = F_UNLCK; break;
	default: return -EINVAL;
	}
	file = fget(fd);
	if (!file)
		return -EBADF;
	lock.owner = file;
	ret = set_lock(file_inode(file), &lock, !(cmd & LOCK_NB));
	fput(file);
	return ret;
}
