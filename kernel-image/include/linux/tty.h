/*
 * Terminals: what sits between a program and a serial line.
 *
 * A tty_struct lives as long as its driver, that is for ever: nobody counts
 * references to it. tty->lock (a spinlock taken with interrupts off, since
 * characters arrive in an interrupt) covers the line discipline's buffer, the
 * column and the termios; ctrl_lock covers pgrp and session and nests inside
 * tasklist_lock.
 */
#ifndef _LINUX_TTY_H
#define _LINUX_TTY_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <linux/termios.h>
#include <linux/wait.h>

#define TTY_MAJOR	4
#define TTYAUX_MAJOR	5
#define N_TTY_BUF_SIZE	4096

struct console;
struct pid;
struct serial_struct;
struct tty_struct;

struct tty_operations {
	/* Takes as many bytes as there is room for and returns how many; any context. */
	int (*write)(struct tty_struct *tty, const unsigned char *buf, int count);
	int (*write_room)(struct tty_struct *tty);
	int (*chars_in_buffer)(struct tty_struct *tty);
	void (*flush_buffer)(struct tty_struct *tty);
	void (*set_termios)(struct tty_struct *tty, const struct termios *old);
	void (*stop)(struct tty_struct *tty);
	void (*start)(struct tty_struct *tty);
	/* All that follow are optional. */
	int (*open)(struct tty_struct *tty);
	void (*close)(struct tty_struct *tty);		/* of the last open file */
	void (*unthrottle)(struct tty_struct *tty);	/* input was read: there is room for more */
	int (*get_serial)(struct tty_struct *tty, struct serial_struct *serial);
};

struct tty_driver {
	const char *name;
	unsigned int major, minor_start, num;
	const struct tty_operations *ops;
	struct tty_struct **ttys;
	bool own_nodes;			/* devtmpfs has none of them */
	struct cdev cdev;
};

struct tty_struct {
	struct tty_driver *driver;
	int index;
	int count;			/* open files */
	void *driver_data;
	char name[16];

	spinlock_t lock;
	struct termios termios;
	struct winsize winsize;
	bool flow_stopped;
	bool lnext;			/* the next character is taken literally */
	unsigned int column;		/* of the cursor, for tabs and their erasure */
	unsigned int canon_column;	/* where the line being edited began */
	size_t read_head, canon_head, read_tail; /* free-running */
	unsigned char read_buf[N_TTY_BUF_SIZE];
	unsigned long read_flags[N_TTY_BUF_SIZE / 64]; /* ends of lines */

	wait_queue_head_t read_wait, write_wait;
	struct mutex read_lock, write_lock;

	spinlock_t ctrl_lock;
	struct pid *pgrp;
	struct pid *session;
	unsigned int hangups;		/* a file opened before the last one is dead */
};

/* What an open file of a terminal points to. */
struct tty_file_private {
	struct tty_struct *tty;
	unsigned int hangups;
	bool console;			/* opened as /dev/console: survives hang-ups */
};

static inline struct tty_struct *file_tty(struct file *file)
{
	return ((struct tty_file_private *)file->private_data)->tty;
}

/* drivers/tty/tty_io.c */
int tty_register_driver(struct tty_driver *driver);
struct tty_struct *tty_init_dev(struct tty_driver *driver, int index, void *driver_data);
bool tty_hung_up_p(struct file *file);
void tty_wakeup(struct tty_struct *tty);
void tty_hangup(struct tty_struct *tty);
void tty_reset(struct tty_struct *tty);	/* its modes, size and buffer, as new */

/* drivers/tty/n_tty.c */
void n_tty_receive_buf(struct tty_struct *tty, const unsigned char *buf, int count);
ssize_t n_tty_read(struct tty_struct *tty, struct file *file, struct iov_iter *to);
ssize_t n_tty_write(struct tty_struct *tty, struct file *file, struct iov_iter *from);
__poll_t n_tty_poll(struct tty_struct *tty, struct file *file, poll_table *table);
void n_tty_flush_buffer(struct tty_struct *tty);
void n_tty_set_termios(struct tty_struct *tty, const struct termios *old);
int n_tty_chars_available(struct tty_struct *tty);
size_t n_tty_receive_room(const struct tty_struct *tty);

/* drivers/tty/n_tty_input.c */
size_t n_tty_available(const struct tty_struct *tty);

/* drivers/tty/n_tty_output.c: tty->lock is held. */
bool n_tty_output_char(struct tty_struct *tty, unsigned char c);
void n_tty_echo_char(struct tty_struct *tty, unsigned char c);
void n_tty_put_char(struct tty_struct *tty, unsigned char c);

/* drivers/tty/tty_ioctl.c */
long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
long tty_line_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg);	/* all but job control */

/* drivers/tty/tty_jobctrl.c */
int tty_check_change(struct tty_struct *tty);
int job_control(struct tty_struct *tty, int sig);
void tty_open_proc_set_tty(struct file *file, struct tty_struct *tty);
void disassociate_ctty(bool on_exit);
void tty_vhangup(struct tty_struct *tty);	/* on whoever has it */
long tty_jobctrl_ioctl(struct tty_struct *tty, struct file *file, unsigned int cmd, unsigned long arg);
struct pid *tty_get_pgrp(struct tty_struct *tty);

#endif
