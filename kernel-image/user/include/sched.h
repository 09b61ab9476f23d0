/* Which CPUs a task may run on, and giving up the CPU. */
#pragma once
#include <sys/types.h>

int sched_getaffinity(pid_t pid, size_t size, void *mask);
int sched_yield(void);
