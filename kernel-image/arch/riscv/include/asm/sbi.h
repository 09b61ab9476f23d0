/* Calls into the supervisor binary interface (SBI specification 2.0). */
#ifndef _ASM_SBI_H
#define _ASM_SBI_H

#include <linux/types.h>

enum sbi_ext_id {
	SBI_EXT_0_1_CONSOLE_PUTCHAR = 0x1,
	SBI_EXT_0_1_CONSOLE_GETCHAR = 0x2,
	SBI_EXT_BASE = 0x10,
	SBI_EXT_TIME = 0x54494D45,
	SBI_EXT_IPI = 0x735049,
	SBI_EXT_RFENCE = 0x52464E43,
	SBI_EXT_HSM = 0x48534D,
	SBI_EXT_SRST = 0x53525354,
	SBI_EXT_DBCN = 0x4442434E,
};

enum { SBI_EXT_BASE_GET_SPEC_VERSION, SBI_EXT_BASE_GET_IMP_ID, SBI_EXT_BASE_GET_IMP_VERSION, SBI_EXT_BASE_PROBE_EXT };
enum { SBI_EXT_TIME_SET_TIMER };
enum { SBI_EXT_IPI_SEND_IPI };
enum { SBI_EXT_RFENCE_REMOTE_FENCE_I, SBI_EXT_RFENCE_REMOTE_SFENCE_VMA };
enum { SBI_EXT_HSM_HART_START, SBI_EXT_HSM_HART_STOP, SBI_EXT_HSM_HART_STATUS };
enum { SBI_EXT_SRST_RESET };
enum { SBI_EXT_DBCN_CONSOLE_WRITE, SBI_EXT_DBCN_CONSOLE_READ, SBI_EXT_DBCN_CONSOLE_WRITE_BYTE };
enum { SBI_SRST_RESET_TYPE_SHUTDOWN, SBI_SRST_RESET_TYPE_COLD_REBOOT, SBI_SRST_RESET_TYPE_WARM_REBOOT };
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
void sbi_srst_reset(int type, int reason);

#endif
