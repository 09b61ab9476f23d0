/* Debug console extension (SBI v2.0, chapter 12). Addresses are physical. */
#include <sbi.h>

enum { CONSOLE_WRITE, CONSOLE_READ, CONSOLE_WRITE_BYTE };

/* In RAM, and not the firmware's own. */
static bool buffer_allowed(unsigned long start, unsigned long size, unsigned long high)
{
	unsigned long end = start + size;

	if (high || end < start || start < platform.ram_start || end > platform.ram_end)
		return false;
	return end <= (uintptr_t)_fw_start || start >= (uintptr_t)_fw_limit;
}

static struct sbi_ret transfer(unsigned long fid, char *buf, unsigned long size)
{
	unsigned long n = 0;
	int c;

	if (fid == CONSOLE_WRITE)
		for (; n < size; n++)
			uart_putc(buf[n]);
	else
		while (n < size && (c = uart_getc()) >= 0)
			buf[n++] = c;
	return sbi_value(n);
}

struct sbi_ret sbi_dbcn(const struct sbi_call *call)
{
	switch (call->fid) {
	case CONSOLE_WRITE: case CONSOLE_READ:
		if (!buffer_allowed(call->arg[1], call->arg[0], call->arg[2]))
			return sbi_error(SBI_ERR_INVALID_PARAM);
		return transfer(call->fid, (char *)call->arg[1], call->arg[0]);
	case CONSOLE_WRITE_BYTE:
		uart_putc(call->arg[0]);
		return sbi_value(0);
	default:
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	}
}
