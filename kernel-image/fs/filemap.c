/*
 * The page cache: a file's pages, kept in a radix tree by their index.
 *
 * mapping->lock (a mutex) covers the tree. A page that has to be read joins it
 * locked (PG_locked), so that nobody reads it twice; it is read without the
 * mapping's lock, and whoever finds it waits until it is PG_uptodate. A page
 * found is returned with a reference and stays valid after it has left the tree.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/resource.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <linux/wait.h>
#include <linux/writeback.h>
#include <asm/pgtable.h>

#include "../mm/internal.h"

#define MAP_SHIFT	6
#define MAP_SLOTS	(1UL << MAP_SHIFT)

struct node {
	void *slots[MAP_SLOTS];
};

void address_space_init_once(struct address_space *mapping, struct inode *host)
{
	mapping->host = host;
	mapping->a_ops = NULL;
	mutex_init(&mapping->lock);
	mapping->root = NULL;
	mapping->height = 0;
	mapping->nrpages = 0;
	mapping->wb_err = 0;
}

static unsigned long max_index(unsigned int height)
{
	return height * MAP_SHIFT >= 64 ? ~0UL : (1UL << (height * MAP_SHIFT)) - 1;
}

/* The slot that holds index, or NULL if it has none (and create does not make one). Height 0 is one page at index 0. */
static void **find_slot(struct address_space *mapping, pgoff_t index, bool create)
{
	void **slot = &mapping->root;

	while (index > max_index(mapping->height)) {
		struct node *node = NULL;

		if (!create)
			return NULL;
		if (mapping->root) {
			node = kzalloc(sizeof(*node), GFP_KERNEL);
			if (!node)
				return NULL;
			node->slots[0] = mapping->root;
		}
		mapping->root = node;
		mapping->height++;
	}
	for (unsigned int level = mapping->height; level; level--) {
		struct node *node = *slot;

		if (!node) {
			if (!create)
				return NULL;
			node = *slot = kzalloc(sizeof(*node), GFP_KERNEL);
			if (!node)
				return NULL;
		}
		slot = &node->slots[(index >> ((level - 1) * MAP_SHIFT)) & (MAP_SLOTS - 1)];
	}
	return slot;
}

static bool read_from_store(struct address_space *mapping)
{
	return mapping->a_ops && mapping->a_ops->read_folio;
}

/* The mapping's lock is held. The page's count goes to the tree; the caller gets another. */
static int insert_page(struct address_space *mapping, struct page *page, pgoff_t index)
{
	void **slot = find_slot(mapping, index, true);

	if (!slot)
		return -ENOMEM;
	*slot = page;
	get_page(page);
	page->mapping = mapping;
	page->index = index;
	mapping->nrpages++;
	atomic_long_inc(&mapping->host->i_sb->s_nr_pages);
	if (read_from_store(mapping)) {
		__set_bit(PG_locked, &page->flags);
		lru_cache_add(page);
	}
	return 0;
}

static void remove_page(struct address_space *mapping, struct page *page)
{
	mutex_lock(&mapping->lock);
	if (page->mapping == mapping) {
		lru_cache_del(page);
		filemap_remove_page(page);
		put_page(page);
	}
	mutex_unlock(&mapping->lock);
}

/* Reads what the page is to hold, without the mapping's lock: whoever finds the page meanwhile waits. */
static int fill_page(struct address_space *mapping, struct page *page, pgoff_t index)
{
	int ret = mapping->a_ops->read_folio(mapping, page, index);

	count_vm_event(PGMAJFAULT);
	if (ret)
		remove_page(mapping, page);
	else
		set_bit(PG_uptodate, &page->flags);
	clear_bit(PG_locked, &page->flags);
	smp_mb();
	wake_up_var(page);
	return ret;
}

static bool wait_for_page(struct page *page)
{
	wait_var_event(page, !test_bit(PG_locked, &page->flags));
	return test_bit(PG_uptodate, &page->flags);
}

static struct page *new_page(struct address_space *mapping)
{
	struct super_block *sb = mapping->host->i_sb;
	struct page *page;

	if (sb->s_max_pages && atomic_long_read(&sb->s_nr_pages) >= sb->s_max_pages)
		return ERR_PTR(-ENOSPC);
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	return page ? page : ERR_PTR(-ENOMEM);
}

/* A referenced page, an error, or NULL for a hole (unless create fills it). */
struct page *filemap_get_page(struct address_space *mapping, pgoff_t index, bool create)
{
	struct page *page, *new = NULL;
	int ret;

