/* Descriptor tables: numbers for open files, copied or shared at clone, grown on demand, closed at exec and exit. */
#include <linux/fdtable.h>
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/bitops.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>

struct files_struct init_files = {
	.count = ATOMIC_INIT(1),
	.file_lock = __SPIN_LOCK_UNLOCKED(init_files.file_lock),
	.max_fds = NR_OPEN_DEFAULT,
	.fd = init_files.fd_array,
};

static bool test_fd(const unsigned long *map, unsigned int fd)
{
	return map[fd / 64] >> (fd % 64) & 1;
}

static void change_fd(unsigned long *map, unsigned int fd, bool value)
{
	if (value)
		map[fd / 64] |= 1UL << (fd % 64);
	else
		map[fd / 64] &= ~(1UL << (fd % 64));
}

/* Makes room for descriptor fd. Drops and retakes file_lock to allocate. */
static int expand_files(struct files_struct *files, unsigned int fd)
{
	while (fd >= files->max_fds) {
		unsigned int size = files->max_fds * 2;
		struct file **table, **old;

		spin_unlock(&files->file_lock);
		table = kcalloc(size, sizeof(*table), GFP_KERNEL);
		spin_lock(&files->file_lock);
		if (!table)
			return -ENOMEM;
		if (size <= files->max_fds) {
			old = table;
		} else {
			memcpy(table, files->fd, files->max_fds * sizeof(*table));
			old = files->fd;
			files->fd = table;
			files->max_fds = size;
		}
		if (old != files->fd_array)
			kfree(old);
	}
	return 0;
}

static int alloc_fd(unsigned int start, unsigned int flags)
{
	struct files_struct *files = current->files;
	unsigned int limit = min_t(unsigned long, current->signal->rlim[RLIMIT_NOFILE].rlim_cur, NR_OPEN_MAX);
	unsigned int fd;
	int ret;

	spin_lock(&files->file_lock);
	do {
		for (fd = start; fd < limit && test_fd(files->reserved, fd); fd++)
			;
		ret = fd < limit ? expand_files(files, fd) : -EMFILE;
	} while (!ret && test_fd(files->reserved, fd));
	if (!ret) {
		change_fd(files->reserved, fd, true);
		change_fd(files->close_on_exec, fd, flags & O_CLOEXEC);
		files->fd[fd] = NULL;
		ret = fd;
	}
	spin_unlock(&files->file_lock);
	return ret;
}

int get_unused_fd_flags(unsigned int flags)
{
	return alloc_fd(0, flags);
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	change_fd(files->reserved, fd, false);
	spin_unlock(&files->file_lock);
}

void fd_install(unsigned int fd, struct file *file)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	files->fd[fd] = file;
	spin_unlock(&files->file_lock);
}

static struct file *files_lookup(struct files_struct *files, unsigned int fd)
{
	struct file *file = NULL;

	spin_lock(&files->file_lock);
	if (fd < files->max_fds && files->fd[fd])
		file = get_file(files->fd[fd]);
	spin_unlock(&files->file_lock);
	return file;
}

struct file *fget(unsigned int fd)
{
	return files_lookup(current->files, fd);
}

/* The caller keeps task alive; its table may be on its way out. */
struct file *fget_task(struct task_struct *task, unsigned int fd)
{
	struct file *file = NULL;

	task_lock(task);
	if (task->files)
		file = files_lookup(task->files, fd);
	task_unlock(task);
	return file;
}

static struct file *remove_fd(struct files_struct *files, unsigned int fd)
{
	struct file *file = NULL;

	spin_lock(&files->file_lock);
	if (fd < files->max_fds && files->fd[fd]) {
		file = files->fd[fd];
		files->fd[fd] = NULL;
		change_fd(files->reserved, fd, false);
		change_fd(files->close_on_exec, fd, false);
	}
	spin_unlock(&files->file_lock);
	return file;
}

/* A descriptor of files leads to the file no more. */
static void filp_close(struct file *file, struct files_struct *files)
{
	locks_remove_posix(file, files);
	fput(file);
}

int close_fd(unsigned int fd)
{
	struct file *file = remove_fd(current->files, fd);

	if (!file)
		return -EBADF;
	filp_close(file, current->files);
	return 0;
}

void do_close_on_exec(struct files_struct *files)
{
	for (unsigned int fd = 0; fd < files->max_fds; fd++) {
		struct file *file = test_fd(files->close_on_exec, fd) ? remove_fd(files, fd) : NULL;

		if (file)
			filp_close(file, files);
	}
}

static struct files_struct *dup_fd(struct files_struct *old)
{
	struct files_struct *files = kzalloc(sizeof(*files), GFP_KERNEL);
	unsigned int size;

	if (!files)
		return NULL;
	atomic_set(&files->count, 1);
	spin_lock_init(&files->file_lock);
	files->fd = files->fd_array;
	files->max_fds = NR_OPEN_DEFAULT;
	spin_lock(&old->file_lock);
	while (old->max_fds > files->max_fds) {
		size = old->max_fds;
		spin_unlock(&old->file_lock);
		if (files->fd != files->fd_array)
			kfree(files->fd);
		files->fd = kcalloc(size, sizeof(*files->fd), GFP_KERNEL);
		files->max_fds = size;
		if (!files->fd) {
			kfree(files);
			return NULL;
		}
		spin_lock(&old->file_lock);
	}
	/* A number that is reserved but not yet filled belongs to a thread of the old table only. */
	for (unsigned int fd = 0; fd < old->max_fds; fd++) {
		if (!old->fd[fd])
			continue;
		files->fd[fd] = get_file(old->fd[fd]);
		change_fd(files->reserved, fd, true);
		change_fd(files->close_on_exec, fd, test_fd(old->close_on_exec, fd));
	}
	spin_unlock(&old->file_lock);
	return files;
}

