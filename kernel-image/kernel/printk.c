/*
 * printk: a ring of text behind the consoles.
 *
 * Every message is stamped and stored in log_buf under logbuf_lock; positions
 * are counted in bytes ever stored, so a reader that fell behind knows it.
 * Each console remembers how far it has printed. Whoever stores a line tries
 * console_sem_owner; the holder prints for everybody, and looks again after
 * letting go, so no line stays behind. Only lines that pass console_loglevel
 * reach consoles; a byte in the ring before each line holds its level.
 */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define LOG_BUF_LEN (1 << 15)
#define LINE_MAX 512
#define DEFAULT_MESSAGE_LOGLEVEL 4

static char log_buf[LOG_BUF_LEN];
static u64 log_end;		/* bytes ever stored */
static u64 log_first;		/* the oldest whole line still there */
static DEFINE_RAW_SPINLOCK(logbuf_lock);
static bool line_open;		/* the last message had no newline: KERN_CONT may follow */
static u32 console_owned;

int console_loglevel = 7;
struct console *console_drivers;

static char log_at(u64 pos) { return log_buf[pos % LOG_BUF_LEN]; }

static void log_store(const char *s, size_t n)
{
	while (n--) {
		if (log_end - log_first == LOG_BUF_LEN) {
			while (log_at(log_first++) != '\n')
				;
		}
		log_buf[log_end++ % LOG_BUF_LEN] = *s++;
	}
}

/* Stores one line: level digit, time stamp, text, newline. */
static void log_line(int level, const char *text, size_t len)
{
	char prefix[32];
	u64 ns = sched_clock();
	int n = scnprintf(prefix, sizeof(prefix), "%d[%5lu.%06lu] ", level,
			  (unsigned long)(ns / 1000000000), (unsigned long)(ns % 1000000000 / 1000));

	log_store(prefix, n);
	log_store(text, len);
}

static void log_message(const char *text)
{
	int level = DEFAULT_MESSAGE_LOGLEVEL;
	bool cont = false;

	while (text[0] == KERN_SOH[0] && text[1]) {
		if (text[1] == 'c')
			cont = true;
		else
			level = text[1] - '0';
		text += 2;
	}
	if (line_open && !cont)
		log_store("\n", 1);
	while (*text) {
		size_t len = strchrnul(text, '\n') - text;

		if (cont && line_open)
			log_store(text, len);
		else
			log_line(level, text, len);
		line_open = text[len] != '\n';
		if (!line_open)
			log_store("\n", 1);
		text += len + !line_open;
	}
}

/* Copies the next whole line behind *seq, without its level byte. */
static size_t next_line(u64 *seq, char *line, int *level)
{
	size_t n = 0;
	u64 pos;

	if (*seq < log_first)
		*seq = log_first;
	for (pos = *seq; pos < log_end && log_at(pos) != '\n'; pos++)
		;
	if (pos >= log_end)
		return 0;
	*level = log_at(*seq) - '0';
	for (u64 p = *seq + 1; p <= pos && n < LINE_MAX; p++)
		line[n++] = log_at(p);
	line[n - 1] = '\n';
	*seq = pos + 1;
	return n;
}

static bool console_print_one(struct console *con)
{
	char line[LINE_MAX];
	unsigned long flags;
	int level = 0;
	size_t n;

	raw_spin_lock_irqsave(&logbuf_lock, flags);
	n = next_line(&con->seq, line, &level);
	raw_spin_unlock_irqrestore(&logbuf_lock, flags);
	if (n && level < console_loglevel)
		con->write(con, line, n);
	return n != 0;
}

static bool console_backlog(void)
{
	for (struct console *con = console_drivers; con; con = con->next)
		if ((con->flags & CON_ENABLED) && READ_ONCE(con->seq) < READ_ONCE(log_end))
			return true;
	return false;
}

/* Prints what is stored, unless another CPU is at it. A line still open waits for its end. */
static void console_flush(void)
{
	bool progress = true;

	while (progress && console_backlog()) {
		unsigned long flags;

		local_irq_save(flags);
		if (xchg(&console_owned, 1)) {
			local_irq_restore(flags);
			return;
		}
		progress = false;
		for (struct console *con = console_drivers; con; con = con->next)
			if (con->flags & CON_ENABLED)
				while (console_print_one(con))
					progress = true;
		smp_store_release(&console_owned, 0);
		local_irq_restore(flags);
	}
}