	for (;;) {
		void **slot;

		mutex_lock(&mapping->lock);
		slot = find_slot(mapping, index, false);
		page = slot ? *slot : NULL;
		if (page)
			get_page(page);
		ret = !page && new ? insert_page(mapping, new, index) : 0;
		mutex_unlock(&mapping->lock);
		if (page) {
			if (new)
				put_page(new);
			if (!read_from_store(mapping))
				return page;
			/* Used again: what is only read once need not push it out. */
			if (!test_bit(PG_referenced, &page->flags))
				set_bit(PG_referenced, &page->flags);
			if (wait_for_page(page))
				return page;
			put_page(page);
			new = NULL;
			continue;
		}
		if (new) {
			if (!ret && read_from_store(mapping))
				ret = fill_page(mapping, new, index);
			if (!ret)
				return new;
			put_page(new);
			return ERR_PTR(ret);
		}
		if (!create && !read_from_store(mapping))
			return NULL;
		new = new_page(mapping);
		if (IS_ERR(new))
			return new;
	}
}

/* For reclaim: the mapping's lock is held. Its nodes stay until the file is truncated or goes. */
void filemap_remove_page(struct page *page)
{
	struct address_space *mapping = page->mapping;

	*find_slot(mapping, page->index, false) = NULL;
	page->mapping = NULL;
	mapping->nrpages--;
	atomic_long_dec(&mapping->host->i_sb->s_nr_pages);
}

static struct page *first_dirty(void *entry, unsigned int level, pgoff_t from)
{
	struct node *node = entry;
	unsigned int shift = (level - 1) * MAP_SHIFT;
	struct page *page;

	if (!entry || !level)
		return entry && test_bit(PG_dirty, &((struct page *)entry)->flags) ? entry : NULL;
	for (unsigned long i = from >> shift; i < MAP_SLOTS; i++) {
		page = first_dirty(node->slots[i], level - 1, i == from >> shift ? from & ((1UL << shift) - 1) : 0);
		if (page)
			return page;
	}
	return NULL;
}

struct page *filemap_next_dirty(struct address_space *mapping, pgoff_t *index)
{
	struct page *page = NULL;

	mutex_lock(&mapping->lock);
	if (*index <= max_index(mapping->height))
		page = first_dirty(mapping->root, mapping->height, *index);
	if (page) {
		get_page(page);
		*index = page->index;
	}
	mutex_unlock(&mapping->lock);
	return page;
}

/* Frees the pages of a subtree from first on; says whether the subtree is empty now. */
static bool free_subtree(struct address_space *mapping, void **slot, unsigned int level, pgoff_t first)
{
	struct node *node = *slot;
	unsigned long span, start;
	bool empty = true;

	if (!node)
		return true;
	if (!level) {
		clear_page_dirty(*slot);
		lru_cache_del(*slot);
		((struct page *)*slot)->mapping = NULL;
		put_page(*slot);
		*slot = NULL;
		mapping->nrpages--;
		atomic_long_dec(&mapping->host->i_sb->s_nr_pages);
		return true;
	}
	span = max_index(level - 1) + 1;
	start = first / span;
	for (unsigned long i = 0; i < MAP_SLOTS; i++) {
		if (i < start || !free_subtree(mapping, &node->slots[i], level - 1, i == start ? first % span : 0))
			empty &= !node->slots[i];
	}
	if (empty) {
		kfree(node);
		*slot = NULL;
	}
	return empty;
}

void truncate_inode_pages(struct address_space *mapping, loff_t from)
{
	pgoff_t first = (from + PAGE_SIZE - 1) >> PAGE_SHIFT;
	void **slot;

	mutex_lock(&mapping->lock);
	if (from & (PAGE_SIZE - 1)) {
		slot = find_slot(mapping, from >> PAGE_SHIFT, false);
		if (slot && *slot)
			memset((char *)page_address((struct page *)*slot) + (from & (PAGE_SIZE - 1)), 0, PAGE_SIZE - (from & (PAGE_SIZE - 1)));
	}
	if (first <= max_index(mapping->height))
		free_subtree(mapping, &mapping->root, mapping->height, first);
	if (!mapping->root)
		mapping->height = 0;
	mutex_unlock(&mapping->lock);
}

ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	ssize_t done = 0;

	while (iov_iter_count(to)) {
		loff_t size = mapping->host->i_size;
		size_t offset = iocb->ki_pos & (PAGE_SIZE - 1), bytes, copied;
		struct page *page;

		if (iocb->ki_pos >= size)
			break;
		bytes = min_t(size_t, PAGE_SIZE - offset, iov_iter_count(to));
		bytes = min_t(loff_t, bytes, size - iocb->ki_pos);
		page = filemap_get_page(mapping, iocb->ki_pos >> PAGE_SHIFT, false);
		if (IS_ERR(page))
			return done ? done : PTR_ERR(page);
		if (page) {
			copied = copy_to_iter((char *)page_address(page) + offset, bytes, to);
			put_page(page);
		} else {
			copied = iov_iter_zero(bytes, to);
		}
		iocb->ki_pos += copied;
		done += copied;
		if (copied < bytes)
			return done ? done : -EFAULT;
	}
	return done;
}

