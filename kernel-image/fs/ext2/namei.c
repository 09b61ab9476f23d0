/* ext2: operations on names. The VFS holds the locks of the directories, and has checked who may. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "ext2.h"

static struct dentry *ext2_lookup(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode;
	u32 ino;
	int ret;

	if (dentry->d_name.len > EXT2_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	ret = ext2_inode_by_name(dir, &dentry->d_name, &ino);
	if (ret)
		return ERR_PTR(ret);
	if (!ino)
		return NULL;
	inode = ext2_iget(dir->i_sb, ino);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	d_add(dentry, inode);
	return NULL;
}

static void change_links(struct inode *inode, int by)
{
	inode->i_nlink += by;
	inode->i_ctime = current_time();
	mark_inode_dirty(inode);
}

/* Gives the inode, which has no name yet, its first; without one it goes. */
static int add_nondir(struct inode *dir, struct dentry *dentry, struct inode *inode, int ret)
{
	if (!ret)
		ret = ext2_add_link(dir, &dentry->d_name, inode);
	if (!ret) {
		d_add(dentry, inode);
		return 0;
	}
	inode->i_nlink = 0;
	iput(inode);
	return ret;
}

static int ext2_mknod(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev)
{
	struct inode *inode = ext2_new_inode(dir, mode);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_rdev = dev;
	ext2_set_ops(inode);
	return add_nondir(dir, dentry, inode, 0);
}

static int ext2_create(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return ext2_mknod(dir, dentry, mode | S_IFREG, 0);
}

/* A target that fits lies in the inode, in place of the numbers of its blocks. */
static int store_target(struct inode *inode, const char *target, size_t len)
{
	struct page *page;
	int ret;

	inode->i_size = len;
	if (len < sizeof(EXT2_I(inode)->i_data)) {
		memcpy(EXT2_I(inode)->i_data, target, len);
		inode->i_link = kstrdup(target, GFP_KERNEL);
		return inode->i_link ? 0 : -ENOMEM;
	}
	page = filemap_get_page(inode->i_mapping, 0, true);
	if (IS_ERR(page))
		return PTR_ERR(page);
	ret = ext2_aops.write_begin(inode->i_mapping, page, 0, 0, len);
	memcpy(page_address(page), target, len);
	set_page_dirty(page);
	put_page(page);
	return ret;
}

static int ext2_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	size_t len = strlen(target);
	struct inode *inode;

	if (len >= dir->i_sb->s_blocksize)
		return -ENAMETOOLONG;
	inode = ext2_new_inode(dir, S_IFLNK | S_IRWXUGO);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	ext2_set_ops(inode);
	return add_nondir(dir, dentry, inode, store_target(inode, target, len));
}

static int ext2_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;
	int ret;

	if (inode->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	change_links(inode, 1);
	ret = ext2_add_link(dir, &dentry->d_name, inode);
	if (ret)
		change_links(inode, -1);
	else
		d_add(dentry, igrab(inode));
	return ret;
}

static int ext2_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	struct inode *inode;
	int ret;

	if (dir->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	inode = ext2_new_inode(dir, S_IFDIR | mode);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_nlink = 2;
	ext2_set_ops(inode);
	ret = ext2_make_empty(inode, dir);
	if (!ret)
		ret = ext2_add_link(dir, &dentry->d_name, inode);
	if (ret) {
		inode->i_nlink = 0;
		iput(inode);
		return ret;
	}
	change_links(dir, 1);
	d_add(dentry, inode);
	return 0;
}

static int ext2_unlink(struct inode *dir, struct dentry *dentry)
{
	int ret = ext2_delete_entry(dir, &dentry->d_name);

	if (!ret)
		change_links(dentry->d_inode, -1);
	return ret;
}

static int ext2_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	int ret = ext2_empty_dir(inode);

	if (ret <= 0)
		return ret ? ret : -ENOTEMPTY;
	ret = ext2_delete_entry(dir, &dentry->d_name);
	if (ret)
		return ret;
	change_links(inode, -2);
	change_links(dir, -1);
	return 0;
}

/* The new name first: between the two steps the file has both, never none. */
static int ext2_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
	static const struct qstr dotdot = { "..", 2 };
	struct inode *inode = old->d_inode, *target = new->d_inode;
	bool directory = S_ISDIR(inode->i_mode);
	int ret;

	if (target && directory) {
		ret = ext2_empty_dir(target);
		if (ret <= 0)
			return ret ? ret : -ENOTEMPTY;
	}
	if (directory && !target && new_dir != old_dir && new_dir->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	ret = target ? ext2_set_link(new_dir, &new->d_name, inode) : ext2_add_link(new_dir, &new->d_name, inode);
	if (!ret)
		ret = ext2_delete_entry(old_dir, &old->d_name);
	if (!ret && directory && old_dir != new_dir)
		ret = ext2_set_link(inode, &dotdot, new_dir);
	if (ret)
		return ret;
	if (target)
		change_links(target, directory ? -2 : -1);
	if (directory) {
		change_links(old_dir, -1);
		if (!target)
			change_links(new_dir, 1);
	}
	change_links(inode, 0);
	return 0;
}

const struct inode_operations ext2_dir_inode_operations = {
	.lookup = ext2_lookup,
	.create = ext2_create,
	.link = ext2_link,
	.unlink = ext2_unlink,
	.symlink = ext2_symlink,
	.mkdir = ext2_mkdir,
	.rmdir = ext2_rmdir,
	.mknod = ext2_mknod,
	.rename = ext2_rename,
};
