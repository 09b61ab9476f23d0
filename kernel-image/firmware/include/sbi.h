/* The Supervisor Binary Interface, v2.0: version and the shape of an extension. */
#pragma once
#include <firmware.h>
#include <sbi-ids.h>

#define SBI_SPEC_VERSION	(2UL << 24 | 0)
#define SBI_IMPLEMENTATION_ID	0x6862	/* "hb"; not one of the registered ids */
#define SBI_IMPLEMENTATION_VERSION 1

struct sbi_ret { long error; long value; };
struct sbi_call { unsigned long eid, fid; const unsigned long *arg; };	/* arg[0..5] are a0..a5 */
typedef struct sbi_ret (*sbi_handler)(const struct sbi_call *call);

struct sbi_ret sbi_base(const struct sbi_call *call);
struct sbi_ret sbi_time(const struct sbi_call *call);
struct sbi_ret sbi_ipi(const struct sbi_call *call);
struct sbi_ret sbi_rfence(const struct sbi_call *call);
struct sbi_ret sbi_hsm(const struct sbi_call *call);
struct sbi_ret sbi_srst(const struct sbi_call *call);
struct sbi_ret sbi_dbcn(const struct sbi_call *call);
/* Legacy calls answer in a0 alone: .error. */
struct sbi_ret sbi_legacy(const struct sbi_call *call);

void sbi_ecall(struct trap_frame *f);
bool sbi_extension_available(unsigned long eid);

static inline struct sbi_ret sbi_value(long value) { return (struct sbi_ret){ SBI_SUCCESS, value }; }
static inline struct sbi_ret sbi_error(long error) { return (struct sbi_ret){ error, 0 }; }

/* The harts of a (mask, base) pair as a bit set; false if it names one that is not there or not started. */
bool sbi_hart_mask(unsigned long mask, unsigned long base, unsigned long *harts);

/* hsm.c */
bool hsm_is_running(unsigned long hartid);
/* The boot hart counts as started from the beginning. */
void hsm_boot_hart(unsigned long hartid);
/* A stopped hart: waits until hart_start sends it off. */
_Noreturn void hsm_wait(void);

/* rfence.c: carries out the request that IPI_RFENCE announced. */
void rfence_process(void);

/* time.c */
void timer_interrupt(void);
void timer_set(uint64_t when);
