/* fsync and its kin, room for files ahead of their data, and advice about their use. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/writeback.h>

SYSCALL_DEFINE0(sync)
{
	sync_filesystems();
	return 0;
}

static int do_fsync(unsigned int fd)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	if (file->f_op->fsync)
		ret = file->f_op->fsync(file);
	else
		ret = S_ISREG(file_inode(file)->i_mode) || S_ISDIR(file_inode(file)->i_mode) ? 0 : -EINVAL;
	fput(file);
	return ret;
}

SYSCALL_DEFINE1(fsync, unsigned int, fd)
{
	return do_fsync(fd);
}

SYSCALL_DEFINE1(fdatasync, unsigned int, fd)
{
	return do_fsync(fd);
}

static int is_open(unsigned int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	fput(file);
	return 0;
}

SYSCALL_DEFINE1(syncfs, unsigned int, fd)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = sync_filesystem(file_inode(file)->i_sb);
	fput(file);
	return ret;
}

SYSCALL_DEFINE4(sync_file_range, unsigned int, fd, loff_t, offset, loff_t, bytes, unsigned int, flags)
{
	return is_open(fd);
}

#define POSIX_FADV_NOREUSE	5

/* Advice is about speed: heard, and nothing to do. */
SYSCALL_DEFINE4(fadvise64, unsigned int, fd, loff_t, offset, size_t, len, int, advice)
{
	return advice < 0 || advice > POSIX_FADV_NOREUSE ? -EINVAL : is_open(fd);
}

SYSCALL_DEFINE3(readahead, unsigned int, fd, loff_t, offset, size_t, count)
{
	return is_open(fd);
}

#define FALLOC_FL_KEEP_SIZE	1

/* Gives a file in memory its pages now. Elsewhere the caller writes zeroes instead, as posix_fallocate(3) does. */
static int vfs_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file_inode(file);
	struct address_space *mapping = file->f_mapping;
	int ret = 0;

	if (offset < 0 || len <= 0)
		return -EINVAL;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!S_ISREG(inode->i_mode))
		return S_ISFIFO(inode->i_mode) ? -ESPIPE : -ENODEV;
	if ((mode & ~FALLOC_FL_KEEP_SIZE) || mapping->a_ops)
		return -EOPNOTSUPP;
	if (offset > MAX_LFS_FILESIZE - len)
		return -EFBIG;
	inode_lock(inode);
	for (pgoff_t index = offset >> PAGE_SHIFT; !ret && index <= (pgoff_t)(offset + len - 1) >> PAGE_SHIFT; index++) {
		struct page *page = filemap_get_page(mapping, index, true);

		ret = PTR_ERR_OR_ZERO(page);
		if (!ret)
			put_page(page);
	}
	if (!ret && !(mode & FALLOC_FL_KEEP_SIZE) && offset + len > inode->i_size)
		inode->i_size = offset + len;
	inode_unlock(inode);
	return ret;
}

SYSCALL_DEFINE4(fallocate, int, fd, int, mode, loff_t, offset, loff_t, len)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = vfs_fallocate(file, mode, offset, len);
	fput(file);
	return ret;
}
