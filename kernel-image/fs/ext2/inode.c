/* ext2 inodes: reading and writing them, and the pages of their files. */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "ext2.h"

int ext2_init_info(struct inode *inode)
{
	struct ext2_inode_info *ei = kzalloc(sizeof(*ei), GFP_KERNEL);

	if (!ei)
		return -ENOMEM;
	mutex_init(&ei->map_lock);
	inode->i_fs = ei;
	return 0;
}

/* The inode's place in the table of its group. */
static int raw_inode(struct super_block *sb, u32 ino, struct buffer_head *bh, struct ext2_inode **raw)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 offset = (ino - 1) % sbi->es.s_inodes_per_group * sbi->inode_size;
	struct ext2_group_desc *gd;
	u64 block;
	int ret;

	if ((ino != EXT2_ROOT_INO && ino < sbi->first_ino) || ino > sbi->es.s_inodes_count)
		return ext2_error(sb, "there is no inode %u", ino);
	ret = ext2_group(sb, (ino - 1) / sbi->es.s_inodes_per_group, bh, &gd);
	if (ret)
		return ret;
	block = gd->bg_inode_table + offset / sb->s_blocksize;
	brelse(bh);
	ret = sb_bread(sb, block, bh);
	if (!ret)
		*raw = (struct ext2_inode *)(bh->b_data + offset % sb->s_blocksize);
	return ret;
}

/* A short target lies in the inode itself. */
static bool is_fast_symlink(const struct inode *inode)
{
	u64 attributes = EXT2_I((struct inode *)inode)->i_file_acl ? inode->i_sb->s_blocksize / 512 : 0;

	return S_ISLNK(inode->i_mode) && inode->i_blocks == attributes;
}

static dev_t decode_dev(const u32 *data)
{
	u32 d = data[0] ? data[0] : data[1];

	return data[0] ? MKDEV(d >> 8 & 255, d & 255) : MKDEV((d & 0xfff00) >> 8, (d & 255) | (d >> 12 & 0xfff00));
}

static int read_inode(struct inode *inode)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	struct buffer_head bh;
	struct ext2_inode *raw;
	int ret = raw_inode(inode->i_sb, inode->i_ino, &bh, &raw);

	if (ret)
		return ret;
	inode->i_mode = raw->i_mode;
	inode->i_uid = raw->i_uid | raw->i_uid_high << 16;
	inode->i_gid = raw->i_gid | raw->i_gid_high << 16;
	inode->i_nlink = raw->i_links_count;
	inode->i_size = raw->i_size | (S_ISREG(raw->i_mode) ? (loff_t)raw->i_size_high << 32 : 0);
	inode->i_blocks = raw->i_blocks;
	inode->i_atime = (struct timespec64){ .tv_sec = raw->i_atime };
	inode->i_mtime = (struct timespec64){ .tv_sec = raw->i_mtime };
	inode->i_ctime = (struct timespec64){ .tv_sec = raw->i_ctime };
	ei->i_flags = raw->i_flags;
	ei->i_file_acl = raw->i_file_acl;
	memcpy(ei->i_data, raw->i_block, sizeof(ei->i_data));
	if (!inode->i_nlink)
		ret = -ESTALE;
	else if (inode->i_size < 0)
		ret = ext2_error(inode->i_sb, "inode %lu has no size that can be", inode->i_ino);
	brelse(&bh);
	if (!ret && is_fast_symlink(inode)) {
		inode->i_link = kstrndup((char *)ei->i_data, min_t(loff_t, inode->i_size, sizeof(ei->i_data)), GFP_KERNEL);
		if (!inode->i_link)
			ret = -ENOMEM;
	}
	return ret;
}

struct inode *ext2_iget(struct super_block *sb, u32 ino)
{
	struct inode *inode = iget_locked(sb, ino);
	int ret;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (!(inode->i_hash_state & I_NEW)) {
		if (inode->i_fs)
			return inode;
		iput(inode);		/* somebody else could not read it */
		return ERR_PTR(-EIO);
	}
	ret = ext2_init_info(inode);
	if (!ret)
		ret = read_inode(inode);
	if (ret) {
		kfree(inode->i_fs);
		inode->i_fs = NULL;
		inode->i_mode = 0;
		inode->i_nlink = 1;
	} else {
		ext2_set_ops(inode);
	}
	unlock_new_inode(inode);
	if (!ret)
		return inode;
	iput(inode);
	return ERR_PTR(ret);
}

int ext2_clear_raw_inode(struct inode *inode)
{
	struct buffer_head bh;
	struct ext2_inode *raw;
	int ret = raw_inode(inode->i_sb, inode->i_ino, &bh, &raw);

	if (ret)
		return ret;
	memset(raw, 0, EXT2_SB(inode->i_sb)->inode_size);
	mark_buffer_dirty(&bh);
	brelse(&bh);
	return 0;
}

