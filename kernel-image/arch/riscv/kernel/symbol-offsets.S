/* Structure offsets as absolute symbols: a debugger or tracer outside needs only the ELF symbol table. */
#define X(name, value) .globl name; .equ name, value
#include <generated/symbol-offsets.h>
