/* Symbols that modules may use. */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

struct kernel_symbol {
	unsigned long value;
	const char *name;
};

#define __EXPORT_SYMBOL(sym, sec)						\
	static const struct kernel_symbol __ksymtab_##sym			\
	__attribute__((__used__, __section__(sec), __aligned__(8))) = { (unsigned long)&sym, #sym }
#define EXPORT_SYMBOL(sym) __EXPORT_SYMBOL(sym, "__ksymtab")
/* For modules whose license is compatible with the GPL. */
#define EXPORT_SYMBOL_GPL(sym) __EXPORT_SYMBOL(sym, "__ksymtab_gpl")

#endif
