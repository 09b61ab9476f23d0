/*
 * Write-back: inodes that have changed, themselves or their pages, wait on one
 * list until the flusher, a delayed work of the queue "writeback", writes them.
 *
 * An inode on the list is counted by it. wb_lock covers the list and i_state's
 * dirty bits; wb_mutex makes writers take turns, so that whoever has written
 * an inode knows that nobody else still is at it. A page is marked clean
 * before it is written: what changes meanwhile makes it dirty anew. The flusher
 * wakes five seconds after the first change and, once all is written, no more.
 */
#include <linux/blkdev.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <linux/writeback.h>

#define DIRTY_WRITEBACK_INTERVAL (5 * HZ)

static LIST_HEAD(dirty_inodes);
static DEFINE_SPINLOCK(wb_lock);
static DEFINE_MUTEX(wb_mutex);
static atomic_long_t nr_dirty;
static struct workqueue_struct *bdi_wq;
static struct delayed_work flusher;

unsigned long nr_dirty_pages(void)
{
	return atomic_long_read(&nr_dirty);
}

void __mark_inode_dirty(struct inode *inode, unsigned int flags)
{
	const struct super_operations *op = inode->i_sb->s_op;
	bool first = false;

	if ((flags & I_DIRTY_SYNC) && !(op && op->write_inode))
		flags &= ~I_DIRTY_SYNC;
	if (READ_ONCE(inode->i_hash_state) & I_FREEING)
		return;		/* its last changes are its own affair */
	if (!flags || (READ_ONCE(inode->i_state) & flags) == flags)
		return;
	spin_lock(&wb_lock);
	inode->i_state |= flags;
	if (list_empty(&inode->i_io_list)) {
		first = list_empty(&dirty_inodes);
		list_add_tail(&inode->i_io_list, &dirty_inodes);
		igrab(inode);
	}
	spin_unlock(&wb_lock);
	if (first)
		queue_delayed_work(bdi_wq, &flusher, DIRTY_WRITEBACK_INTERVAL);
}

void set_page_dirty(struct page *page)
{
	struct address_space *mapping = page->mapping;

	if (!mapping || !mapping->a_ops || !mapping->a_ops->writepage)
		return;
	if (!test_and_set_bit(PG_dirty, &page->flags))
		atomic_long_inc(&nr_dirty);
	__mark_inode_dirty(mapping->host, I_DIRTY_PAGES);
}

bool clear_page_dirty(struct page *page)
{
	if (!test_bit(PG_dirty, &page->flags) || !test_and_clear_bit(PG_dirty, &page->flags))
		return false;
	atomic_long_dec(&nr_dirty);
	return true;
}

/* Of a file that nobody can open again: there is no use in writing it. */
void inode_io_list_del(struct inode *inode)
{
	spin_lock(&wb_lock);
	if (!list_empty(&inode->i_io_list)) {
		list_del_init(&inode->i_io_list);
		inode->i_state &= ~I_DIRTY;
		atomic_dec(&inode->i_count);
	}
	spin_unlock(&wb_lock);
}

static int write_dirty_pages(struct address_space *mapping)
{
	struct page *page;
	pgoff_t index = 0;
	int err = 0;

	while ((page = filemap_next_dirty(mapping, &index))) {
		int ret = 0;

		if (clear_page_dirty(page))
			ret = mapping->a_ops->writepage(mapping, page, index);
		if (ret)
			err = ret;
		put_page(page);
		index++;
	}
	return err;
}

/* wb_mutex is held, and the caller holds the inode. */
static int writeback_single_inode(struct inode *inode)
{
	unsigned int dirty;
	bool listed;
	int err = 0, ret;

	spin_lock(&wb_lock);
	dirty = inode->i_state & I_DIRTY;
	inode->i_state &= ~I_DIRTY;
	listed = !list_empty(&inode->i_io_list);
	list_del_init(&inode->i_io_list);
	spin_unlock(&wb_lock);
	if (dirty & I_DIRTY_PAGES)
		err = write_dirty_pages(inode->i_mapping);
	if (dirty & I_DIRTY_SYNC) {
		ret = inode->i_sb->s_op->write_inode(inode);
		err = err ? err : ret;
	}
	if (err)
		inode->i_mapping->wb_err = err;
	if (listed)
		iput(inode);
	return err;
}

