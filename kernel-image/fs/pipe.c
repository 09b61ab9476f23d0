/*
 * Pipes and FIFOs: a ring of bytes between readers and writers.
 *
 * pipe->mutex covers everything. Readers sleep on rd_wait until there are
 * bytes or no writers, writers on wr_wait until there is room or no readers;
 * both drop the mutex to sleep and look again afterwards. A write of at most
 * PIPE_BUF bytes waits for room for all of them and so is never torn.
 */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pipe_fs_i.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

static struct vfsmount *pipe_mnt;

static struct pipe_inode_info *alloc_pipe_info(void)
{
	struct pipe_inode_info *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL);

	if (!pipe)
		return NULL;
	mutex_init(&pipe->mutex);
	init_waitqueue_head(&pipe->rd_wait);
	init_waitqueue_head(&pipe->wr_wait);
	return pipe;
}

void free_pipe_info(struct pipe_inode_info *pipe)
{
	for (size_t i = 0; i < ARRAY_SIZE(pipe->pages); i++)
		if (pipe->pages[i])
			free_page((unsigned long)pipe->pages[i]);
	kfree(pipe);
}

static unsigned int pipe_fill(const struct pipe_inode_info *pipe)
{
	return pipe->head - pipe->tail;
}

static unsigned int pipe_room(const struct pipe_inode_info *pipe)
{
	return PIPE_SIZE - pipe_fill(pipe);
}

/* Moves bytes between the iterator and the ring at *at; stops at a bad address or for want of memory. */
static size_t move(struct pipe_inode_info *pipe, unsigned int *at, size_t bytes, struct iov_iter *iter, bool write)
{
	size_t done = 0;

	while (done < bytes) {
		unsigned int offset = *at % PAGE_SIZE;
		char **page = &pipe->pages[*at % PIPE_SIZE / PAGE_SIZE];
		size_t len = min_t(size_t, bytes - done, PAGE_SIZE - offset), copied;

		if (!*page)
			*page = (char *)__get_free_page(GFP_KERNEL);
		if (!*page)
			break;
		copied = write ? copy_from_iter(*page + offset, len, iter) : copy_to_iter(*page + offset, len, iter);
		*at += copied;
		done += copied;
		if (copied < len)
			break;
	}
	return done;
}

static ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	struct pipe_inode_info *pipe = file->private_data;
	ssize_t ret = 0;

	if (!iov_iter_count(to))
		return 0;
	mutex_lock(&pipe->mutex);
	while (!pipe_fill(pipe)) {
		if (!pipe->writers)
			goto out;
		if (file->f_flags & O_NONBLOCK) {
			ret = -EAGAIN;
			goto out;
		}
		mutex_unlock(&pipe->mutex);
		if (wait_event_interruptible(pipe->rd_wait, READ_ONCE(pipe->head) != READ_ONCE(pipe->tail) ||
							    !READ_ONCE(pipe->writers)))
			return -ERESTARTSYS;
		mutex_lock(&pipe->mutex);
	}
	ret = move(pipe, &pipe->tail, min_t(size_t, pipe_fill(pipe), iov_iter_count(to)), to, false);
	if (!ret)
		ret = -EFAULT;
out:
	mutex_unlock(&pipe->mutex);
	if (ret > 0)
		wake_up_interruptible_all(&pipe->wr_wait);
	return ret;
}

static ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	struct pipe_inode_info *pipe = file->private_data;
	size_t total = iov_iter_count(from), want = total <= PIPE_BUF ? total : 1, moved;
	ssize_t done = 0, error = 0;

	if (!total)
		return 0;
	mutex_lock(&pipe->mutex);
	while (iov_iter_count(from)) {
		if (!pipe->readers) {
			send_sig(SIGPIPE, current, 0);
			error = -EPIPE;
			break;
		}
		if (pipe_room(pipe) >= want) {
			size_t bytes = min_t(size_t, pipe_room(pipe), iov_iter_count(from));

			moved = move(pipe, &pipe->head, bytes, from, true);
			done += moved;
			if (moved < bytes) {
				error = -EFAULT;
				break;
			}
			continue;
		}
		if (file->f_flags & O_NONBLOCK) {
			error = -EAGAIN;
			break;
		}
		mutex_unlock(&pipe->mutex);
		wake_up_interruptible_all(&pipe->rd_wait);
		if (wait_event_interruptible(pipe->wr_wait,
					     PIPE_SIZE - (READ_ONCE(pipe->head) - READ_ONCE(pipe->tail)) >= want ||
					     !READ_ONCE(pipe->readers)))
			error = -ERESTARTSYS;
		mutex_lock(&pipe->mutex);
		if (error)
			break;
	}
	mutex_unlock(&pipe->mutex);
	if (done)
		wake_up_interruptible_all(&pipe->rd_wait);
	return done ? done : error;
}

