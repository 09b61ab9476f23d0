/* exec with the present environment, and with a search along PATH. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

int execvp(const char *name, char *const argv[])
{
	const char *path = getenv("PATH");
	int denied = 0;

	if (!*name) {
		errno = ENOENT;
		return -1;
	}
	if (strchr(name, '/'))
		return execv(name, argv);
	if (!path)
		path = "/bin:/sbin";
	while (*path) {
		size_t len = strcspn(path, ":");
		char full[256];

		if (snprintf(full, sizeof(full), "%.*s/%s", len ? (int)len : 1, len ? path : ".", name) <
		    (int)sizeof(full)) {
			execv(full, argv);
			if (errno == EACCES)
				denied = 1;
			else if (errno != ENOENT && errno != ENOTDIR)
				return -1;
		}
		path += len;
		path += *path == ':';
	}
	errno = denied ? EACCES : ENOENT;
	return -1;
}
