/* Boundaries that the linker script sets. */
#ifndef _ASM_SECTIONS_H
#define _ASM_SECTIONS_H

extern char _start[], _stext[], _text[], _etext[], _sinittext[], _einittext[], _sdata[], _edata[], _end[];
extern char __init_begin[], __init_data_begin[], __init_end[];
extern char __start_rodata[], __end_rodata[], __bss_start[], __bss_stop[];
extern char __per_cpu_start[], __per_cpu_end[];
extern char __ctors_start[], __ctors_end[];

#endif
