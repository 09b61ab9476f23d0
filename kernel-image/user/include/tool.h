/* What every small program shares: its name, options, and complaints with an exit status. */
#pragma once
#include <sys/types.h>

/* The next option letter, or -1 at the end of options; exits through usage() on an
 * option that is not in letters. A letter followed by ':' takes a value in optarg. */
extern char *optarg;
extern int optind;
int getopt(int argc, char **argv, const char *letters, const char *usage);

_Noreturn void usage(const char *text);
/* "name: what: reason of errno" on stderr; die() also exits with status 1. */
void warn(const char *what);
_Noreturn void die(const char *what);
/* "name: message" on stderr and exit with status 1. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A whole decimal number, or fail(). */
long number(const char *text);

/* All of a (small) file, NUL-terminated in malloc()ed memory, or NULL. */
char *slurp(const char *path, size_t *size);
/* Writes everything, or -1. */
int write_all(int fd, const void *data, size_t len);
/* act(file, path) for each file: path is the target, or in it below the file's last name when it is a directory. With more
 * than one file it has to be one, or fail(). 1 if any act() failed. */
int each_to_target(char **files, int count, const char *target, int (*act)(const char *file, const char *path));
/* Copies a descriptor to another until its end: 0, or -1. */
int copy_fd(int from, int to);

extern const char *program_name;
