/* The supervisor binary interface: calls into the firmware. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <asm/page.h>
#include <asm/sbi.h>
#include <asm/smp.h>

static bool sbi_has_time, sbi_has_ipi, sbi_has_rfence, sbi_has_srst, sbi_has_dbcn;
static bool sbi_probed;

int sbi_err_map_linux_errno(long err)
{
	switch (err) {
	case 0:
		return 0;
	case -2:
		return -EOPNOTSUPP;
	case -3:
		return -EINVAL;
	case -4:
		return -EPERM;
	case -5:
		return -EFAULT;
	case -6:
	case -7:
	case -8:
		return -EALREADY;
	default:
		return -EIO;
	}
}

void __init sbi_init(void)
{
	sbi_has_time = sbi_probe_extension(SBI_EXT_TIME);
	sbi_has_ipi = sbi_probe_extension(SBI_EXT_IPI);
	sbi_has_rfence = sbi_probe_extension(SBI_EXT_RFENCE);
	sbi_has_srst = sbi_probe_extension(SBI_EXT_SRST);
	sbi_has_dbcn = sbi_probe_extension(SBI_EXT_DBCN);
	sbi_probed = true;
	if (!sbi_has_time || !sbi_has_ipi || !sbi_has_rfence)
		panic("SBI: the firmware lacks the TIME, IPI or RFENCE extension");
}

/* s must lie in the linear map or in the kernel image. */
void sbi_console_write(const char *s, unsigned int n)
{
	if (!sbi_probed)
		sbi_has_dbcn = sbi_probe_extension(SBI_EXT_DBCN);
	while (n && sbi_has_dbcn) {
		struct sbiret ret = sbi_ecall(SBI_EXT_DBCN, SBI_EXT_DBCN_CONSOLE_WRITE, n, __pa(s), 0, 0, 0);

		if (ret.error || ret.value <= 0)
			return;
		s += ret.value;
		n -= ret.value;
	}
	while (n--)
		sbi_ecall(SBI_EXT_0_1_CONSOLE_PUTCHAR, 0, *s++, 0, 0, 0, 0);
}

void sbi_set_timer(u64 stime_value)
{
	sbi_ecall(SBI_EXT_TIME, SBI_EXT_TIME_SET_TIMER, stime_value, 0, 0, 0, 0);
}

/* Hart ids need not be dense: one call for each run of harts that fits a 64-bit mask. */
static void sbi_call_on_harts(int ext, int fid, const struct cpumask *mask, unsigned long start, unsigned long size)
{
	unsigned long hmask = 0, base = 0;
	unsigned int cpu;

	for_each_cpu(cpu, mask) {
		unsigned long hartid = cpuid_to_hartid_map(cpu);

		if (hmask && (hartid < base || hartid >= base + BITS_PER_LONG)) {
			sbi_ecall(ext, fid, hmask, base, start, size, 0);
			hmask = 0;
		}
		if (!hmask)
			base = ALIGN_DOWN(hartid, BITS_PER_LONG);
		hmask |= BIT(hartid - base);
	}
	if (hmask)
		sbi_ecall(ext, fid, hmask, base, start, size, 0);
}

void sbi_send_ipi(const struct cpumask *mask)
{
	sbi_call_on_harts(SBI_EXT_IPI, SBI_EXT_IPI_SEND_IPI, mask, 0, 0);
}

void sbi_remote_fence_i(const struct cpumask *mask)
{
	sbi_call_on_harts(SBI_EXT_RFENCE, SBI_EXT_RFENCE_REMOTE_FENCE_I, mask, 0, 0);
}

void sbi_remote_sfence_vma(const struct cpumask *mask, unsigned long start, unsigned long size)
{
	sbi_call_on_harts(SBI_EXT_RFENCE, SBI_EXT_RFENCE_REMOTE_SFENCE_VMA, mask, start, size);
}

int sbi_hsm_hart_start(unsigned long hartid, unsigned long saddr, unsigned long priv)
{
	return sbi_err_map_linux_errno(sbi_ecall(SBI_EXT_HSM, SBI_EXT_HSM_HART_START, hartid, saddr, priv, 0, 0).error);
}

void sbi_hsm_hart_stop(void)
{
	sbi_ecall(SBI_EXT_HSM, SBI_EXT_HSM_HART_STOP, 0, 0, 0, 0, 0);
}

int sbi_hsm_hart_get_status(unsigned long hartid)
{
	struct sbiret ret = sbi_ecall(SBI_EXT_HSM, SBI_EXT_HSM_HART_STATUS, hartid, 0, 0, 0, 0);

	return ret.error ? sbi_err_map_linux_errno(ret.error) : ret.value;
}

void sbi_srst_reset(int type, int reason)
{
	if (sbi_has_srst)
		sbi_ecall(SBI_EXT_SRST, SBI_EXT_SRST_RESET, type, reason, 0, 0, 0);
}