static int take_error(struct address_space *mapping)
{
	return xchg(&mapping->wb_err, 0);
}

int write_inode_now(struct inode *inode)
{
	mutex_lock(&wb_mutex);
	writeback_single_inode(inode);
	mutex_unlock(&wb_mutex);
	return take_error(inode->i_mapping);
}

/* The next inode to write, counted: of sb, or any; devices' own last, since writing the others changes them. */
static struct inode *next_dirty_inode(struct super_block *sb)
{
	struct inode *inode, *found = NULL;

	spin_lock(&wb_lock);
	list_for_each_entry(inode, &dirty_inodes, i_io_list) {
		if (sb && inode->i_sb != sb)
			continue;
		if (!found || (S_ISBLK(found->i_mode) && !S_ISBLK(inode->i_mode)))
			found = inode;
		if (!S_ISBLK(found->i_mode))
			break;
	}
	if (found)
		igrab(found);
	spin_unlock(&wb_lock);
	return found;
}

/* Bounded: others may go on making inodes dirty. */
void sync_inodes_sb(struct super_block *sb)
{
	struct inode *inode;
	unsigned int most = 0;

	spin_lock(&wb_lock);
	list_for_each_entry(inode, &dirty_inodes, i_io_list)
		most++;
	spin_unlock(&wb_lock);
	for (most += 8; most && (inode = next_dirty_inode(sb)); most--) {
		mutex_lock(&wb_mutex);
		writeback_single_inode(inode);
		iput(inode);
		mutex_unlock(&wb_mutex);
	}
}

int sync_blockdev(struct block_device *bdev)
{
	int err = write_inode_now(bdev->bd_inode);

	return err ? err : bdev->bd_ops->flush ? bdev->bd_ops->flush(bdev) : 0;
}

int sync_filesystem(struct super_block *sb)
{
	int err = 0;

	/* What the flusher has in hand, it may be the last to have: a file that was removed meanwhile goes with it. */
	mutex_lock(&wb_mutex);
	mutex_unlock(&wb_mutex);
	sync_inodes_sb(sb);
	if (sb->s_op && sb->s_op->sync_fs)
		err = sb->s_op->sync_fs(sb);
	if (sb->s_bdev) {
		int ret = sync_blockdev(sb->s_bdev);

		err = err ? err : ret;
	}
	return err;
}

/* It may use the last memory, for that is what it sets free. */
static void wb_workfn(struct work_struct *work)
{
	bool again;

	current->flags |= PF_MEMALLOC;
	sync_inodes_sb(NULL);
	current->flags &= ~PF_MEMALLOC;
	spin_lock(&wb_lock);
	again = !list_empty(&dirty_inodes);
	spin_unlock(&wb_lock);
	if (again)
		queue_delayed_work(bdi_wq, &flusher, DIRTY_WRITEBACK_INTERVAL);
}

void wakeup_flusher(void)
{
	if (nr_dirty_pages())
		mod_delayed_work(bdi_wq, &flusher, 0);
}

/* Not for the flusher's end: the caller may hold what it needs. */
bool wait_for_flusher(void)
{
	if (!nr_dirty_pages())
		return false;
	wakeup_flusher();
	schedule_timeout_uninterruptible(HZ / 50);
	return true;
}

void balance_dirty_pages(void)
{
	unsigned long limit = totalram_pages() / 5;

	if (nr_dirty_pages() > limit / 2)
		wakeup_flusher();
	for (int patience = 50; nr_dirty_pages() > limit && patience; patience--)
		wait_for_flusher();
}

static int __init default_bdi_init(void)
{
	bdi_wq = alloc_workqueue("writeback", WQ_MEM_RECLAIM | WQ_UNBOUND);
	INIT_DELAYED_WORK(&flusher, wb_workfn);
	return bdi_wq ? 0 : -ENOMEM;
}
subsys_initcall(default_bdi_init);