void put_files_struct(struct files_struct *files)
{
	if (!atomic_dec_and_test(&files->count))
		return;
	for (unsigned int fd = 0; fd < files->max_fds; fd++)
		if (files->fd[fd])
			filp_close(files->fd[fd], files);
	if (files->fd != files->fd_array)
		kfree(files->fd);
	kfree(files);
}

int copy_files(unsigned long clone_flags, struct task_struct *tsk)
{
	if (clone_flags & CLONE_FILES) {
		atomic_inc(&current->files->count);
		tsk->files = current->files;
		return 0;
	}
	tsk->files = dup_fd(current->files);
	return tsk->files ? 0 : -ENOMEM;
}

static void replace_files(struct task_struct *tsk, struct files_struct *files)
{
	struct files_struct *old;

	task_lock(tsk);
	old = tsk->files;
	tsk->files = files;
	task_unlock(tsk);
	if (old)
		put_files_struct(old);
}

void exit_files(struct task_struct *tsk)
{
	replace_files(tsk, NULL);
}

int unshare_files(struct files_struct **displaced)
{
	struct files_struct *files;

	*displaced = NULL;
	if (atomic_read(&current->files->count) == 1)
		return 0;
	files = dup_fd(current->files);
	if (!files)
		return -ENOMEM;
	*displaced = current->files;
	atomic_inc(&current->files->count);
	replace_files(current, files);
	return 0;
}

void reset_files_struct(struct files_struct *files)
{
	replace_files(current, files);
}

/* Installs another reference to file under the lowest free number. */
int init_dup(struct file *file)
{
	int fd = get_unused_fd_flags(0);

	if (fd >= 0)
		fd_install(fd, get_file(file));
	return fd;
}

static int f_dupfd(unsigned int start, struct file *file, unsigned int flags)
{
	int fd;

	if (start >= NR_OPEN_MAX)
		return -EINVAL;
	fd = alloc_fd(start, flags);
	if (fd >= 0)
		fd_install(fd, get_file(file));
	return fd;
}

SYSCALL_DEFINE1(close, unsigned int, fd)
{
	return close_fd(fd);
}

#define CLOSE_RANGE_UNSHARE	2
#define CLOSE_RANGE_CLOEXEC	4

SYSCALL_DEFINE3(close_range, unsigned int, first, unsigned int, last, unsigned int, flags)
{
	struct files_struct *displaced = NULL;
	int ret = 0;

	if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) || first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE)
		ret = unshare_files(&displaced);
	if (displaced)
		put_files_struct(displaced);
	for (unsigned int fd = first; !ret && fd <= min_t(unsigned int, last, NR_OPEN_MAX - 1); fd++) {
		if (!(flags & CLOSE_RANGE_CLOEXEC)) {
			close_fd(fd);
			continue;
		}
		spin_lock(&current->files->file_lock);
		if (test_fd(current->files->reserved, fd))
			change_fd(current->files->close_on_exec, fd, true);
		spin_unlock(&current->files->file_lock);
	}
	return ret;
}

SYSCALL_DEFINE1(dup, unsigned int, old)
{
	struct file *file = fget(old);
	int fd;

	if (!file)
		return -EBADF;
	fd = f_dupfd(0, file, 0);
	fput(file);
	return fd;
}

SYSCALL_DEFINE3(dup3, unsigned int, old, unsigned int, new, int, flags)
{
	struct files_struct *files = current->files;
	struct file *file, *replaced = NULL;
	int ret;

	if ((flags & ~O_CLOEXEC) || old == new)
		return -EINVAL;
	if (new >= min_t(unsigned long, current->signal->rlim[RLIMIT_NOFILE].rlim_cur, NR_OPEN_MAX))
		return -EBADF;
	file = fget(old);
	if (!file)
		return -EBADF;
	spin_lock(&files->file_lock);
	ret = expand_files(files, new);
	if (!ret && test_fd(files->reserved, new) && !files->fd[new])
		ret = -EBUSY;
	if (!ret) {
		replaced = files->fd[new];
		files->fd[new] = get_file(file);
		change_fd(files->reserved, new, true);
		change_fd(files->close_on_exec, new, flags & O_CLOEXEC);
		ret = new;
	}
	spin_unlock(&files->file_lock);
	fput(file);
	if (replaced)
		filp_close(replaced, files);
	return ret;
}

static long set_status_flags(struct file *file, unsigned long arg)
{
	const unsigned int settable = O_APPEND | O_NONBLOCK;

	file->f_flags = (file->f_flags & ~settable) | (arg & settable);
	return 0;
}

SYSCALL_DEFINE3(fcntl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	struct files_struct *files = current->files;
	struct file *file = fget(fd);
	long ret;

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		ret = f_dupfd(arg, file, cmd == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0);
		break;
	case F_GETFD:
		ret = test_fd(files->close_on_exec, fd) ? FD_CLOEXEC : 0;
		break;
	case F_SETFD:
		spin_lock(&files->file_lock);
		change_fd(files->close_on_exec, fd, arg & FD_CLOEXEC);
		spin_unlock(&files->file_lock);
		ret = 0;
		break;
	case F_GETFL:
		ret = file->f_flags | O_LARGEFILE;
		break;
	case F_SETFL:
		ret = set_status_flags(file, arg);
		break;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		ret = fcntl_lock(file, cmd, (struct flock __user *)arg);
		break;
	default:
		ret = -EINVAL;
	}
	fput(file);
	return ret;
}
