/* ioctl: what every file understands, then the file's own. */
#include <linux/fs.h>
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define FIONBIO 0x5421

static long do_vfs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int on;

	if (cmd == FIONBIO) {
		if (get_user(on, (int __user *)arg))
			return -EFAULT;
		file->f_flags = on ? file->f_flags | O_NONBLOCK : file->f_flags & ~O_NONBLOCK;
		return 0;
	}
	return file->f_op->unlocked_ioctl ? file->f_op->unlocked_ioctl(file, cmd, arg) : -ENOTTY;
}

SYSCALL_DEFINE3(ioctl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	struct file *file = fget(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = do_vfs_ioctl(file, cmd, arg);
	fput(file);
	return ret;
}
