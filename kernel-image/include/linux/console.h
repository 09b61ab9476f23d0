/* Consoles: the sinks of printk. */
#ifndef _LINUX_CONSOLE_H
#define _LINUX_CONSOLE_H

#include <linux/types.h>

#define CON_PRINTBUFFER 1	/* wants the log from its beginning */
#define CON_CONSDEV 2		/* preferred: behind /dev/console */
#define CON_ENABLED 4
#define CON_BOOT 8		/* replaced by the first real console */

struct tty_driver;

struct console {
	char name[16];
	void (*write)(struct console *con, const char *s, unsigned int count);
	struct tty_driver *(*device)(struct console *con, int *index);
	int (*setup)(struct console *con, char *options);
	short flags;
	short index;
	void *data;
	u64 seq;
	struct console *next;
};

extern struct console *console_drivers;

/* Calls setup, then replays the log when CON_PRINTBUFFER; a non-boot console retires boot consoles. */
void register_console(struct console *con);
void console_init(void);
void console_flush_on_panic(void);
void register_early_console(void);
/* True if console= on the command line (or its absence) chooses this name and index; options may be NULL. */
bool console_wanted(const char *name, int index, const char **options);

#endif
