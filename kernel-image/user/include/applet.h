/* Commands that are programs in /bin and builtins of the shell alike. */
#pragma once
#include <sys/types.h>

int echo_command(int argc, char **argv);
/* group: the process group that a "%1" stands for, or 0. */
int kill_command(int argc, char **argv, pid_t (*group)(const char *job));
/* The condition in argv[1..argc-1]: 0 true, 1 false, 2 malformed. */
int test_command(int argc, char **argv);
