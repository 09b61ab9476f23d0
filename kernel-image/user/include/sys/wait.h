/* Waiting for children and reading how they ended. */
#pragma once
#include <sys/types.h>

#define WNOHANG		1
#define WUNTRACED	2

#define WEXITSTATUS(status)	((status) >> 8 & 0xff)
#define WTERMSIG(status)	((status) & 0x7f)
#define WIFEXITED(status)	(WTERMSIG(status) == 0)
#define WIFSTOPPED(status)	(((status) & 0xff) == 0x7f)
#define WIFSIGNALED(status)	(!WIFEXITED(status) && !WIFSTOPPED(status))
#define WSTOPSIG(status)	WEXITSTATUS(status)

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
