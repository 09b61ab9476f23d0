/* Blocks of a device, in its page cache: how a file system reads and changes its own structures. */
#ifndef _LINUX_BUFFER_HEAD_H
#define _LINUX_BUFFER_HEAD_H

#include <linux/fs.h>

/* One block in use; it holds its page until brelse. */
struct buffer_head {
	struct page *b_page;
	char *b_data;
	u64 b_blocknr;
	u32 b_size;
};

int sb_bread(struct super_block *sb, u64 block, struct buffer_head *bh);
int sb_getblk_zeroed(struct super_block *sb, u64 block, struct buffer_head *bh);	/* all zeroes, and dirty */
void mark_buffer_dirty(struct buffer_head *bh);
void bforget(struct super_block *sb, u64 block);	/* the block is free: what is dirty of it need not be written */
void brelse(struct buffer_head *bh);

#endif