/* Holds the inode's lock, so that an append finds the end and puts its bytes there in one step. */
/* Cuts a write to what RLIMIT_FSIZE leaves; beyond it there is a signal besides the error. */
static int generic_write_checks(struct kiocb *iocb, struct iov_iter *from)
{
	unsigned long limit = current->signal->rlim[RLIMIT_FSIZE].rlim_cur;

	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = iocb->ki_filp->f_mapping->host->i_size;
	if (!S_ISREG(iocb->ki_filp->f_mapping->host->i_mode) || limit == RLIM_INFINITY || !iov_iter_count(from))
		return 0;
	if ((unsigned long)iocb->ki_pos >= limit) {
		send_sig(SIGXFSZ, current, 0);
		return -EFBIG;
	}
	from->count = min_t(unsigned long, from->count, limit - iocb->ki_pos);
	return 0;
}

ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	struct inode *inode = mapping->host;
	ssize_t done = 0, error;

	inode_lock(inode);
	error = generic_write_checks(iocb, from);
	while (iov_iter_count(from) && !error) {
		pgoff_t index = iocb->ki_pos >> PAGE_SHIFT;
		size_t offset = iocb->ki_pos & (PAGE_SIZE - 1);
		size_t bytes = min_t(size_t, PAGE_SIZE - offset, iov_iter_count(from)), copied;
		struct page *page;

		if (S_ISBLK(inode->i_mode)) {
			if (iocb->ki_pos >= inode->i_size) {
				error = -ENOSPC;
				break;
			}
			bytes = min_t(loff_t, bytes, inode->i_size - iocb->ki_pos);
		} else if (iocb->ki_pos > MAX_LFS_FILESIZE - (loff_t)bytes) {
			error = -EFBIG;
			break;
		}
		page = filemap_get_page(mapping, index, true);
		if (IS_ERR(page)) {
			error = PTR_ERR(page);
			break;
		}
		if (mapping->a_ops && mapping->a_ops->write_begin)
			error = mapping->a_ops->write_begin(mapping, page, index, offset, offset + bytes);
		copied = error ? 0 : copy_from_iter((char *)page_address(page) + offset, bytes, from);
		if (copied < bytes && !error)
			error = -EFAULT;
		iocb->ki_pos += copied;
		done += copied;
		if (iocb->ki_pos > inode->i_size)
			inode->i_size = iocb->ki_pos;
		if (copied)
			set_page_dirty(page);
		put_page(page);
	}
	if (done) {
		inode->i_mtime = inode->i_ctime = current_time();
		mark_inode_dirty(inode);
	}
	inode_unlock(inode);
	if (mapping->a_ops && mapping->a_ops->writepage)
		balance_dirty_pages();
	return done ? done : error;
}

static vm_fault_t filemap_fault(struct vm_fault *vmf)
{
	struct address_space *mapping = vmf->vma->vm_file->f_mapping;
	struct page *page;

	if ((loff_t)(vmf->pgoff << PAGE_SHIFT) >= mapping->host->i_size)
		return VM_FAULT_SIGBUS;
	page = filemap_get_page(mapping, vmf->pgoff, true);
	if (IS_ERR(page))
		return PTR_ERR(page) == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	vmf->page = page;
	return 0;
}

/* The first store into a page of a shared mapping: its file makes room for it, and it will be written. */
static vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf)
{
	struct address_space *mapping = vmf->vma->vm_file->f_mapping;
	int ret = 0;

	if (mapping->a_ops->write_begin)
		ret = mapping->a_ops->write_begin(mapping, vmf->page, vmf->pgoff, 0, PAGE_SIZE);
	if (ret)
		return VM_FAULT_SIGBUS;
	set_page_dirty(vmf->page);
	return 0;
}

static const struct vm_operations_struct generic_file_vm_ops = {
	.fault = filemap_fault,
};

static const struct vm_operations_struct written_back_vm_ops = {
	.fault = filemap_fault,
	.page_mkwrite = filemap_page_mkwrite,
};

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!S_ISREG(file_inode(file)->i_mode))
		return -ENODEV;
	vma->vm_ops = file->f_mapping->a_ops && file->f_mapping->a_ops->writepage ? &written_back_vm_ops : &generic_file_vm_ops;
	return 0;
}

/* Stores leave no trace but the dirty bit, which is never cleared: each page that may be written counts as written. */
void filemap_dirty_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct address_space *mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;

	if (!(vma->vm_flags & VM_SHARED) || !mapping || !mapping->a_ops || !mapping->a_ops->writepage)
		return;
	for (unsigned long addr = start; addr < end; addr += PAGE_SIZE) {
		pte_t *ptep = pte_lookup(vma->vm_mm, addr), pte = ptep ? READ_ONCE(*ptep) : __pte(0);

		if (pte_present(pte) && pte_dirty(pte))
			set_page_dirty(pfn_to_page(pte_pfn(pte)));
	}
}
