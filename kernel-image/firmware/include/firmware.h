/* What the firmware's files share. */
#pragma once
#include <csr.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- start.S ---- */
extern char _fw_start[], _fw_end[], _fw_limit[];
/* Leaves for S-mode at address, with a0 = hart id and a1 = opaque. The stack starts afresh. */
_Noreturn void enter_supervisor(unsigned long hartid, unsigned long opaque, unsigned long address);

/* ---- trap.S, trap.c ---- */
struct trap_frame { unsigned long x[32], mepc, mstatus; };
void trap_entry(void);
/* Hands a trap of S- or U-mode on to S-mode's handler. */
void redirect_trap(struct trap_frame *f, unsigned long cause, unsigned long tval);

/* ---- probe.S: things that may trap, tried ---- */
bool try_read_menvcfg(unsigned long *value);
bool try_write_menvcfg(unsigned long value);
bool try_write_pmp(unsigned long cfg, unsigned long addr0, unsigned long addr1);
bool try_write_counters(void);
/* One byte as the interrupted mode sees it (mstatus.MPRV), with bits such as MXR; a fault is in mcause and mtval. */
bool try_load(const void *address, uint8_t *byte, unsigned long mstatus_bits);
bool try_store(void *address, uint8_t byte, unsigned long mstatus_bits);

/* ---- emulate.c ---- */
bool emulate_csr(struct trap_frame *f, uint32_t instruction);
void emulate_misaligned(struct trap_frame *f, unsigned long cause, unsigned long address);
/* The instruction at f->mepc; on a fault that trap is redirected and false returned. */
bool fetch_instruction(struct trap_frame *f, uint32_t *instruction);

/* ---- fdt.c ---- */
struct fdt_node {
	const char *name;
	const char *compatible, *status, *device_type;	/* NULL when absent */
	uint32_t compatible_len;
	const uint32_t *reg;
	uint32_t reg_len, reg_shift;
	uint32_t address_cells, size_cells;		/* as the parent says, for reg */
	uint32_t child_address_cells, child_size_cells;
};
/* NULL, or what is wrong with the blob. */
const char *fdt_check(const void *fdt);
void fdt_for_each_node(const void *fdt, void (*visit)(const struct fdt_node *node));
bool fdt_compatible(const struct fdt_node *node, const char *name);
/* The i-th number of reg: address and size alternate. */
uint64_t fdt_reg(const struct fdt_node *node, int i);
/* Adds /reserved-memory/mmode_resv@start; false if the blob cannot grow up to limit. */
bool fdt_reserve(void *fdt, uint64_t start, uint64_t size, uint64_t limit);

/* ---- platform.c: the machine, as its device tree tells ---- */
extern struct platform {
	uintptr_t uart, clint, finisher;
	unsigned int uart_shift;
	bool hart_present[MAX_HARTS];
	int hart_count;
	uint64_t ram_start, ram_end;
} platform;
void platform_init(const void *fdt);

/* ---- uart.c ---- */
void uart_init(void);
void uart_putc(char c);
int uart_getc(void);	/* -1 when nothing waits */
void print(const char *s);
void print_hex(uint64_t value);
void print_decimal(uint64_t value);

/* ---- clint.c ---- */
uint64_t clint_time(void);
void clint_set_timer(unsigned long hartid, uint64_t when);
void clint_send_ipi(unsigned long hartid);
void clint_clear_ipi(unsigned long hartid);

/* ---- finisher.c ---- */
enum ending { ENDING_SHUTDOWN, ENDING_REBOOT, ENDING_FAILURE };
bool finisher_present(void);
_Noreturn void finish(enum ending ending);
/* Says why and ends the machine with a failure. */
_Noreturn void panic(const char *message);

/* ---- hart.c ---- */
void hart_init(void);
bool hart_has_sstc(void);
unsigned long hart_id(void);

/* ---- pmp.c ---- */
void pmp_init(void);

/* ---- ipi.c: work that one hart asks of others ---- */
enum ipi_event { IPI_SOFT = 1, IPI_RFENCE = 2, IPI_WAKE = 4 };
void ipi_send(unsigned long hartid, enum ipi_event event);
void ipi_process(void);

/* ---- string.c ---- */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

static inline void mmio_write32(uintptr_t a, uint32_t v) { *(volatile uint32_t *)a = v; }
static inline uint8_t mmio_read8(uintptr_t a) { return *(volatile uint8_t *)a; }
static inline void mmio_write8(uintptr_t a, uint8_t v) { *(volatile uint8_t *)a = v; }
