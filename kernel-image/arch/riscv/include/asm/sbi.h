/* Calls into the supervisor binary interface (SBI specification 2.0). */
#ifndef _ASM_SBI_H
#define _ASM_SBI_H

#include <linux/types.h>
#include <generated/sbi-ids.h>

enum { SBI_SRST_RESET_TYPE_SHUTDOWN, SBI_SRST_RESET_TYPE_COLD_REBOOT, SBI_SRST_RESET_TYPE_WARM_REBOOT };
enum { SBI_HSM_STATE_STARTED, SBI_HSM_STATE_STOPPED };
enum { SBI_SRST_RESET_REASON_NONE, SBI_SRST_RESET_REASON_SYS_FAILURE };

struct sbiret {
	long error;
	long value;
};

struct cpumask;

struct sbiret sbi_ecall(int ext, int fid, unsigned long a0, unsigned long a1, unsigned long a2,
			unsigned long a3, unsigned long a4);
void sbi_init(void);
bool sbi_probe_extension(int ext);
int sbi_err_map_linux_errno(long err);
void sbi_console_write(const char *s, unsigned int n);
void sbi_set_timer(u64 stime_value);
void sbi_send_ipi(const struct cpumask *mask);
void sbi_remote_fence_i(const struct cpumask *mask);
void sbi_remote_sfence_vma(const struct cpumask *mask, unsigned long start, unsigned long size);
int sbi_hsm_hart_start(unsigned long hartid, unsigned long saddr, unsigned long priv);
void sbi_hsm_hart_stop(void);	/* the calling hart; returns only if it fails */
int sbi_hsm_hart_get_status(unsigned long hartid);
void sbi_srst_reset(int type, int reason);

#endif
