/* iov_iter: a cursor over a caller's buffers, whether they lie in user memory or in the kernel's. */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

#include <linux/types.h>

#define UIO_MAXIOV	1024
#define MAX_RW_COUNT	0x7ffff000UL

struct file;

struct iovec {
	void *iov_base;
	size_t iov_len;
};

struct iov_iter {
	bool user;
	const struct iovec *iov;
	unsigned long nr_segs;
	size_t iov_offset;
	size_t count;
};

struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	unsigned int ki_flags;
};

#define IOCB_APPEND	1

static inline size_t iov_iter_count(const struct iov_iter *iter)
{
	return iter->count;
}

void iov_iter_init(struct iov_iter *iter, bool user, const struct iovec *iov, unsigned long nr_segs, size_t count);
int import_iovec(const struct iovec *vec, unsigned long nr, struct iovec **iov_out, struct iov_iter *iter);
/* All three return the bytes done: fewer than asked for only at the end of the buffers or on a bad user address. */
size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *iter);
size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *iter);
size_t iov_iter_zero(size_t bytes, struct iov_iter *iter);

#endif
