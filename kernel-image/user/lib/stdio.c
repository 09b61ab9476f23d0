/* Buffered streams over file descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

static char buffers[3][BUFSIZ];
static FILE standard[3] = {
	{ .fd = STDIN_FILENO, .buf = buffers[0] },
	{ .fd = STDOUT_FILENO, .buffering = FULLY_BUFFERED, .buf = buffers[1] },
	{ .fd = STDERR_FILENO, .buffering = UNBUFFERED, .buf = buffers[2] },
};
FILE *const stdin = &standard[0], *const stdout = &standard[1], *const stderr = &standard[2];

FILE *fopen(const char *path, const char *mode)
{
	int flags = mode[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | (mode[0] == 'a' ? O_APPEND : O_TRUNC);
	int fd = open(path, flags | O_CLOEXEC, 0666);
	FILE *f;

	if (fd < 0)
		return NULL;
	f = calloc(1, sizeof(*f) + BUFSIZ);
	if (!f) {
		close(fd);
		return NULL;
	}
	f->buf = (char *)(f + 1);
	f->fd = fd;
	f->buffering = FULLY_BUFFERED;
	return f;
}

int fflush(FILE *f)
{
	size_t waiting = f->len ? 0 : f->pos;

	if (!waiting)
		return 0;
	f->pos = 0;
	if (write_all(f->fd, f->buf, waiting) < 0) {
		f->error = 1;
		return EOF;
	}
	return 0;
}

int fclose(FILE *f)
{
	int result = fflush(f);

	if (close(f->fd) < 0)
		result = EOF;
	if (f != stdin && f != stdout && f != stderr)
		free(f);
	return result;
}

int fileno(FILE *f)
{
	return f->fd;
}

void clearerr(FILE *f)
{
	f->error = 0;
}

int ferror(FILE *f)
{
	return f->error;
}

int fputc(int c, FILE *f)
{
	/* A terminal shows whole lines as they come; everything else gets full buffers. */
	if (f == stdout && f->buffering == FULLY_BUFFERED && f->pos == 0 && isatty(f->fd))
		f->buffering = LINE_BUFFERED;
	f->buf[f->pos++] = c;
	if (f->pos == BUFSIZ || f->buffering == UNBUFFERED ||
	    (f->buffering == LINE_BUFFERED && c == '\n'))
		return fflush(f) < 0 ? EOF : (unsigned char)c;
	return (unsigned char)c;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *f)
{
	const char *p = data;

	if (f->buffering == UNBUFFERED)
		return write_all(f->fd, data, size * count) < 0 ? 0 : count;
	for (size_t n = size * count; n--; )
		if (fputc(*p++, f) == EOF)
			return 0;
	return count;
}

int fputs(const char *s, FILE *f)
{
	return fwrite(s, 1, strlen(s), f) == strlen(s) ? 0 : EOF;
}

int putchar(int c)
{
	return fputc(c, stdout);
}

int puts(const char *s)
{
	return fputs(s, stdout) == EOF || putchar('\n') == EOF ? EOF : 0;
}

int fgetc(FILE *f)
{
	if (f->pos == f->len) {
		ssize_t n = read(f->fd, f->buf, BUFSIZ);

		if (n <= 0) {
			*(n < 0 ? &f->error : &f->eof) = 1;
			return EOF;
		}
		f->len = n;
		f->pos = 0;
	}
	return (unsigned char)f->buf[f->pos++];
}

size_t fread(void *data, size_t size, size_t count, FILE *f)
{
	char *p = data;
	size_t want = size * count, got = 0;
	int c;

	while (got < want && (c = fgetc(f)) != EOF)
		p[got++] = c;
	return size ? got / size : 0;
}

char *fgets(char *line, int size, FILE *f)
{
	int n = 0, c;

	while (n < size - 1 && (c = fgetc(f)) != EOF) {
		line[n++] = c;
		if (c == '\n')
			break;
	}
	line[n] = '\0';
	return n ? line : NULL;
}

ssize_t getline(char **line, size_t *capacity, FILE *f)
{
	size_t n = 0;
	int c;

	do {
		if (n + 2 > *capacity) {
			size_t larger = *capacity ? *capacity * 2 : 128;
			char *grown = realloc(*line, larger);

			if (!grown)
				return -1;
			*line = grown;
			*capacity = larger;
		}
		c = fgetc(f);
		if (c != EOF)
			(*line)[n++] = c;
	} while (c != EOF && c != '\n');
	(*line)[n] = '\0';
	return n ? (ssize_t)n : -1;
}

void perror(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
}
