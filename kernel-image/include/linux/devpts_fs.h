/* Nodes of pseudo-terminals. */
#ifndef _LINUX_DEVPTS_FS_H
#define _LINUX_DEVPTS_FS_H

#include <linux/fs.h>

#define UNIX98_PTY_SLAVE_MAJOR 136

int devpts_pty_new(unsigned int index);
void devpts_pty_kill(unsigned int index);

#endif
