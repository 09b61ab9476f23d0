/* Buffered streams and formatted output (integers and strings; no floating point). */
#pragma once
#include <stdarg.h>
#include <sys/types.h>

#define EOF	(-1)
#define BUFSIZ	1024

enum buffering { UNBUFFERED, LINE_BUFFERED, FULLY_BUFFERED };

typedef struct FILE {
	int fd;
	enum buffering buffering;
	int error, eof;
	size_t pos, len;	/* reading: next byte and end; writing: pos bytes wait */
	char *buf;		/* of BUFSIZ bytes */
} FILE;

extern FILE *const stdin, *const stdout, *const stderr;

FILE *fopen(const char *path, const char *mode);
int fclose(FILE *f);
int fflush(FILE *f);
int fileno(FILE *f);
int ferror(FILE *f);
void clearerr(FILE *f);
size_t fwrite(const void *data, size_t size, size_t count, FILE *f);
size_t fread(void *data, size_t size, size_t count, FILE *f);
int fputc(int c, FILE *f);
int fputs(const char *s, FILE *f);
int fgetc(FILE *f);
char *fgets(char *line, int size, FILE *f);
ssize_t getline(char **line, size_t *capacity, FILE *f);
int putchar(int c);
int puts(const char *s);
void perror(const char *what);
int rename(const char *from, const char *to);

#define PRINTF(f, a) __attribute__((format(printf, f, a)))
int printf(const char *format, ...) PRINTF(1, 2);
int fprintf(FILE *f, const char *format, ...) PRINTF(2, 3);
int snprintf(char *buf, size_t size, const char *format, ...) PRINTF(3, 4);
int vfprintf(FILE *f, const char *format, va_list args);
int vsnprintf(char *buf, size_t size, const char *format, va_list args);
