/* The exception table: where the kernel goes on when one of its accesses to user memory faults. */
#include <linux/kernel.h>
#include <linux/uaccess.h>
#include <linux/string.h>
#include <asm/extable.h>
#include <asm/ptrace.h>

struct exception_table_entry {
	unsigned long insn;
	unsigned long fixup;
};

extern const struct exception_table_entry __start___ex_table[], __stop___ex_table[];

bool fixup_exception(struct pt_regs *regs)
{
	for (const struct exception_table_entry *e = __start___ex_table; e < __stop___ex_table; e++) {
		if (e->insn == regs->epc) {
			regs->epc = e->fixup;
			return true;
		}
	}
	return false;
}

#define CHUNK 64

/* Works in pieces that end at multiples of CHUNK, and so never touches a page beyond the string's own. */
long strncpy_from_user(char *to, const char __user *from, long count)
{
	long done = 0;

	while (done < count) {
		unsigned long addr = (unsigned long)from + done;
		long bytes = min_t(long, count - done, CHUNK - addr % CHUNK);
		char *end;

		if (copy_from_user(to + done, (const void __user *)addr, bytes))
			return -EFAULT;
		end = memchr(to + done, '\0', bytes);
		if (end)
			return end - to;
		done += bytes;
	}
	return count;
}
