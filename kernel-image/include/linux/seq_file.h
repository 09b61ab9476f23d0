/* Files whose text is made when they are read: a show function prints it into a buffer that grows to fit. */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

#include <linux/fs.h>
#include <linux/kernel.h>

struct seq_file {
	char *buf;
	size_t size;
	size_t count;
	bool overflow;
	struct mutex lock;
	int (*show)(struct seq_file *m, void *v);
	void *private;
};

int single_open(struct file *file, int (*show)(struct seq_file *m, void *v), void *private);
int single_release(struct inode *inode, struct file *file);
ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *to);

__printf(2, 3) void seq_printf(struct seq_file *m, const char *fmt, ...);
void seq_write(struct seq_file *m, const void *data, size_t len);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);

#endif