static __poll_t pipe_poll(struct file *file, poll_table *table)
{
	struct pipe_inode_info *pipe = file->private_data;
	__poll_t mask = 0;

	if (file->f_mode & FMODE_READ)
		poll_wait(file, &pipe->rd_wait, table);
	if (file->f_mode & FMODE_WRITE)
		poll_wait(file, &pipe->wr_wait, table);
	mutex_lock(&pipe->mutex);
	if (file->f_mode & FMODE_READ) {
		if (pipe_fill(pipe))
			mask |= POLLIN | POLLRDNORM;
		if (!pipe->writers && pipe->w_counter)
			mask |= POLLHUP;
	}
	if (file->f_mode & FMODE_WRITE) {
		if (pipe_room(pipe) >= PIPE_BUF)
			mask |= POLLOUT | POLLWRNORM;
		if (!pipe->readers)
			mask |= POLLERR;
	}
	mutex_unlock(&pipe->mutex);
	return mask;
}

#define FIONREAD 0x541b

static long pipe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pipe_inode_info *pipe = file->private_data;
	int fill;

	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&pipe->mutex);
	fill = pipe_fill(pipe);
	mutex_unlock(&pipe->mutex);
	return put_user(fill, (int __user *)arg);
}

/* The inode's lock covers i_pipe: no other end can go, and free the pipe, between the count and the wake-up. */
static int pipe_release(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = file->private_data;
	bool last;

	inode_lock(inode);
	mutex_lock(&pipe->mutex);
	if (file->f_mode & FMODE_READ)
		pipe->readers--;
	if (file->f_mode & FMODE_WRITE)
		pipe->writers--;
	mutex_unlock(&pipe->mutex);
	wake_up_interruptible_all(&pipe->rd_wait);
	wake_up_interruptible_all(&pipe->wr_wait);
	last = !pipe->readers && !pipe->writers && inode->i_pipe == pipe;
	if (last)
		inode->i_pipe = NULL;
	inode_unlock(inode);
	if (last)
		free_pipe_info(pipe);
	return 0;
}

/* A FIFO's reader waits for a writer and the other way round; counters tell of one that came and went. */
static int fifo_open(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe;
	unsigned int seen = 0;
	int ret = 0;

	file->f_mode &= ~FMODE_LSEEK;
	inode_lock(inode);
	if (!inode->i_pipe)
		inode->i_pipe = alloc_pipe_info();
	pipe = inode->i_pipe;
	if (!pipe) {
		inode_unlock(inode);
		return -ENOMEM;
	}
	file->private_data = pipe;
	mutex_lock(&pipe->mutex);
	if (file->f_mode & FMODE_READ) {
		pipe->readers++;
		pipe->r_counter++;
		seen = pipe->w_counter;
	}
	if (file->f_mode & FMODE_WRITE) {
		pipe->writers++;
		pipe->w_counter++;
	}
	mutex_unlock(&pipe->mutex);
	inode_unlock(inode);
	wake_up_interruptible_all(&pipe->rd_wait);
	wake_up_interruptible_all(&pipe->wr_wait);

	if (inode->i_sb == pipe_mnt->mnt_sb)	/* through /proc/PID/fd: nobody else will come */
		return 0;
	if ((file->f_mode & (FMODE_READ | FMODE_WRITE)) == FMODE_READ) {
		if (!(file->f_flags & O_NONBLOCK))
			ret = wait_event_interruptible(pipe->rd_wait, READ_ONCE(pipe->writers) ||
								      READ_ONCE(pipe->w_counter) != seen);
	} else if ((file->f_mode & (FMODE_READ | FMODE_WRITE)) == FMODE_WRITE) {
		seen = READ_ONCE(pipe->r_counter);
		if ((file->f_flags & O_NONBLOCK) && !pipe->readers)
			ret = -ENXIO;
		else
			ret = wait_event_interruptible(pipe->wr_wait, READ_ONCE(pipe->readers) ||
								      READ_ONCE(pipe->r_counter) != seen);
	}
	if (ret)
		pipe_release(inode, file);
	return ret;
}

