/*
 * The page cache: a file's pages, kept in a radix tree by their index.
 *
 * mapping->lock (a mutex) covers the tree and the filling of a fresh page, so
 * two readers of one new page never both read it in. A page found is returned
 * with a reference and stays valid after it has left the tree.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/resource.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/pgtable.h>

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

static struct page *add_page(struct address_space *mapping, pgoff_t index)
{
	struct super_block *sb = mapping->host->i_sb;
	struct page *page;
	void **slot;
	int ret = 0;

	if (sb->s_max_pages && atomic_long_read(&sb->s_nr_pages) >= sb->s_max_pages)
		return ERR_PTR(-ENOSPC);
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return ERR_PTR(-ENOMEM);
	if (mapping->a_ops && mapping->a_ops->read_folio)
		ret = mapping->a_ops->read_folio(mapping, page, index);
	slot = ret ? NULL : find_slot(mapping, index, true);
	if (!slot) {
		put_page(page);
		return ERR_PTR(ret ? ret : -ENOMEM);
	}
	*slot = page;
	mapping->nrpages++;
	atomic_long_inc(&sb->s_nr_pages);
	return page;
}

/* A referenced page, an error, or NULL for a hole (unless create fills it). */
struct page *filemap_get_page(struct address_space *mapping, pgoff_t index, bool create)
{
	struct page *page = NULL;
	void **slot;

	mutex_lock(&mapping->lock);
	slot = find_slot(mapping, index, false);
	if (slot)
		page = *slot;
	if (!page && (create || (mapping->a_ops && mapping->a_ops->read_folio)))
		page = add_page(mapping, index);
	if (page && !IS_ERR(page))
		get_page(page);
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
		copied = copy_from_iter((char *)page_address(page) + offset, bytes, from);
		if (copied < bytes)
			error = -EFAULT;
		if (copied && mapping->a_ops && mapping->a_ops->writepage) {
			int ret = mapping->a_ops->writepage(mapping, page, index);

			if (ret) {
				error = ret;
				copied = 0;
			}
		}
		put_page(page);
		iocb->ki_pos += copied;
		done += copied;
		if (iocb->ki_pos > inode->i_size)
			inode->i_size = iocb->ki_pos;
	}
	if (done)
		inode->i_mtime = inode->i_ctime = current_time();
	inode_unlock(inode);
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

static const struct vm_operations_struct generic_file_vm_ops = {
	.fault = filemap_fault,
};

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!S_ISREG(file_inode(file)->i_mode))
		return -ENODEV;
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}

/* Stores leave no trace but the dirty bit, which is never cleared: each page that may be written counts as written. */
int filemap_sync_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct address_space *mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;
	int err = 0;

	if (!(vma->vm_flags & VM_SHARED) || !mapping || !mapping->a_ops || !mapping->a_ops->writepage)
		return 0;
	for (unsigned long addr = start; addr < end && !err; addr += PAGE_SIZE) {
		pte_t *ptep = pte_lookup(vma->vm_mm, addr), pte = ptep ? READ_ONCE(*ptep) : __pte(0);

		if (pte_present(pte) && pte_dirty(pte))
			err = mapping->a_ops->writepage(mapping, pfn_to_page(pte_pfn(pte)),
							((addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff);
	}
	return err;
}
