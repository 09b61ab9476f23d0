/*
 * Which block of the disk holds a block of a file.
 *
 * The inode has the numbers of the first 12 blocks. Further ones are in
 * indirect blocks: trees of one, two and three levels whose roots are the last
 * three numbers. 0 is a hole.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "ext2.h"

/* Indices on the way from the inode to the block; how many there are, 0 if it is too far. */
static int block_to_path(struct inode *inode, u64 iblock, u32 path[4])
{
	u32 shift = __builtin_ctz(inode->i_sb->s_blocksize) - 2, mask = (1U << shift) - 1;
	int levels = 0;

	if (iblock < EXT2_NDIR_BLOCKS) {
		path[0] = iblock;
		return 1;
	}
	iblock -= EXT2_NDIR_BLOCKS;
	while (iblock >> shift * (levels + 1)) {
		iblock -= 1UL << shift * (levels + 1);
		if (++levels == 3)
			return 0;
	}
	path[0] = EXT2_NDIR_BLOCKS + levels;
	for (int i = levels; i >= 0; i--)
		path[levels - i + 1] = iblock >> shift * i & mask;
	return levels + 2;
}

static bool is_inside(struct super_block *sb, u32 block)
{
	return block >= EXT2_SB(sb)->es.s_first_data_block && block < EXT2_SB(sb)->es.s_blocks_count;
}

int ext2_lookup_block(struct inode *inode, u64 iblock, bool create, u32 *block)
{
	struct super_block *sb = inode->i_sb;
	struct buffer_head bh = { .b_page = NULL };
	u32 path[4], *entry, goal = 0;
	int depth = block_to_path(inode, iblock, path), ret = 0;

	*block = 0;
	if (!depth)
		return -EFBIG;
	entry = &EXT2_I(inode)->i_data[path[0]];
	for (int level = 0;; level++) {
		bool last = level + 1 == depth;

		if (*entry && !is_inside(sb, *entry))
			ret = ext2_error(sb, "inode %lu has block %u, which is outside", inode->i_ino, *entry);
		if (!*entry && create) {
			u32 new;

			/* Behind the one before it, if there is one. */
			if (level ? path[level] : path[0] && path[0] < EXT2_NDIR_BLOCKS)
				goal = entry[-1] ? entry[-1] + 1 : 0;
			ret = ext2_new_block(inode, goal, &new);
			if (!ret && !last) {
				struct buffer_head fresh;

				ret = sb_getblk_zeroed(sb, new, &fresh);
				brelse(&fresh);
			}
			if (!ret) {
				*entry = new;
				if (level)
					mark_buffer_dirty(&bh);
				else
					mark_inode_dirty(inode);
			}
		}
		if (ret || !*entry)
			break;
		goal = *entry + 1;
		if (last) {
			*block = *entry;
			break;
		}
		{
			u32 next = *entry;

			brelse(&bh);
			ret = sb_bread(sb, next, &bh);
		}
		if (ret)
			break;
		entry = (u32 *)bh.b_data + path[level + 1];
	}
	brelse(&bh);
	return ret;
}

int ext2_get_block(struct inode *inode, u64 iblock, bool create, u32 *block)
{
	int ret;

	mutex_lock(&EXT2_I(inode)->map_lock);
	ret = ext2_lookup_block(inode, iblock, create, block);
	mutex_unlock(&EXT2_I(inode)->map_lock);
	return ret;
}

/*
 * Freeing. What is freed is cut off first, in the inode or indirect block that
 * leads to it. So whenever the structures are written, for the sake of any
 * file, nothing on the disk leads to a block that another file has got since;
 * e2fsck would take such a block for what it was, and repair it.
 */
static int free_tree(struct inode *inode, u32 block, int levels)
{
	struct super_block *sb = inode->i_sb;
	struct buffer_head bh;
	int ret = 0;

	if (!block)
		return 0;
	if (!is_inside(sb, block))
		return ext2_error(sb, "inode %lu has block %u, which is outside", inode->i_ino, block);
	if (levels) {
		ret = sb_bread(sb, block, &bh);
		for (u32 i = 0; !ret && i < sb->s_blocksize / 4; i++)
			ret = free_tree(inode, ((u32 *)bh.b_data)[i], levels - 1);
		brelse(&bh);
		if (ret)
			return ret;
		bforget(sb, block);
	}
	return ext2_free_block(inode, block);
}

/* The part of the tree below an indirect block that lies at or behind its block number from, which is not 0. */
static int free_part(struct inode *inode, u32 block, int levels, u64 from)
{
	struct super_block *sb = inode->i_sb;
	u32 per_block = sb->s_blocksize / 4, *entries;
	struct buffer_head bh;
	u64 span = 1;
	int ret;

	if (!block)
		return 0;
	if (!is_inside(sb, block))
		return ext2_error(sb, "inode %lu has block %u, which is outside", inode->i_ino, block);
	for (int i = 1; i < levels; i++)
		span *= per_block;
	ret = sb_bread(sb, block, &bh);
	entries = (u32 *)bh.b_data;
	if (!ret && from % span)
		ret = free_part(inode, entries[from / span], levels - 1, from % span);
	for (u64 i = DIV_ROUND_UP(from, span); !ret && i < per_block; i++) {
		u32 cut = entries[i];

		if (!cut)
			continue;
		entries[i] = 0;
		mark_buffer_dirty(&bh);
		ret = free_tree(inode, cut, levels - 1);
	}
	brelse(&bh);
	return ret;
}

void ext2_truncate_blocks(struct inode *inode, loff_t size)
{
	struct ext2_inode_info *ei = EXT2_I(inode);
	u32 bs = inode->i_sb->s_blocksize, cut[EXT2_N_BLOCKS] = { 0 };
	u64 first = ((u64)size + bs - 1) / bs, start = 0, span = 1;
	int ret = 0;

	mutex_lock(&ei->map_lock);
	for (int i = 0; !ret && i < EXT2_N_BLOCKS; i++) {
		int levels = i < EXT2_NDIR_BLOCKS ? 0 : i - EXT2_NDIR_BLOCKS + 1;

		if (levels)
			span *= bs / 4;
		if (first <= start) {
			cut[i] = ei->i_data[i];
			ei->i_data[i] = 0;
		} else if (first < start + span) {
			ret = free_part(inode, ei->i_data[i], levels, first - start);
		}
		start += span;
	}
	if (!ret)
		ret = ext2_write_inode(inode);
	for (int i = 0; !ret && i < EXT2_N_BLOCKS; i++)
		ret = free_tree(inode, cut[i], max(i - EXT2_NDIR_BLOCKS + 1, 0));
	mutex_unlock(&ei->map_lock);
	mark_inode_dirty(inode);
}
