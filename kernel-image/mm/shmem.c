/* Shared anonymous memory and memfd: the pages of a file in memory that has no place in the tree. */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/shmem_fs.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define SHMEM_NAME_MAX 255

static struct vfsmount *shm_mnt;

/* A new file of size bytes, all zero; it lives as long as somebody maps it or has it open. */
struct file *shmem_file_setup(const char *name, loff_t size)
{
	struct inode *inode = ramfs_get_inode(shm_mnt->mnt_sb, NULL, S_IFREG | 0777, 0);
	char full[SHMEM_NAME_MAX + 16];
	struct file *file;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_size = size;
	inode->i_nlink = 0;
	snprintf(full, sizeof(full), "/%s (deleted)", name);
	file = alloc_file_pseudo(inode, shm_mnt, full, O_RDWR, inode->i_fop);
	iput(inode);
	if (!IS_ERR(file))
		file->f_mode |= FMODE_LSEEK;
	return file;
}

#define MFD_CLOEXEC	1

SYSCALL_DEFINE2(memfd_create, const char __user *, user_name, unsigned int, flags)
{
	char name[SHMEM_NAME_MAX + 1] = "memfd:";
	struct file *file;
	long len;
	int fd;

	if (flags & ~MFD_CLOEXEC)
		return -EINVAL;
	len = strncpy_from_user(name + strlen(name), user_name, sizeof(name) - strlen(name));
	if (len < 0 || len == (long)(sizeof(name) - strlen("memfd:")))
		return len < 0 ? len : -EINVAL;
	fd = get_unused_fd_flags(flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
	if (fd < 0)
		return fd;
	file = shmem_file_setup(name, 0);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

void __init shmem_init(void)
{
	shm_mnt = kern_mount(get_fs_type("tmpfs"));
	if (IS_ERR(shm_mnt))
		panic("Could not kern_mount tmpfs");
}
