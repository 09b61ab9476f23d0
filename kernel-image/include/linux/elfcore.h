/* The notes of an ELF core file for riscv64, as debuggers read them. */
#ifndef _LINUX_ELFCORE_H
#define _LINUX_ELFCORE_H

#include <linux/types.h>

#define ET_CORE		4
#define EF_RISCV_RVC	1
#define EF_RISCV_FLOAT_ABI_DOUBLE 4
#define PT_NOTE		4
#define PN_XNUM		0xffff

#define NT_PRSTATUS	1
#define NT_PRFPREG	2
#define NT_PRPSINFO	3
#define NT_AUXV		6
#define NT_SIGINFO	0x53494749
#define NT_FILE		0x46494c45

#define ELF_NGREG	32	/* pc, then x1 to x31 */
#define ELF_NFPREG	33	/* f0 to f31, then fcsr */
#define ELF_PRARGSZ	80

struct elf64_note {
	u32 n_namesz, n_descsz, n_type;
};

struct elf_prstatus {
	int si_signo, si_code, si_errno;
	short pr_cursig;
	unsigned long pr_sigpend, pr_sighold;
	int pr_pid, pr_ppid, pr_pgrp, pr_sid;
	long pr_utime[2], pr_stime[2], pr_cutime[2], pr_cstime[2];	/* s, us */
	unsigned long pr_reg[ELF_NGREG];
	int pr_fpvalid;
};

struct elf_prpsinfo {
	char pr_state, pr_sname, pr_zomb, pr_nice;
	unsigned long pr_flag;
	u32 pr_uid, pr_gid;
	int pr_pid, pr_ppid, pr_pgrp, pr_sid;
	char pr_fname[16];
	char pr_psargs[ELF_PRARGSZ];
};

#endif
