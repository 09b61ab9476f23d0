/* BUG and WARN: an ebreak that the trap handler reports with file and line. */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>

void __warn(const char *file, int line, void *caller);
void __bug(const char *file, int line) __noreturn;

#define BUG() __bug(__FILE__, __LINE__)
#define BUG_ON(c) do { if (unlikely(c)) BUG(); } while (0)
#define WARN_ON(c) ({					\
	int _w = !!(c);					\
	if (unlikely(_w))				\
		__warn(__FILE__, __LINE__, __builtin_return_address(0)); \
	unlikely(_w);					\
})
#define WARN_ON_ONCE(c) ({				\
	static _Bool _done;				\
	int _w = !!(c);					\
	if (unlikely(_w && !_done)) {			\
		_done = 1;				\
		__warn(__FILE__, __LINE__, __builtin_return_address(0)); \
	}						\
	unlikely(_w);					\
})

#endif
