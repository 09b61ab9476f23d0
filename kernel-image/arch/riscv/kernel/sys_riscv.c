/* System calls of RISC-V alone: what the harts can do, and making written code executable. */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/cacheflush.h>
#include <asm/hwcap.h>
#include <asm/sbi.h>

#define SYS_RISCV_FLUSH_ICACHE_LOCAL 1

/* The range is a hint; a thread that may move to another hart has to be safe there, too. */
SYSCALL_DEFINE3(riscv_flush_icache, unsigned long, start, unsigned long, end, unsigned long, flags)
{
	if (flags & ~SYS_RISCV_FLUSH_ICACHE_LOCAL)
		return -EINVAL;
	flush_icache_mm(current->mm);
	return 0;
}

struct riscv_hwprobe {
	s64 key;
	u64 value;
};

#define RISCV_HWPROBE_KEY_MVENDORID		0
#define RISCV_HWPROBE_KEY_MARCHID		1
#define RISCV_HWPROBE_KEY_MIMPID		2
#define RISCV_HWPROBE_KEY_BASE_BEHAVIOR		3
#define RISCV_HWPROBE_BASE_BEHAVIOR_IMA		1
#define RISCV_HWPROBE_KEY_IMA_EXT_0		4
#define RISCV_HWPROBE_IMA_FD			1
#define RISCV_HWPROBE_IMA_C			2
#define RISCV_HWPROBE_KEY_CPUPERF_0		5
#define RISCV_HWPROBE_MISALIGNED_UNKNOWN	0

static bool has_isa(char letter)
{
	return elf_hwcap & HWCAP_ISA(letter);
}

static u64 base_call(int fid)
{
	return sbi_ecall(SBI_EXT_BASE, fid, 0, 0, 0, 0, 0).value;
}

/* A key that the kernel does not know becomes -1. All harts are alike, so the set of CPUs asked about does not matter. */
static void hwprobe_one(struct riscv_hwprobe *pair)
{
	switch (pair->key) {
	case RISCV_HWPROBE_KEY_MVENDORID:
		pair->value = base_call(SBI_EXT_BASE_GET_MVENDORID);
		break;
	case RISCV_HWPROBE_KEY_MARCHID:
		pair->value = base_call(SBI_EXT_BASE_GET_MARCHID);
		break;
	case RISCV_HWPROBE_KEY_MIMPID:
		pair->value = base_call(SBI_EXT_BASE_GET_MIMPID);
		break;
	case RISCV_HWPROBE_KEY_BASE_BEHAVIOR:
		pair->value = RISCV_HWPROBE_BASE_BEHAVIOR_IMA;
		break;
	case RISCV_HWPROBE_KEY_IMA_EXT_0:
		pair->value = (has_isa('f') && has_isa('d') ? RISCV_HWPROBE_IMA_FD : 0) |
			      (has_isa('c') ? RISCV_HWPROBE_IMA_C : 0);
		break;
	case RISCV_HWPROBE_KEY_CPUPERF_0:
		pair->value = RISCV_HWPROBE_MISALIGNED_UNKNOWN;
		break;
	default:
		pair->key = -1;
		pair->value = 0;
	}
}

SYSCALL_DEFINE5(riscv_hwprobe, struct riscv_hwprobe __user *, pairs, size_t, count, size_t, cpu_count,
		unsigned long __user *, cpus, unsigned int, flags)
{
	if (flags)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		struct riscv_hwprobe pair;

		if (copy_from_user(&pair, &pairs[i], sizeof(pair)))
			return -EFAULT;
		hwprobe_one(&pair);
		if (copy_to_user(&pairs[i], &pair, sizeof(pair)))
			return -EFAULT;
	}
	return 0;
}
