/* Assembler function markers. */
#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

#ifdef __ASSEMBLY__
	/* Call frames are for debuggers; .eh_frame would be loaded. */
	.cfi_sections .debug_frame
#define SYM_FUNC_START(name) .globl name; .balign 4; .type name, @function; name: .cfi_startproc
#define SYM_FUNC_END(name) .cfi_endproc; .size name, . - name
#endif

#endif
