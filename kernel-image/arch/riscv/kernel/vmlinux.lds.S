/* Layout of the kernel image: text, init (given back after boot), rodata, data, bss. */
#include <asm/page.h>

/* Where an ELF loader puts the image; the kernel itself finds out where it runs. */
#define LOAD_ADDR 0x80200000
#define LMA(section) AT(ADDR(section) - KERNEL_LINK_ADDR + LOAD_ADDR)
#define INITCALL_LEVEL(level) __initcall##level##_start = .; KEEP(*(.initcall##level.init))

OUTPUT_ARCH(riscv)
#define DWARF_SECTION(s) s 0 : { *(s) }
ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	init PT_LOAD FLAGS(7);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = KERNEL_LINK_ADDR;
	_stext = .;
	.text : LMA(.text) {
		KEEP(*(.head.text))
		_text = .;
		*(EXCLUDE_FILE(*_kunit.o) .text EXCLUDE_FILE(*_kunit.o) .text.*)
		_etext = .;
	} :text

	. = ALIGN(4096);
	__init_begin = .;
	.init.text : LMA(.init.text) {
		_sinittext = .;
		*(.init.text)
		*_kunit.o(.text .text.*)
		_einittext = .;
	} :init
	. = ALIGN(4096);
	__init_data_begin = .;
	.init.data : LMA(.init.data) {
		*(.init.data) *(.init.rodata)
		/* The kernel's own tests run before free_initmem, and go with it. */
		*_kunit.o(.rodata .rodata.* .srodata .srodata.* .data .data.* .sdata .sdata.* .bss .bss.* .sbss .sbss.*)
		. = ALIGN(8);
		__kunit_suites_start = .; KEEP(*(.kunit_test_suites)) __kunit_suites_end = .;
		. = ALIGN(8);
		__setup_start = .; KEEP(*(.init.setup)) __setup_end = .;
		__start_early_lsm_info = .; KEEP(*(.early_lsm_info.init)) __end_early_lsm_info = .;
		__irqchip_of_table = .; KEEP(*(.init.irqchip)) __irqchip_of_table_end = .;
		__con_initcall_start = .; KEEP(*(.initcallcon.init)) __con_initcall_end = .;
		__initcall_start = .;
		KEEP(*(.initcallearly.init))
		INITCALL_LEVEL(0) INITCALL_LEVEL(1) INITCALL_LEVEL(2) INITCALL_LEVEL(3)
		INITCALL_LEVEL(4) INITCALL_LEVEL(5) INITCALL_LEVEL(rootfs)
		INITCALL_LEVEL(6) INITCALL_LEVEL(7)
		__initcall_end = .;
		__ctors_start = .; KEEP(*(SORT(.init_array.*))) KEEP(*(.init_array)) KEEP(*(.ctors)) __ctors_end = .;
		. = ALIGN(64);
		__per_cpu_start = .; *(.data..percpu) . = ALIGN(64); __per_cpu_end = .;
	} :init
	. = ALIGN(4096);
	__init_end = .;

	.rodata : LMA(.rodata) {
		__start_rodata = .;
		*(.rodata .rodata.* .srodata .srodata.*)
		. = ALIGN(8);
		__start___ksymtab = .; KEEP(*(__ksymtab)) __stop___ksymtab = .;
		__start___ksymtab_gpl = .; KEEP(*(__ksymtab_gpl)) __stop___ksymtab_gpl = .;
		__start___ex_table = .; KEEP(*(__ex_table)) __stop___ex_table = .;
	} :rodata
	. = ALIGN(4096);
	__end_rodata = .;

	_sdata = .;
	.data : LMA(.data) {
		/* INIT_TASK_DATA: the boot task's stack, aligned like every kernel stack. */
		. = ALIGN(THREAD_SIZE);
		init_thread_union = .;
		init_stack = .;
		. += THREAD_SIZE;
		KEEP(*(.data..init_task))
		*(.data..page_aligned)
		*(.data .data.*)
		__global_pointer$ = . + 0x800;
		*(.sdata .sdata.*)
	} :data
	_edata = .;

	.bss (NOLOAD) : LMA(.bss) {
		__bss_start = .;
		*(.bss..page_aligned)
		*(.sbss .sbss.* .bss .bss.* COMMON)
		. = ALIGN(8);
		__bss_stop = .;
	} :data
	. = ALIGN(4096);
	_end = .;

	/DISCARD/ : { *(.note*) *(.eh_frame*) *(.riscv.attributes) }
	.comment 0 : { *(.comment) }
	DWARF_SECTION(.debug_info) DWARF_SECTION(.debug_abbrev) DWARF_SECTION(.debug_aranges)
	DWARF_SECTION(.debug_line) DWARF_SECTION(.debug_line_str) DWARF_SECTION(.debug_str)
	DWARF_SECTION(.debug_loclists) DWARF_SECTION(.debug_rnglists) DWARF_SECTION(.debug_frame)
}
