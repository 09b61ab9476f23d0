/* Functions that run beside the boot, and waiting for them. */
#ifndef _LINUX_ASYNC_H
#define _LINUX_ASYNC_H

#include <linux/types.h>

typedef u64 async_cookie_t;
typedef void (*async_func_t)(void *data, async_cookie_t cookie);

/* Runs func in a worker thread; at once, in the caller, when there is no memory to remember it. */
async_cookie_t async_schedule(async_func_t func, void *data);
void async_synchronize_cookie(async_cookie_t cookie);	/* all that were scheduled before cookie are done */
void async_synchronize_full(void);

#endif
