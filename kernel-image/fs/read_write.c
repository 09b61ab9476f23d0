/* read, write, lseek and their vectored forms, and copies between files. */
#include <linux/fs.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file->f_mapping->host;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		offset += file->f_pos;
		break;
	case SEEK_END:
		offset += inode->i_size;
		break;
	default:
		return -EINVAL;
	}
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return file->f_pos;
}

loff_t vfs_llseek(struct file *file, loff_t offset, int whence)
{
	if (!(file->f_mode & FMODE_LSEEK) || !file->f_op->llseek)
		return -ESPIPE;
	return file->f_op->llseek(file, offset, whence);
}

ssize_t vfs_iter_read(struct file *file, struct iov_iter *iter, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = *pos };
	ssize_t ret;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (S_ISDIR(file_inode(file)->i_mode))
		return -EISDIR;
	if (!file->f_op->read_iter)
		return -EINVAL;
	ret = file->f_op->read_iter(&iocb, iter);
	*pos = iocb.ki_pos;
	return ret;
}

ssize_t vfs_iter_write(struct file *file, struct iov_iter *iter, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = *pos };
	ssize_t ret;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op->write_iter)
		return -EINVAL;
	if (file->f_flags & O_APPEND)
		iocb.ki_flags |= IOCB_APPEND;
	ret = file->f_op->write_iter(&iocb, iter);
	*pos = iocb.ki_pos;
	return ret;
}

ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)
{
	struct iovec iov = { buf, count };
	struct iov_iter iter;

	iov_iter_init(&iter, false, &iov, 1, count);
	return vfs_iter_read(file, &iter, pos);
}

ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos)
{
	struct iovec iov = { (void *)buf, count };
	struct iov_iter iter;

	iov_iter_init(&iter, false, &iov, 1, count);
	return vfs_iter_write(file, &iter, pos);
}

/* A file that can seek has one position, which concurrent readers and writers take in turn. */
static ssize_t rw_at_pos(struct file *file, struct iov_iter *iter, bool write)
{
	bool seekable = file->f_mode & FMODE_LSEEK;
	loff_t pos = 0;
	ssize_t ret;

	if (seekable) {
		mutex_lock(&file->f_pos_lock);
		pos = file->f_pos;
	}
	ret = write ? vfs_iter_write(file, iter, &pos) : vfs_iter_read(file, iter, &pos);
	if (seekable) {
		if (ret >= 0)
			file->f_pos = pos;
		mutex_unlock(&file->f_pos_lock);
	}
	return ret;
}

static ssize_t rw_iter(unsigned int fd, struct iov_iter *iter, const loff_t *offset, bool write)
{
	struct file *file = fget(fd);
	ssize_t ret;

	if (!file)
		return -EBADF;
	if (!offset) {
		ret = rw_at_pos(file, iter, write);
	} else if (!(file->f_mode & FMODE_LSEEK)) {
		ret = -ESPIPE;
	} else if (*offset < 0) {
		ret = -EINVAL;
	} else {
		loff_t pos = *offset;

		ret = write ? vfs_iter_write(file, iter, &pos) : vfs_iter_read(file, iter, &pos);
	}
	fput(file);
	return ret;
}

static ssize_t rw_buf(unsigned int fd, void __user *buf, size_t count, const loff_t *offset, bool write)
{
	struct iovec iov = { buf, min_t(size_t, count, MAX_RW_COUNT) };
	struct iov_iter iter;

	if ((ssize_t)count < 0)
		return -EINVAL;
	if (!access_ok(buf, iov.iov_len))
		return -EFAULT;
	iov_iter_init(&iter, true, &iov, 1, iov.iov_len);
	return rw_iter(fd, &iter, offset, write);
}

/* Copies and checks an array of buffers; the caller frees *iov_out. */
int import_iovec(const struct iovec __user *vec, unsigned long nr, struct iovec **iov_out, struct iov_iter *iter)
{
	struct iovec *iov;
	size_t total = 0;
	int ret = 0;

	if (nr > UIO_MAXIOV)
		return -EINVAL;
	iov = kcalloc(nr ? nr : 1, sizeof(*iov), GFP_KERNEL);
	if (!iov)
		return -ENOMEM;
	if (copy_from_user(iov, vec, nr * sizeof(*iov)))
		ret = -EFAULT;
	for (unsigned long i = 0; !ret && i < nr; i++) {
		if ((ssize_t)iov[i].iov_len < 0)
			ret = -EINVAL;
		else if (!access_ok(iov[i].iov_base, iov[i].iov_len))
			ret = -EFAULT;
		iov[i].iov_len = min_t(size_t, iov[i].iov_len, MAX_RW_COUNT - total);
		total += iov[i].iov_len;
	}
	if (ret) {
		kfree(iov);
		return ret;
	}
	iov_iter_init(iter, true, iov, nr, total);
	*iov_out = iov;
	return 0;
}

static ssize_t rw_vec(unsigned int fd, const struct iovec __user *vec, unsigned long nr, const loff_t *offset,
		      bool write)
{
	struct iov_iter iter;
	struct iovec *iov;
	ssize_t ret = import_iovec(vec, nr, &iov, &iter);

	if (!ret) {
		ret = rw_iter(fd, &iter, offset, write);
		kfree(iov);
	}
	return ret;
}

SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
	return rw_buf(fd, buf, count, NULL, false);
}

