/* Layout of the decompressor: its head in the place of the kernel, the rest behind that. The compressed data follow. */

/* The addresses serve debuggers; the code goes by the distance alone. */
#define LOAD_ADDR 0x80200000

OUTPUT_ARCH(riscv)
#define DWARF_SECTION(s) s 0 : { *(s) }
ENTRY(start)

PHDRS
{
	head PT_LOAD FLAGS(5);
	text PT_LOAD FLAGS(5);
}

SECTIONS
{
	. = LOAD_ADDR;
	.head.text : {
		KEEP(*(.head.text))
		. = ALIGN(8);
		head_end = .;
	} :head

	. = LOAD_ADDR + ALIGN(KERNEL_SIZE, 4096);
	.text : {
		*(.text.restart)
		*(.text .text.*)
		*(.rodata .rodata.* .srodata .srodata.*)
		*(.got .got.plt)
		. = ALIGN(8);
		input_data = .;
	} :text
	.data : { *(.data .data.* .sdata .sdata.* .bss .bss.* .sbss .sbss.* COMMON) }
	ASSERT(SIZEOF(.data) == 0, "the decompressor has no memory for variables")
	.rela : { *(.rela.*) }
	ASSERT(SIZEOF(.rela) == 0, "the decompressor must not hold addresses")

	/DISCARD/ : { *(.note*) *(.eh_frame*) *(.riscv.attributes) *(.dyn*) *(.gnu.hash) *(.hash) *(.interp) }
	.comment 0 : { *(.comment) }
	DWARF_SECTION(.debug_info) DWARF_SECTION(.debug_abbrev) DWARF_SECTION(.debug_aranges)
	DWARF_SECTION(.debug_line) DWARF_SECTION(.debug_line_str) DWARF_SECTION(.debug_str)
	DWARF_SECTION(.debug_loclists) DWARF_SECTION(.debug_rnglists) DWARF_SECTION(.debug_frame)
}
