/* Allocating and freeing inodes. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "ext2.h"

/* A free inode of the group, marked as used. 0: it has none. */
static int allocate_in_group(struct super_block *sb, u32 group, bool directory, u32 *ino)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct buffer_head gbh, map;
	struct ext2_group_desc *gd;
	u32 from = group ? 0 : sbi->first_ino - 1;
	int bit, ret = ext2_group(sb, group, &gbh, &gd);

	if (ret)
		return ret;
	if (gd->bg_free_inodes_count) {
		ret = sb_bread(sb, gd->bg_inode_bitmap, &map);
		bit = ret ? -1 : ext2_find_free_bit(map.b_data, from, sbi->es.s_inodes_per_group);
		if (bit >= 0) {
			map.b_data[bit / 8] |= 1 << bit % 8;
			mark_buffer_dirty(&map);
			gd->bg_free_inodes_count--;
			gd->bg_used_dirs_count += directory;
			mark_buffer_dirty(&gbh);
			sbi->es.s_free_inodes_count--;
			*ino = group * sbi->es.s_inodes_per_group + bit + 1;
		}
		brelse(&map);
	}
	brelse(&gbh);
	return ret;
}

/* Near its directory, so that what belongs together lies together. */
struct inode *ext2_new_inode(struct inode *dir, umode_t mode)
{
	struct super_block *sb = dir->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 first = (dir->i_ino - 1) / sbi->es.s_inodes_per_group, ino = 0;
	struct inode *inode = new_inode(sb);
	int ret = inode ? ext2_init_info(inode) : -ENOMEM;

	mutex_lock(&sbi->lock);
	for (u32 i = 0; !ret && !ino && i < sbi->groups; i++)
		ret = allocate_in_group(sb, (first + i) % sbi->groups, S_ISDIR(mode), &ino);
	mutex_unlock(&sbi->lock);
	if (!ret && !ino)
		ret = -ENOSPC;
	if (ret) {
		if (inode) {
			inode->i_mode = 0;
			iput(inode);
		}
		return ERR_PTR(ret);
	}
	inode->i_ino = ino;
	ext2_clear_raw_inode(inode);
	inode_init_owner(inode, dir, mode);
	insert_inode_hash(inode);
	mark_inode_dirty(inode);
	return inode;
}

void ext2_free_inode(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group = (inode->i_ino - 1) / sbi->es.s_inodes_per_group;
	u32 bit = (inode->i_ino - 1) % sbi->es.s_inodes_per_group;
	struct buffer_head gbh, map;
	struct ext2_group_desc *gd;

	mutex_lock(&sbi->lock);
	if (!ext2_group(sb, group, &gbh, &gd)) {
		if (!sb_bread(sb, gd->bg_inode_bitmap, &map)) {
			if (map.b_data[bit / 8] & 1 << bit % 8) {
				map.b_data[bit / 8] &= ~(1 << bit % 8);
				mark_buffer_dirty(&map);
				gd->bg_free_inodes_count++;
				gd->bg_used_dirs_count -= S_ISDIR(inode->i_mode);
				mark_buffer_dirty(&gbh);
				sbi->es.s_free_inodes_count++;
			}
			brelse(&map);
		}
		brelse(&gbh);
	}
	mutex_unlock(&sbi->lock);
}
