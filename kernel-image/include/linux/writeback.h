/* Write-back: what has changed in memory and goes to its device a little later. */
#ifndef _LINUX_WRITEBACK_H
#define _LINUX_WRITEBACK_H

#include <linux/fs.h>

#define I_DIRTY_SYNC	0x1	/* the inode itself */
#define I_DIRTY_PAGES	0x4	/* pages of its mapping */
#define I_DIRTY		(I_DIRTY_SYNC | I_DIRTY_PAGES)
#define I_NEW		0x8	/* still being read */
#define I_FREEING	0x20	/* on its way out */

void __mark_inode_dirty(struct inode *inode, unsigned int flags);
void set_page_dirty(struct page *page);		/* of a mapping with writepage; the caller holds the page */
bool clear_page_dirty(struct page *page);	/* whether it was */
void inode_io_list_del(struct inode *inode);	/* the caller holds another reference */

/* Writes what is dirty now and waits. Errors are reported once, to the first who asks after them. */
int write_inode_now(struct inode *inode);
int sync_filesystem(struct super_block *sb);
int sync_blockdev(struct block_device *bdev);
void sync_inodes_sb(struct super_block *sb);	/* NULL: of all */

/* From reclaim: have dirty pages written soon; wait a moment for it, false if there are none. */
void wakeup_flusher(void);
bool wait_for_flusher(void);
void balance_dirty_pages(void);			/* writers stop here when too much is dirty */
unsigned long nr_dirty_pages(void);

/* In a file system that has no write_inode there is nothing to write. */
static inline void mark_inode_dirty(struct inode *inode)
{
	__mark_inode_dirty(inode, I_DIRTY_SYNC);
}

#endif