SYSCALL_DEFINE3(write, unsigned int, fd, char __user *, buf, size_t, count)
{
	return rw_buf(fd, buf, count, NULL, true);
}

SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf, size_t, count, loff_t, pos)
{
	return rw_buf(fd, buf, count, &pos, false);
}

SYSCALL_DEFINE4(pwrite64, unsigned int, fd, char __user *, buf, size_t, count, loff_t, pos)
{
	return rw_buf(fd, buf, count, &pos, true);
}

SYSCALL_DEFINE3(readv, unsigned int, fd, const struct iovec __user *, vec, unsigned long, nr)
{
	return rw_vec(fd, vec, nr, NULL, false);
}

SYSCALL_DEFINE3(writev, unsigned int, fd, const struct iovec __user *, vec, unsigned long, nr)
{
	return rw_vec(fd, vec, nr, NULL, true);
}

SYSCALL_DEFINE3(lseek, unsigned int, fd, loff_t, offset, unsigned int, whence)
{
	struct file *file = fget(fd);
	loff_t ret;

	if (!file)
		return -EBADF;
	mutex_lock(&file->f_pos_lock);
	ret = vfs_llseek(file, offset, whence);
	mutex_unlock(&file->f_pos_lock);
	fput(file);
	return ret;
}

SYSCALL_DEFINE4(preadv, unsigned int, fd, const struct iovec __user *, vec, unsigned long, nr, loff_t, pos)
{
	return rw_vec(fd, vec, nr, &pos, false);
}

SYSCALL_DEFINE4(pwritev, unsigned int, fd, const struct iovec __user *, vec, unsigned long, nr, loff_t, pos)
{
	return rw_vec(fd, vec, nr, &pos, true);
}

/* With flags, of which none is known, and -1 for the file's own position. */
static ssize_t rw_vec2(unsigned int fd, const struct iovec __user *vec, unsigned long nr, loff_t pos, int flags, bool write)
{
	return flags ? -EOPNOTSUPP : rw_vec(fd, vec, nr, pos == -1 ? NULL : &pos, write);
}

SYSCALL_DEFINE6(preadv2, unsigned int, fd, const struct iovec __user *, vec, unsigned long, nr, loff_t, pos,
		unsigned long, unused, int, flags)
{
	return rw_vec2(fd, vec, nr, pos, flags, false);
}

SYSCALL_DEFINE6(pwritev2, unsigned int, fd, const struct iovec __user *, vec, unsigned long, nr, loff_t, pos,
		unsigned long, unused, int, flags)
{
	return rw_vec2(fd, vec, nr, pos, flags, true);
}

/* Copies through a buffer until the input ends or the output takes no more. The positions move by what was copied. */
static ssize_t copy_file(struct file *in, loff_t *in_pos, struct file *out, loff_t *out_pos, size_t count)
{
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	ssize_t done = 0, got = 0;

	if (!buf)
		return -ENOMEM;
	while ((size_t)done < count) {
		loff_t at = *in_pos;
		ssize_t put;

		got = kernel_read(in, buf, min_t(size_t, PAGE_SIZE, count - done), &at);
		if (got <= 0)
			break;
		put = kernel_write(out, buf, got, out_pos);
		if (put <= 0) {
			got = put;
			break;
		}
		*in_pos += put;
		done += put;
		if (put < got)
			break;
	}
	kfree(buf);
	return done ? done : got;
}

/* Copies from and to the places given by the caller, else from and to the files' own. */
static ssize_t do_copy(int in_fd, loff_t __user *off_in, int out_fd, loff_t __user *off_out, size_t count, bool regular)
{
	struct file *in = fget(in_fd), *out = fget(out_fd);
	loff_t in_pos, out_pos;
	ssize_t ret = -EBADF;

	if (!in || !out)
		goto out;
	in_pos = in->f_pos;
	out_pos = out->f_pos;
	ret = -EFAULT;
	if ((off_in && copy_from_user(&in_pos, off_in, sizeof(in_pos))) ||
	    (off_out && copy_from_user(&out_pos, off_out, sizeof(out_pos))))
		goto out;
	ret = -EINVAL;
	if (in_pos < 0 || out_pos < 0 || (regular && (!S_ISREG(file_inode(in)->i_mode) || !S_ISREG(file_inode(out)->i_mode))))
		goto out;
	ret = copy_file(in, &in_pos, out, &out_pos, min_t(size_t, count, MAX_RW_COUNT));
	if (!off_in)
		in->f_pos = in_pos;
	else if (copy_to_user(off_in, &in_pos, sizeof(in_pos)))
		ret = -EFAULT;
	if (!off_out)
		out->f_pos = out_pos;
	else if (copy_to_user(off_out, &out_pos, sizeof(out_pos)))
		ret = -EFAULT;
out:
	if (in)
		fput(in);
	if (out)
		fput(out);
	return ret;
}

SYSCALL_DEFINE4(sendfile, int, out_fd, int, in_fd, loff_t __user *, offset, size_t, count)
{
	return do_copy(in_fd, offset, out_fd, NULL, count, false);
}

SYSCALL_DEFINE6(copy_file_range, int, in_fd, loff_t __user *, off_in, int, out_fd, loff_t __user *, off_out, size_t, len,
		unsigned int, flags)
{
	return flags ? -EINVAL : do_copy(in_fd, off_in, out_fd, off_out, len, true);
}