int ext2_write_inode(struct inode *inode)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	struct buffer_head bh;
	struct ext2_inode *raw;
	int ret = raw_inode(inode->i_sb, inode->i_ino, &bh, &raw);

	if (ret)
		return ret;
	raw->i_mode = inode->i_mode;
	raw->i_uid = inode->i_uid;
	raw->i_uid_high = inode->i_uid >> 16;
	raw->i_gid = inode->i_gid;
	raw->i_gid_high = inode->i_gid >> 16;
	raw->i_links_count = inode->i_nlink;
	raw->i_size = inode->i_size;
	raw->i_size_high = S_ISREG(inode->i_mode) ? inode->i_size >> 32 : 0;
	raw->i_blocks = inode->i_blocks;
	raw->i_atime = inode->i_atime.tv_sec;
	raw->i_mtime = inode->i_mtime.tv_sec;
	raw->i_ctime = inode->i_ctime.tv_sec;
	raw->i_dtime = ei->i_dtime;
	raw->i_flags = ei->i_flags;
	raw->i_file_acl = ei->i_file_acl;
	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode)) {
		u32 minor = MINOR(inode->i_rdev);

		ei->i_data[0] = 0;
		ei->i_data[1] = (minor & 0xff) | MAJOR(inode->i_rdev) << 8 | (minor & ~0xffU) << 12;
	}
	memcpy(raw->i_block, ei->i_data, sizeof(ei->i_data));
	mark_buffer_dirty(&bh);
	brelse(&bh);
	return 0;
}

/* One file less has them; the last one frees the block. */
static void drop_attributes(struct inode *inode, u32 block)
{
	struct ext2_xattr_header *header;
	struct buffer_head bh;
	bool last;

	if (sb_bread(inode->i_sb, block, &bh))
		return;
	header = (struct ext2_xattr_header *)bh.b_data;
	if (header->h_magic != EXT2_XATTR_MAGIC || !header->h_refcount) {
		brelse(&bh);
		ext2_error(inode->i_sb, "inode %lu has damaged attributes", inode->i_ino);
		return;
	}
	mutex_lock(&EXT2_SB(inode->i_sb)->lock);
	last = header->h_refcount == 1;
	if (!last) {
		header->h_refcount--;
		mark_buffer_dirty(&bh);
	}
	mutex_unlock(&EXT2_SB(inode->i_sb)->lock);
	brelse(&bh);
	if (last) {
		bforget(inode->i_sb, block);
		ext2_free_block(inode, block);
	}
}

/* The last use of an inode that has no name any more: its blocks and itself are free. */
void ext2_evict_inode(struct inode *inode)
{
	bool fast_symlink;
	u32 attributes;

	if (!inode->i_fs)
		return;
	fast_symlink = is_fast_symlink(inode);
	if (inode->i_mode && !inode->i_nlink) {
		/* Of a small number e2fsck would think that it is another inode's. */
		EXT2_I(inode)->i_dtime = max_t(time64_t, current_time().tv_sec, EXT2_SB(inode->i_sb)->youngest);
		inode->i_size = 0;
		attributes = EXT2_I(inode)->i_file_acl;
		EXT2_I(inode)->i_file_acl = 0;
		if (inode->i_blocks && !fast_symlink)
			ext2_truncate_blocks(inode, 0);
		ext2_write_inode(inode);
		if (attributes)
			drop_attributes(inode, attributes);
		ext2_free_inode(inode);
	}
	inode_io_list_del(inode);
	kfree(inode->i_fs);
	inode->i_fs = NULL;
}

/* Moves the blocks of a page that lie before the file's end and have a place, in runs. map_lock is held. */
static int move_page(struct inode *inode, struct page *page, pgoff_t index, bool write)
{
	struct block_device *bdev = inode->i_sb->s_bdev;
	u32 bs = inode->i_sb->s_blocksize, per_page = PAGE_SIZE / bs, start = 0, run = 0, first = 0, block;
	u64 blocks = ((u64)inode->i_size + bs - 1) / bs;
	int ret = 0;

	for (u32 i = 0; !ret && i <= per_page; i++) {
		u64 iblock = (u64)index * per_page + i;

		block = 0;
		if (i < per_page && iblock < blocks)
			ret = ext2_lookup_block(inode, iblock, false, &block);
		if (run && (ret || block != start + run)) {
			int err = bdev->bd_ops->rw(bdev, (u64)start * (bs / 512), (char *)page_address(page) + first * bs,
						   run * bs, write);

			ret = ret ? ret : err;
			run = 0;
		}
		if (block && !run++) {
			start = block;
			first = i;
		}
	}
	return ret;
}

