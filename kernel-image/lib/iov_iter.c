/* iov_iter: copies to and from a caller's scattered buffers, in user or kernel memory. */
#include <linux/kernel.h>
#include <linux/uio.h>
#include <linux/uaccess.h>
#include <linux/string.h>

void iov_iter_init(struct iov_iter *iter, bool user, const struct iovec *iov, unsigned long nr_segs, size_t count)
{
	iter->user = user;
	iter->iov = iov;
	iter->nr_segs = nr_segs;
	iter->iov_offset = 0;
	iter->count = count;
}

static void iov_iter_advance(struct iov_iter *iter, size_t bytes)
{
	iter->count -= bytes;
	iter->iov_offset += bytes;
}

/* The next contiguous piece, or NULL at the end. */
static void *next_segment(struct iov_iter *iter, size_t *len)
{
	while (iter->count && iter->nr_segs) {
		size_t left = iter->iov->iov_len - iter->iov_offset;

		if (left) {
			*len = min_t(size_t, left, iter->count);
			return (char *)iter->iov->iov_base + iter->iov_offset;
		}
		iter->iov++;
		iter->nr_segs--;
		iter->iov_offset = 0;
	}
	return NULL;
}

enum direction { COPY_TO, COPY_FROM, ZERO };

/* Returns the bytes of the segment that could not be done. */
static size_t do_segment(bool user, void *segment, void *kernel, size_t len, enum direction dir)
{
	if (user) {
		if (dir == COPY_TO)
			return copy_to_user(segment, kernel, len);
		if (dir == COPY_FROM)
			return copy_from_user(kernel, segment, len);
		return clear_user(segment, len);
	}
	if (dir == COPY_TO)
		memcpy(segment, kernel, len);
	else if (dir == COPY_FROM)
		memcpy(kernel, segment, len);
	else
		memset(segment, 0, len);
	return 0;
}

static size_t iterate(struct iov_iter *iter, char *kernel, size_t bytes, enum direction dir)
{
	size_t done = 0;

	while (done < bytes) {
		size_t len, left;
		void *segment = next_segment(iter, &len);

		if (!segment)
			break;
		len = min_t(size_t, len, bytes - done);
		left = do_segment(iter->user, segment, kernel ? kernel + done : NULL, len, dir);
		iov_iter_advance(iter, len - left);
		done += len - left;
		if (left)
			break;
	}
	return done;
}

size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *iter)
{
	return iterate(iter, (char *)from, bytes, COPY_TO);
}

size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *iter)
{
	return iterate(iter, to, bytes, COPY_FROM);
}

size_t iov_iter_zero(size_t bytes, struct iov_iter *iter)
{
	return iterate(iter, NULL, bytes, ZERO);
}
