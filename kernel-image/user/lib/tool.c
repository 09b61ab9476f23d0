/* What every small program shares: options, complaints, and reading or writing all of a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

char *optarg;
int optind = 1;

int getopt(int argc, char **argv, const char *letters, const char *text)
{
	static const char *next;
	const char *known;
	char c;

	if (!next || !*next) {
		if (optind >= argc || argv[optind][0] != '-' || !argv[optind][1])
			return -1;
		next = argv[optind++] + 1;
		if (!strcmp(next, "-")) {
			next = NULL;
			return -1;
		}
		if (!strcmp(next, "-help")) {
			printf("Usage: %s\n", text);
			exit(0);
		}
	}
	c = *next++;
	known = strchr(letters, c);
	if (c == ':' || !known)
		usage(text);
	if (known[1] == ':') {
		if (!*next && optind >= argc)
			usage(text);
		optarg = *next ? (char *)next : argv[optind++];
		next = NULL;
	}
	return c;
}

void usage(const char *text)
{
	fprintf(stderr, "Usage: %s\n", text);
	fflush(stdout);
	_exit(2);
}

void warn(const char *what)
{
	int number = errno;

	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", program_name, what, strerror(number));
}

void die(const char *what)
{
	warn(what);
	exit(1);
}

void fail(const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", program_name, message);
	exit(1);
}

long number(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end)
		fail("'%s' is not a number", text);
	return value;
}

int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		p += n;
		len -= n;
	}
	return 0;
}

int copy_fd(int from, int to)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write_all(to, buf, n) < 0)
			return -1;
	return n < 0 ? -1 : 0;
}

int each_to_target(char **files, int count, const char *target, int (*act)(const char *file, const char *path))
{
	struct stat st;
	bool into_directory = stat(target, &st) == 0 && S_ISDIR(st.st_mode);
	int failed = 0;

	if (count > 1 && !into_directory)
		fail("'%s' is not a directory", target);
	for (int i = 0; i < count; i++) {
		const char *slash = strrchr(files[i], '/');
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", target, slash ? slash + 1 : files[i]);
		failed |= act(files[i], into_directory ? path : target);
	}
	return failed;
}

char *slurp(const char *path, size_t *size)
{
	size_t len = 0, capacity = 1024;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *data;
	ssize_t n;

	if (fd < 0)
		return NULL;
	data = malloc(capacity);
	while (data && (n = read(fd, data + len, capacity - len - 1)) > 0) {
		len += n;
		if (capacity - len == 1)
			data = realloc(data, capacity *= 2);
	}
	close(fd);
	if (!data)
		return NULL;
	data[len] = '\0';
	if (size)
		*size = len;
	return data;
}
