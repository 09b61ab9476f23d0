/* The ext2 super block: mounting, unmounting, and what is the same for the whole file system. */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/writeback.h>

#include "ext2.h"

#define SB_OFFSET 1024

static int ext2_sync_super(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct buffer_head bh;
	int ret = sb_bread(sb, SB_OFFSET / sb->s_blocksize, &bh);

	if (ret)
		return ret;
	mutex_lock(&sbi->lock);
	sbi->es.s_wtime = current_time().tv_sec;
	memcpy(bh.b_data + SB_OFFSET % sb->s_blocksize, &sbi->es, sizeof(sbi->es));
	mutex_unlock(&sbi->lock);
	mark_buffer_dirty(&bh);
	brelse(&bh);
	return 0;
}

int ext2_error(struct super_block *sb, const char *fmt, ...)
{
	char text[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_err("EXT2-fs error (device %s): %s\n", sb->s_bdev->bd_name, text);
	EXT2_SB(sb)->es.s_state |= EXT2_ERROR_FS;
	if (!(sb->s_flags & MS_RDONLY))
		ext2_sync_super(sb);
	if (EXT2_SB(sb)->errors == EXT2_ERRORS_PANIC)
		panic("EXT2-fs (device %s): panic forced after error", sb->s_bdev->bd_name);
	if (EXT2_SB(sb)->errors == EXT2_ERRORS_RO && !(sb->s_flags & MS_RDONLY)) {
		pr_crit("EXT2-fs (device %s): now read-only; unmount it and run e2fsck\n", sb->s_bdev->bd_name);
		sb->s_flags |= MS_RDONLY;
	}
	return -EIO;
}

int ext2_group(struct super_block *sb, u32 group, struct buffer_head *bh, struct ext2_group_desc **gd)
{
	u32 per_block = sb->s_blocksize / sizeof(**gd);
	int ret = sb_bread(sb, EXT2_SB(sb)->es.s_first_data_block + 1 + group / per_block, bh);

	if (!ret)
		*gd = (struct ext2_group_desc *)bh->b_data + group % per_block;
	return ret;
}

static int ext2_statfs(struct super_block *sb, struct kstatfs *buf)
{
	struct ext2_super_block *es = &EXT2_SB(sb)->es;

	buf->f_bsize = sb->s_blocksize;
	buf->f_blocks = es->s_blocks_count;
	buf->f_bfree = es->s_free_blocks_count;
	buf->f_bavail = es->s_free_blocks_count > es->s_r_blocks_count ? es->s_free_blocks_count - es->s_r_blocks_count : 0;
	buf->f_files = es->s_inodes_count;
	buf->f_ffree = es->s_free_inodes_count;
	return 0;
}

/* A file system that is being written is marked so: without the mark of its end, e2fsck has to look. */
static int set_valid(struct super_block *sb, bool valid)
{
	struct ext2_super_block *es = &EXT2_SB(sb)->es;

	if (valid) {
		es->s_state |= EXT2_VALID_FS;
	} else {
		es->s_state &= ~EXT2_VALID_FS;
		es->s_mnt_count++;
		es->s_mtime = current_time().tv_sec;
	}
	return ext2_sync_super(sb) ?: sync_blockdev(sb->s_bdev);
}

static int parse_options(struct super_block *sb, char *options)
{
	static const char *const names[] = {
		[EXT2_ERRORS_CONTINUE] = "errors=continue",
		[EXT2_ERRORS_RO] = "errors=remount-ro",
		[EXT2_ERRORS_PANIC] = "errors=panic",
	};
	char *word;

	while ((word = strsep(&options, ","))) {
		unsigned int i = EXT2_ERRORS_CONTINUE;

		while (*word && i < ARRAY_SIZE(names) && strcmp(word, names[i]))
			i++;
		if (i == ARRAY_SIZE(names)) {
			pr_err("EXT2-fs: unrecognized mount option \"%s\"\n", word);
			return -EINVAL;
		}
		if (*word)
			EXT2_SB(sb)->errors = i;
	}
	return 0;
}

static int ext2_remount_fs(struct super_block *sb, unsigned long flags, char *data)
{
	struct ext2_super_block *es = &EXT2_SB(sb)->es;
	int ret = parse_options(sb, data);

	if (ret)
		return ret;
	if (!((sb->s_flags ^ flags) & MS_RDONLY))
		return 0;
	if (flags & MS_RDONLY) {
		sync_filesystem(sb);
		sb->s_flags |= MS_RDONLY;
		return set_valid(sb, !(es->s_state & EXT2_ERROR_FS));
	}
	if (sb->s_bdev->bd_read_only || (es->s_feature_ro_compat & ~EXT2_FEATURE_RO_COMPAT_SUPP))
		return -EROFS;
	sb->s_flags &= ~(unsigned long)MS_RDONLY;
	return set_valid(sb, false);
}

static void ext2_put_super(struct super_block *sb)
{
	if (!(sb->s_flags & MS_RDONLY))
		set_valid(sb, !(EXT2_SB(sb)->es.s_state & EXT2_ERROR_FS));
	kfree(sb->s_fs_info);
}

static int ext2_sync_fs(struct super_block *sb)
{
	return sb->s_flags & MS_RDONLY ? 0 : ext2_sync_super(sb);
}

static const struct super_operations ext2_sops = {
	.evict_inode = ext2_evict_inode,
	.write_inode = ext2_write_inode,
	.sync_fs = ext2_sync_fs,
	.put_super = ext2_put_super,
	.statfs = ext2_statfs,
	.remount_fs = ext2_remount_fs,
};

static u32 count_groups(const struct ext2_super_block *es)
{
	return DIV_ROUND_UP(es->s_blocks_count - es->s_first_data_block, es->s_blocks_per_group);
}

static u32 inode_size(const struct ext2_super_block *es)
{
	return es->s_rev_level ? es->s_inode_size : EXT2_GOOD_OLD_INODE_SIZE;
}

static u32 first_inode(const struct ext2_super_block *es)
{
	return es->s_rev_level ? es->s_first_ino : EXT2_GOOD_OLD_FIRST_INO;
}

/* NULL, or what is wrong with it. */
static const char *check_super(struct super_block *sb, const struct ext2_super_block *es)
{
	u32 bits, size = inode_size(es);

	if (es->s_magic != EXT2_SUPER_MAGIC)
		return "it has no ext2 super block";
	if (es->s_rev_level && (es->s_feature_incompat & ~EXT2_FEATURE_INCOMPAT_FILETYPE))
		return "it has features that are not supported; make it with mke2fs -t ext2";
	if (es->s_rev_level && (es->s_feature_ro_compat & ~EXT2_FEATURE_RO_COMPAT_SUPP) && !(sb->s_flags & MS_RDONLY))
		return "it has features that only allow it to be read; mount it read-only";
	if (es->s_log_block_size > 2)
		return "its blocks are larger than a page";
	bits = (1024U << es->s_log_block_size) * 8;
	if (!es->s_blocks_per_group || es->s_blocks_per_group > bits || !es->s_inodes_per_group ||
	    es->s_inodes_per_group > bits || es->s_first_data_block >= es->s_blocks_count ||
	    es->s_inodes_per_group % 8 || es->s_first_data_block != !es->s_log_block_size)
		return "its super block does not make sense";
	if (size < EXT2_GOOD_OLD_INODE_SIZE || size > bits / 8 || size & (size - 1) ||
	    first_inode(es) < EXT2_GOOD_OLD_FIRST_INO || first_inode(es) > es->s_inodes_count ||
	    (u64)count_groups(es) * es->s_inodes_per_group != es->s_inodes_count)
		return "what its super block says of inodes does not make sense";
	if ((u64)es->s_blocks_count << (es->s_log_block_size + 1) > sb->s_bdev->bd_nr_sectors)
		return "it is larger than the device";
	return NULL;
}

/* A group's own structures lie in the group. */
static bool check_descriptors(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 table = DIV_ROUND_UP(sbi->es.s_inodes_per_group * sbi->inode_size, sb->s_blocksize);
	struct ext2_group_desc *gd;
	struct buffer_head bh;

	for (u32 group = 0; group < sbi->groups; group++) {
		u32 first = ext2_group_first_block(sb, group), end = first + ext2_blocks_in_group(sb, group);
		bool sound;

		if (ext2_group(sb, group, &bh, &gd))
			return false;
		sound = gd->bg_block_bitmap >= first && gd->bg_block_bitmap < end &&
			gd->bg_inode_bitmap >= first && gd->bg_inode_bitmap < end &&
			gd->bg_inode_table >= first && gd->bg_inode_table < end && end - gd->bg_inode_table >= table;
		brelse(&bh);
		if (!sound) {
			pr_err("EXT2-fs: the descriptor of group %u does not make sense\n", group);
			return false;
		}
	}
	return true;
}

static int ext2_fill_super(struct super_block *sb, const char *dev_name, void *data)
{
	struct ext2_sb_info *sbi = kzalloc(sizeof(*sbi), GFP_KERNEL);
	struct ext2_super_block *es;
	struct buffer_head bh;
	struct inode *root;
	const char *wrong;
	int ret;

	if (!sbi)
		return -ENOMEM;
	es = &sbi->es;
	sb->s_fs_info = sbi;
	sb->s_blocksize = SB_OFFSET;
	ret = parse_options(sb, data);
	if (!ret)
		ret = sb_bread(sb, 1, &bh);
	if (ret)
		goto out;
	memcpy(es, bh.b_data, sizeof(*es));
	brelse(&bh);
	wrong = check_super(sb, es);
	if (wrong) {
		pr_err("EXT2-fs: cannot mount %s: %s\n", dev_name, wrong);
		ret = -EINVAL;
		goto out;
	}
	mutex_init(&sbi->lock);
	sb->s_blocksize = 1024U << es->s_log_block_size;
	sb->s_magic = EXT2_SUPER_MAGIC;
	sb->s_op = &ext2_sops;
	sb->s_keeps_unused = true;
	if (!sbi->errors)
		sbi->errors = es->s_errors >= EXT2_ERRORS_CONTINUE && es->s_errors <= EXT2_ERRORS_PANIC ? es->s_errors : EXT2_ERRORS_RO;
	sbi->groups = count_groups(es);
	sbi->inode_size = inode_size(es);
	sbi->first_ino = first_inode(es);
	if (!check_descriptors(sb)) {
		ret = -EINVAL;
		goto out;
	}
	sbi->youngest = max(es->s_lastcheck, max(es->s_mtime, es->s_wtime));
	if (!(es->s_state & EXT2_VALID_FS) || (es->s_state & EXT2_ERROR_FS))
		pr_warn("EXT2-fs: %s was not unmounted cleanly; running e2fsck is recommended\n", dev_name);
	root = ext2_iget(sb, EXT2_ROOT_INO);
	if (IS_ERR(root)) {
		ret = PTR_ERR(root);
		goto out;
	}
	sb->s_root = S_ISDIR(root->i_mode) ? d_make_root(sb, root) : NULL;
	if (!sb->s_root) {
		iput(root);
		ret = -EINVAL;
		goto out;
	}
	return sb->s_flags & MS_RDONLY ? 0 : set_valid(sb, false);
out:
	sb->s_op = NULL;
	kfree(sbi);
	return ret;
}

static struct file_system_type ext2_fs_type = {
	.name = "ext2",
	.fs_flags = FS_REQUIRES_DEV,
	.fill_super = ext2_fill_super,
};

static int __init init_ext2_fs(void)
{
	return register_filesystem(&ext2_fs_type);
}
module_init(init_ext2_fs);
