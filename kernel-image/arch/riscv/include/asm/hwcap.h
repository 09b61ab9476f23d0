/* The extensions that all harts have, one bit per letter, as programs find them in AT_HWCAP. */
#ifndef _ASM_HWCAP_H
#define _ASM_HWCAP_H

#define HWCAP_ISA(letter) (1UL << ((letter) - 'a'))

extern unsigned long elf_hwcap;

#endif
