/* From _start to main() and from exit() back to the kernel. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

int errno;
char **environ;
const char *program_name = "";

int main(int argc, char **argv);
void libc_start(long *stack);
long syscall_error(long result);

void libc_start(long *stack)
{
	int argc = stack[0];
	char **argv = (char **)(stack + 1);

	environ = argv + argc + 1;
	if (argc > 0) {
		const char *slash = strrchr(argv[0], '/');

		program_name = slash ? slash + 1 : argv[0];
	}
	exit(main(argc, argv));
}

static void (*at_exit[4])(void);

int atexit(void (*function)(void))
{
	for (int i = 0; i < 4; i++)
		if (!at_exit[i]) {
			at_exit[i] = function;
			return 0;
		}
	return -1;
}

/* A function that calls exit itself is not called again. */
void exit(int status)
{
	for (int i = 3; i >= 0; i--) {
		void (*function)(void) = at_exit[i];

		at_exit[i] = NULL;
		if (function)
			function();
	}
	fflush(stdout);
	_exit(status);
}

void abort(void)
{
	raise(SIGABRT);
	_exit(127);
}

long syscall_error(long result)
{
	errno = -result;
	return -1;
}
