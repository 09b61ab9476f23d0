/* seq_file: text made by a show function when its file is read from the start. */
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

int single_open(struct file *file, int (*show)(struct seq_file *m, void *v), void *private)
{
	struct seq_file *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	mutex_init(&m->lock);
	m->show = show;
	m->private = private;
	file->private_data = m;
	return 0;
}

int single_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->buf);
	kfree(m);
	return 0;
}

void seq_write(struct seq_file *m, const void *data, size_t len)
{
	if (m->count + len > m->size) {
		m->overflow = true;
		return;
	}
	memcpy(m->buf + m->count, data, len);
	m->count += len;
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list args;
	int len;

	if (m->overflow)
		return;
	va_start(args, fmt);
	len = vsnprintf(m->buf + m->count, m->size - m->count, fmt, args);
	va_end(args);
	if (m->count + len >= m->size)
		m->overflow = true;
	else
		m->count += len;
}

/* Shows into ever larger buffers until the text fits. */
static int fill(struct seq_file *m)
{
	int ret;

	if (!m->buf)
		m->size = PAGE_SIZE;
	for (;;) {
		if (!m->buf)
			m->buf = kmalloc(m->size, GFP_KERNEL);
		if (!m->buf)
			return -ENOMEM;
		m->count = 0;
		m->overflow = false;
		ret = m->show(m, m->private);
		if (ret || !m->overflow)
			return ret;
		kfree(m->buf);
		m->buf = NULL;
		m->size *= 2;
	}
}

ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct seq_file *m = iocb->ki_filp->private_data;
	ssize_t ret = 0;

	mutex_lock(&m->lock);
	if (!iocb->ki_pos || !m->buf)
		ret = fill(m);
	if (!ret)
		ret = simple_read_from_buffer(to, &iocb->ki_pos, m->buf, m->count);
	mutex_unlock(&m->lock);
	return ret;
}
