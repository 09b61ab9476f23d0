/* Supervisor CSRs: field names, cause numbers and accessors (privileged manual, chapter 4). */
#ifndef _ASM_CSR_H
#define _ASM_CSR_H

#define SR_SIE 0x00000002
#define SR_SPIE 0x00000020
#define SR_SPP 0x00000100
#define SR_FS 0x00006000
#define SR_FS_OFF 0x00000000
#define SR_FS_INITIAL 0x00002000
#define SR_FS_CLEAN 0x00004000
#define SR_FS_DIRTY 0x00006000
#define SR_SUM 0x00040000
#define SR_MXR 0x00080000
#define SR_UXL_64 0x200000000

#define SATP_MODE_39 0x8000000000000000

#define CAUSE_IRQ_FLAG (1UL << 63)
#define IRQ_S_SOFT 1
#define IRQ_S_TIMER 5
#define IRQ_S_EXT 9
#define SIE_SSIE (1 << IRQ_S_SOFT)
#define SIE_STIE (1 << IRQ_S_TIMER)
#define SIE_SEIE (1 << IRQ_S_EXT)

#define EXC_INST_MISALIGNED 0
#define EXC_INST_ACCESS 1
#define EXC_INST_ILLEGAL 2
#define EXC_BREAKPOINT 3
#define EXC_LOAD_MISALIGNED 4
#define EXC_LOAD_ACCESS 5
#define EXC_STORE_MISALIGNED 6
#define EXC_STORE_ACCESS 7
#define EXC_SYSCALL 8
#define EXC_INST_PAGE_FAULT 12
#define EXC_LOAD_PAGE_FAULT 13
#define EXC_STORE_PAGE_FAULT 15

#ifndef __ASSEMBLY__
#define csr_read(csr) ({						\
	unsigned long _v;						\
	__asm__ __volatile__("csrr %0, " #csr : "=r"(_v) :: "memory");	\
	_v;								\
})
#define csr_write(csr, val)						\
	__asm__ __volatile__("csrw " #csr ", %0" :: "rK"((unsigned long)(val)) : "memory")
#define csr_set(csr, val)						\
	__asm__ __volatile__("csrs " #csr ", %0" :: "rK"((unsigned long)(val)) : "memory")
#define csr_clear(csr, val)						\
	__asm__ __volatile__("csrc " #csr ", %0" :: "rK"((unsigned long)(val)) : "memory")
#define csr_read_clear(csr, val) ({					\
	unsigned long _v;						\
	__asm__ __volatile__("csrrc %0, " #csr ", %1" : "=r"(_v) : "rK"((unsigned long)(val)) : "memory"); \
	_v;								\
})
#endif

#endif
