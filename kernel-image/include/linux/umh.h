/* Starting user programs from the kernel. */
#ifndef _LINUX_UMH_H
#define _LINUX_UMH_H

void usermodehelper_init(void);
void usermodehelper_enable(void);
/* Waits until the program runs; 0, or why it could not. */
int call_usermodehelper(const char *path, const char *const *argv, const char *const *envp);

#endif
