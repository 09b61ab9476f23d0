/* syslog(2): the kernel's log for dmesg, and its console level. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define SYSLOG_ACTION_CLOSE		0
#define SYSLOG_ACTION_OPEN		1
#define SYSLOG_ACTION_READ_ALL		3
#define SYSLOG_ACTION_READ_CLEAR	4
#define SYSLOG_ACTION_CLEAR		5
#define SYSLOG_ACTION_CONSOLE_OFF	6
#define SYSLOG_ACTION_CONSOLE_ON	7
#define SYSLOG_ACTION_CONSOLE_LEVEL	8
#define SYSLOG_ACTION_SIZE_BUFFER	10

static u64 clear_pos;
static int saved_console_loglevel = -1;

static u64 log_end(void)
{
	u64 pos = kmsg_first();
	char buf[256];

	while (kmsg_read(&pos, buf, sizeof(buf)))
		;
	return pos;
}

/* The last len bytes of the log since it was cleared. */
static long read_all(char __user *user, int len)
{
	u64 first = max(kmsg_first(), READ_ONCE(clear_pos)), end = log_end(), pos;
	char buf[256];
	long done = 0;
	size_t got;

	pos = end - first > (u64)len ? end - len : first;
	while (done < len && (got = kmsg_read(&pos, buf, min_t(size_t, sizeof(buf), len - done)))) {
		if (copy_to_user(user + done, buf, got))
			return -EFAULT;
		done += got;
	}
	return done;
}

SYSCALL_DEFINE3(syslog, int, type, char __user *, buf, int, len)
{
	long ret = 0;

	if (type != SYSLOG_ACTION_READ_ALL && type != SYSLOG_ACTION_SIZE_BUFFER && !capable_root())
		return -EPERM;
	switch (type) {
	case SYSLOG_ACTION_CLOSE:
	case SYSLOG_ACTION_OPEN:
		break;
	case SYSLOG_ACTION_READ_ALL:
	case SYSLOG_ACTION_READ_CLEAR:
		if (!buf || len < 0)
			return -EINVAL;
		ret = read_all(buf, len);
		if (type == SYSLOG_ACTION_READ_CLEAR)
			WRITE_ONCE(clear_pos, log_end());
		break;
	case SYSLOG_ACTION_CLEAR:
		WRITE_ONCE(clear_pos, log_end());
		break;
	case SYSLOG_ACTION_CONSOLE_OFF:
		if (saved_console_loglevel < 0)
			saved_console_loglevel = console_loglevel;
		console_loglevel = 1;
		break;
	case SYSLOG_ACTION_CONSOLE_ON:
		if (saved_console_loglevel >= 0)
			console_loglevel = saved_console_loglevel;
		saved_console_loglevel = -1;
		break;
	case SYSLOG_ACTION_CONSOLE_LEVEL:
		if (len < 1 || len > 8)
			return -EINVAL;
		console_loglevel = len;
		saved_console_loglevel = -1;
		break;
	case SYSLOG_ACTION_SIZE_BUFFER:
		ret = log_end() - kmsg_first();
		break;
	default:
		ret = -EINVAL;
	}
	return ret;
}