static int move_page_locked(struct address_space *mapping, struct page *page, pgoff_t index, bool write)
{
	struct mutex *lock = &EXT2_I(mapping->host)->map_lock;
	int ret;

	mutex_lock(lock);
	ret = move_page(mapping->host, page, index, write);
	mutex_unlock(lock);
	return ret;
}

static int ext2_read_folio(struct address_space *mapping, struct page *page, pgoff_t index)
{
	return move_page_locked(mapping, page, index, false);
}

/* Under map_lock to the end, so that no block is given to another file before what was written to it is there. */
static int ext2_writepage(struct address_space *mapping, struct page *page, pgoff_t index)
{
	return move_page_locked(mapping, page, index, true);
}

static int ext2_write_begin(struct address_space *mapping, struct page *page, pgoff_t index, unsigned int from,
			    unsigned int to)
{
	struct inode *inode = mapping->host;
	u32 bs = inode->i_sb->s_blocksize, block;
	int ret = inode->i_sb->s_flags & MS_RDONLY ? -EROFS : 0;

	for (u64 pos = from / bs * bs; !ret && pos < to; pos += bs)
		ret = ext2_get_block(inode, (((u64)index << PAGE_SHIFT) + pos) / bs, true, &block);
	if (ret && (loff_t)(((u64)index << PAGE_SHIFT) + to) > inode->i_size)
		ext2_truncate_blocks(inode, inode->i_size);
	return ret;
}

const struct address_space_operations ext2_aops = {
	.read_folio = ext2_read_folio,
	.write_begin = ext2_write_begin,
	.writepage = ext2_writepage,
};

/* What lies behind the end in the last block has to be zero, should the file grow again. */
static int zero_tail(struct inode *inode, loff_t size)
{
	u32 offset = size & (PAGE_SIZE - 1), in_block = size & (inode->i_sb->s_blocksize - 1);
	struct page *page;
	u32 block;
	int ret;

	if (!in_block)
		return 0;
	ret = ext2_get_block(inode, size / inode->i_sb->s_blocksize, false, &block);
	if (ret || !block)
		return ret;
	page = filemap_get_page(inode->i_mapping, size >> PAGE_SHIFT, true);
	if (IS_ERR(page))
		return PTR_ERR(page);
	memset((char *)page_address(page) + offset, 0, inode->i_sb->s_blocksize - in_block);
	set_page_dirty(page);
	put_page(page);
	return 0;
}

static int ext2_truncate(struct inode *inode, loff_t size)
{
	int ret = zero_tail(inode, min(size, inode->i_size));

	if (ret || size >= inode->i_size)
		return ret;
	inode->i_size = size;		/* first: nobody writes behind it any more */
	ext2_truncate_blocks(inode, size);
	return 0;
}

static int ext2_fsync(struct file *file)
{
	int err = write_inode_now(file_inode(file)), ret = sync_blockdev(file_inode(file)->i_sb->s_bdev);

	return err ? err : ret;
}

/* A long target is the file's only page. */
static int ext2_get_link(struct dentry *dentry, struct inode *inode, char *buf, size_t size)
{
	struct page *page;
	size_t len = inode->i_size;

	if (inode->i_link)
		return simple_get_link(dentry, inode, buf, size);
	if (len >= size || len >= PAGE_SIZE)
		return -ENAMETOOLONG;
	page = filemap_get_page(inode->i_mapping, 0, false);
	if (IS_ERR(page))
		return PTR_ERR(page);
	memcpy(buf, page_address(page), len);
	buf[len] = '\0';
	put_page(page);
	return len;
}

static const struct file_operations ext2_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = generic_file_mmap,
	.fsync = ext2_fsync,
};

static const struct inode_operations ext2_file_inode_operations = { .truncate = ext2_truncate };
static const struct inode_operations ext2_symlink_inode_operations = { .get_link = ext2_get_link };
static const struct inode_operations ext2_special_inode_operations = { };

void ext2_set_ops(struct inode *inode)
{
	inode->i_data.a_ops = &ext2_aops;
	if (S_ISREG(inode->i_mode)) {
		inode->i_op = &ext2_file_inode_operations;
		inode->i_fop = &ext2_file_operations;
	} else if (S_ISDIR(inode->i_mode)) {
		inode->i_op = &ext2_dir_inode_operations;
		inode->i_fop = &ext2_dir_operations;
	} else if (S_ISLNK(inode->i_mode)) {
		inode->i_op = &ext2_symlink_inode_operations;
	} else {
		inode->i_op = &ext2_special_inode_operations;
		init_special_inode(inode, inode->i_mode, inode->i_rdev ? inode->i_rdev : decode_dev(EXT2_I(inode)->i_data));
	}
}
