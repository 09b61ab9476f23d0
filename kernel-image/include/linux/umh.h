/* Starting user programs from the kernel. */
#ifndef _LINUX_UMH_H
#define _LINUX_UMH_H

void usermodehelper_init(void);
void usermodehelper_enable(void);
#define UMH_WAIT_EXEC 1		/* until the program runs: 0, or why it could not */
#define UMH_WAIT_PROC 2		/* until it has ended: then its wait status */
int call_usermodehelper(const char *path, const char *const *argv, const char *const *envp, int wait);

#endif
