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

#define RECORD_SIZE 1024

static u64 clear_pos;
static int saved_console_loglevel = -1;

/* The bytes of all records from *pos on, as they would be read; *pos moves to the end. */
static size_t skip_records(u64 *pos, char *record)
{
	size_t total = 0, got;

	while ((got = kmsg_read(pos, record, RECORD_SIZE)))
		total += got;
	return total;
}

/* Whole records from pos on that fit into the last len bytes. */
static long copy_records(char __user *user, size_t len, u64 pos, char *record)
{
	u64 end = pos;
	size_t total = skip_records(&end, record), done = 0, got;

	while (total > len && (got = kmsg_read(&pos, record, RECORD_SIZE)))
		total -= got;
	while (done < total && (got = kmsg_read(&pos, record, RECORD_SIZE))) {
		if (copy_to_user(user + done, record, got))
			return -EFAULT;
		done += got;
	}
	return done;
}

static u64 log_start(void)
{
	return max(kmsg_first(), READ_ONCE(clear_pos));
}

static void clear_log(char *record)
{
	u64 end = log_start();

	skip_records(&end, record);
	WRITE_ONCE(clear_pos, end);
}

static long do_syslog(int type, char __user *buf, int len, char *record)
{
	u64 pos = log_start();
	long ret = 0;

	switch (type) {
	case SYSLOG_ACTION_CLOSE:
	case SYSLOG_ACTION_OPEN:
		break;
	case SYSLOG_ACTION_READ_ALL:
	case SYSLOG_ACTION_READ_CLEAR:
		if (!buf || len < 0)
			return -EINVAL;
		ret = copy_records(buf, len, pos, record);
		if (type == SYSLOG_ACTION_READ_CLEAR)
			clear_log(record);
		break;
	case SYSLOG_ACTION_CLEAR:
		clear_log(record);
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
		ret = skip_records(&pos, record);
		break;
	default:
		ret = -EINVAL;
	}
	return ret;
}

SYSCALL_DEFINE3(syslog, int, type, char __user *, buf, int, len)
{
	char *record;
	long ret;

	if (type != SYSLOG_ACTION_READ_ALL && type != SYSLOG_ACTION_SIZE_BUFFER && !capable_root())
		return -EPERM;
	record = kmalloc(RECORD_SIZE, GFP_KERNEL);
	if (!record)
		return -ENOMEM;
	ret = do_syslog(type, buf, len, record);
	kfree(record);
	return ret;
}