const struct file_operations pipefifo_fops = {
	.read_iter = pipe_read,
	.write_iter = pipe_write,
	.poll = pipe_poll,
	.unlocked_ioctl = pipe_ioctl,
	.open = fifo_open,
	.release = pipe_release,
};

static struct file_system_type pipe_fs_type = {
	.name = "pipefs",
	.fs_flags = FS_SINGLE,
	.fill_super = pseudo_fill_super,
};

static struct inode *get_pipe_inode(void)
{
	struct inode *inode = new_inode(pipe_mnt->mnt_sb);
	struct pipe_inode_info *pipe;

	if (!inode)
		return NULL;
	inode_init_owner(inode, NULL, S_IFIFO | 0600);
	inode->i_fop = &pipefifo_fops;
	pipe = alloc_pipe_info();
	if (!pipe) {
		iput(inode);
		return NULL;
	}
	pipe->readers = pipe->writers = pipe->r_counter = pipe->w_counter = 1;
	inode->i_pipe = pipe;
	return inode;
}

static int create_pipe_files(struct file **files, int flags)
{
	struct inode *inode = get_pipe_inode();
	struct pipe_inode_info *pipe;
	char name[32];

	if (!inode)
		return -ENFILE;
	pipe = inode->i_pipe;
	snprintf(name, sizeof(name), "pipe:[%lu]", inode->i_ino);
	files[0] = alloc_file_pseudo(inode, pipe_mnt, name, O_RDONLY | (flags & O_NONBLOCK), &pipefifo_fops);
	files[1] = IS_ERR(files[0]) ? files[0] :
		   alloc_file(&files[0]->f_path, O_WRONLY | (flags & O_NONBLOCK), &pipefifo_fops);
	if (IS_ERR(files[1])) {
		if (!IS_ERR(files[0])) {
			files[0]->f_op = NULL;
			fput(files[0]);
		}
		inode->i_pipe = NULL;
		free_pipe_info(pipe);
		iput(inode);
		return -ENFILE;
	}
	iput(inode);
	files[1]->f_mode &= ~FMODE_LSEEK;
	files[0]->private_data = files[1]->private_data = pipe;
	return 0;
}

SYSCALL_DEFINE2(pipe2, int __user *, fildes, int, flags)
{
	struct file *files[2];
	int fd[2], ret;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	ret = create_pipe_files(files, flags);
	if (ret)
		return ret;
	fd[0] = get_unused_fd_flags(flags);
	fd[1] = fd[0] < 0 ? -1 : get_unused_fd_flags(flags);
	if (fd[0] < 0 || fd[1] < 0) {
		ret = fd[0] < 0 ? fd[0] : fd[1];
	} else if (copy_to_user(fildes, fd, sizeof(fd))) {
		ret = -EFAULT;
	} else {
		fd_install(fd[0], files[0]);
		fd_install(fd[1], files[1]);
		return 0;
	}
	if (fd[0] >= 0)
		put_unused_fd(fd[0]);
	if (fd[1] >= 0)
		put_unused_fd(fd[1]);
	fput(files[0]);
	fput(files[1]);
	return ret;
}

static int __init init_pipe_fs(void)
{
	int ret = register_filesystem(&pipe_fs_type);

	if (ret)
		return ret;
	pipe_mnt = kern_mount(&pipe_fs_type);
	return PTR_ERR_OR_ZERO(pipe_mnt);
}
fs_initcall(init_pipe_fs);