int vprintk(const char *fmt, va_list args)
{
	char text[LINE_MAX];
	unsigned long flags;
	int n;

	n = vscnprintf(text, sizeof(text), fmt, args);
	raw_spin_lock_irqsave(&logbuf_lock, flags);
	log_message(text);
	raw_spin_unlock_irqrestore(&logbuf_lock, flags);
	console_flush();
	return n;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vprintk(fmt, args);
	va_end(args);
	return n;
}

/* In a panic the owner may be stopped for good: take its place. */
void console_flush_on_panic(void)
{
	WRITE_ONCE(console_owned, 0);
	spin_lock_init(&logbuf_lock);
	console_flush();
}

u64 kmsg_first(void)
{
	return READ_ONCE(log_first);
}

size_t kmsg_read(u64 *pos, char *buf, size_t size)
{
	char line[LINE_MAX];
	unsigned long flags;
	u64 next = *pos;
	size_t n;
	int level;

	raw_spin_lock_irqsave(&logbuf_lock, flags);
	n = next_line(&next, line, &level);
	raw_spin_unlock_irqrestore(&logbuf_lock, flags);
	if (!n || n + 3 > size)
		return 0;
	n = scnprintf(buf, size, "<%d>%.*s", level, (int)n, line);
	*pos = next;
	return n;
}

void register_console(struct console *con)
{
	struct console **link = &console_drivers;

	if (con->setup && con->setup(con, NULL))
		return;
	con->seq = con->flags & CON_PRINTBUFFER ? log_first : log_end;
	if (!(con->flags & CON_BOOT)) {
		for (struct console *old = console_drivers; old; old = old->next) {
			if (!(old->flags & CON_BOOT))
				continue;
			con->seq = old->seq;
			old->flags &= ~CON_ENABLED;
		}
	}
	con->flags |= CON_ENABLED;
	while (*link && !(con->flags & CON_CONSDEV))
		link = &(*link)->next;
	con->next = *link;
	smp_store_release(link, con);
	console_flush();
}

/* console=ttyS0,115200 may be given several times; the last one is /dev/console. */
static char preferred_console[32];
static const char *preferred_options;

static int __init console_setup(char *str)
{
	char *options;

	strscpy(preferred_console, str, sizeof(preferred_console));
	options = strchr(preferred_console, ',');
	if (options) {
		*options++ = 0;
		preferred_options = options;
	}
	return 1;
}
__setup("console=", console_setup);

bool console_wanted(const char *name, int index, const char **options)
{
	char full[32];

	snprintf(full, sizeof(full), "%s%d", name, index);
	if (options)
		*options = preferred_options;
	return !preferred_console[0] || !strcmp(preferred_console, full);
}

static int __init loglevel(char *str)
{
	return kstrtoint(str, 0, &console_loglevel);
}
early_param("loglevel", loglevel);

static int __init quiet_kernel(char *str)
{
	console_loglevel = 4;
	return 0;
}
early_param("quiet", quiet_kernel);

static int __init debug_kernel(char *str)
{
	console_loglevel = 10;
	return 0;
}
early_param("debug", debug_kernel);

extern const struct initcall_entry __con_initcall_start[], __con_initcall_end[];

void __init console_init(void)
{
	for (const struct initcall_entry *call = __con_initcall_start; call < __con_initcall_end; call++)
		call->fn();
	register_early_console();
}

bool printk_ratelimit(void)
{
	static DEFINE_RAW_SPINLOCK(lock);
	static unsigned long begin;
	static int printed, missed;
	unsigned long flags;
	bool allowed;

	raw_spin_lock_irqsave(&lock, flags);
	if (!printed || time_after(jiffies, begin + 5 * HZ)) {
		if (missed)
			pr_warn("%d messages were left out\n", missed);
		begin = jiffies;
		printed = missed = 0;
	}
	allowed = printed < 10;
	if (allowed)
		printed++;
	else
		missed++;
	raw_spin_unlock_irqrestore(&lock, flags);
	return allowed;
}
