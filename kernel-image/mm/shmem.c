/* Shared anonymous memory: the pages of a file in memory that has no name. */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/shmem_fs.h>

static struct vfsmount *shm_mnt;

/* A new file of size bytes, all zero; it lives as long as somebody maps it. */
struct file *shmem_file_setup(loff_t size)
{
	struct inode *inode = ramfs_get_inode(shm_mnt->mnt_sb, NULL, S_IFREG | 0777, 0);
	struct file *file;
	struct path path;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_size = size;
	inode->i_nlink = 0;
	path.mnt = mntget(shm_mnt);
	path.dentry = d_make_root(shm_mnt->mnt_sb, inode);
	if (!path.dentry) {
		mntput(shm_mnt);
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	file = alloc_file(&path, O_RDWR, inode->i_fop);
	path_put(&path);
	return file;
}

void __init shmem_init(void)
{
	shm_mnt = kern_mount(get_fs_type("tmpfs"));
	if (IS_ERR(shm_mnt))
		panic("Could not kern_mount tmpfs");
}
