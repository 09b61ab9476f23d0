/* Allocating and freeing blocks, by the bitmaps of their groups. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "ext2.h"

int ext2_find_free_bit(const char *map, u32 from, u32 size)
{
	for (u32 bit = from; bit < size; bit++) {
		if (!(bit % 8) && (u8)map[bit / 8] == 0xff)
			bit += 7;
		else if (!(map[bit / 8] & 1 << bit % 8))
			return bit;
	}
	return -1;
}

/* Is it one that no file can have: of its group's bitmaps and inodes, or before all groups? */
static bool is_structure(struct super_block *sb, const struct ext2_group_desc *gd, u32 block)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 table = DIV_ROUND_UP(sbi->es.s_inodes_per_group * sbi->inode_size, sb->s_blocksize);

	return block == gd->bg_block_bitmap || block == gd->bg_inode_bitmap ||
	       (block >= gd->bg_inode_table && block - gd->bg_inode_table < table) ||
	       block <= sbi->es.s_first_data_block + DIV_ROUND_UP(sbi->groups * sizeof(*gd), sb->s_blocksize);
}

/* From the goal on, then from the group's beginning. 0: the group is full. */
static int allocate_in_group(struct super_block *sb, u32 group, u32 from, u32 *block)
{
	struct ext2_super_block *es = &EXT2_SB(sb)->es;
	struct buffer_head gbh, map;
	struct ext2_group_desc *gd;
	u32 size = ext2_blocks_in_group(sb, group);
	int bit, ret = ext2_group(sb, group, &gbh, &gd);

	*block = 0;
	if (ret)
		return ret;
	if (!gd->bg_free_blocks_count) {
		brelse(&gbh);
		return 0;
	}
	ret = sb_bread(sb, gd->bg_block_bitmap, &map);
	if (!ret) {
		bit = ext2_find_free_bit(map.b_data, from, size);
		if (bit < 0)
			bit = ext2_find_free_bit(map.b_data, 0, min(from, size));
		*block = bit >= 0 ? ext2_group_first_block(sb, group) + bit : 0;
		if (*block && is_structure(sb, gd, *block)) {
			ret = -EUCLEAN;
		} else if (*block) {
			map.b_data[bit / 8] |= 1 << bit % 8;
			mark_buffer_dirty(&map);
			gd->bg_free_blocks_count--;
			mark_buffer_dirty(&gbh);
			es->s_free_blocks_count--;
		}
		brelse(&map);
	}
	brelse(&gbh);
	return ret;
}

int ext2_new_block(struct inode *inode, u32 goal, u32 *block)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = &sbi->es;
	u32 first, group;
	int ret = 0;

	if (goal < es->s_first_data_block || goal >= es->s_blocks_count)
		goal = es->s_first_data_block + (inode->i_ino - 1) / es->s_inodes_per_group * es->s_blocks_per_group;
	first = (goal - es->s_first_data_block) / es->s_blocks_per_group;
	goal = (goal - es->s_first_data_block) % es->s_blocks_per_group;
	*block = 0;
	mutex_lock(&sbi->lock);
	/* The last ones are root's. */
	if (es->s_free_blocks_count <= (capable_root() ? 0 : es->s_r_blocks_count))
		ret = -ENOSPC;
	for (u32 i = 0; !ret && !*block && i < sbi->groups; i++) {
		group = (first + i) % sbi->groups;
		ret = allocate_in_group(sb, group, i ? 0 : goal, block);
	}
	mutex_unlock(&sbi->lock);
	if (ret == -EUCLEAN)
		ret = ext2_error(sb, "block %u of the file system's own structures is marked as free", *block);
	else if (!ret && !*block)
		ret = ext2_error(sb, "free blocks are counted, but there are none");
	if (!ret) {
		inode->i_blocks += sb->s_blocksize / 512;
		mark_inode_dirty(inode);
	}
	return ret;
}

int ext2_free_block(struct inode *inode, u32 block)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = &sbi->es;
	u32 group = (block - es->s_first_data_block) / es->s_blocks_per_group;
	u32 bit = (block - es->s_first_data_block) % es->s_blocks_per_group;
	struct buffer_head gbh, map;
	struct ext2_group_desc *gd;
	bool sound = false;
	int ret;

	mutex_lock(&sbi->lock);
	ret = ext2_group(sb, group, &gbh, &gd);
	if (!ret) {
		ret = sb_bread(sb, gd->bg_block_bitmap, &map);
		sound = !ret && !is_structure(sb, gd, block) && map.b_data[bit / 8] & 1 << bit % 8;
		if (sound) {
			map.b_data[bit / 8] &= ~(1 << bit % 8);
			mark_buffer_dirty(&map);
			gd->bg_free_blocks_count++;
			mark_buffer_dirty(&gbh);
			es->s_free_blocks_count++;
		}
		brelse(&map);
	}
	brelse(&gbh);
	mutex_unlock(&sbi->lock);
	if (ret)
		return ret;
	if (!sound)
		return ext2_error(sb, "inode %lu has block %u, which is free or no file's", inode->i_ino, block);
	inode->i_blocks -= sb->s_blocksize / 512;
	mark_inode_dirty(inode);
	return 0;
}
