/* Numbers, sorting and the environment. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int digit(int c)
{
	return isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 36;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	const char *p = s;
	unsigned long value = 0;
	bool negative = false, overflow = false;

	while (isspace(*p))
		p++;
	if (*p == '-' || *p == '+')
		negative = *p++ == '-';
	if ((base == 0 || base == 16) && p[0] == '0' && tolower(p[1]) == 'x' && digit(p[2]) < 16) {
		base = 16;
		p += 2;
	} else if (base == 0) {
		base = p[0] == '0' ? 8 : 10;
	}
	if (digit(*p) >= base)
		p = s;
	else
		for (; digit(*p) < base; p++) {
			if (value > (ULONG_MAX - digit(*p)) / base)
				overflow = true;
			value = value * base + digit(*p);
		}
	if (end)
		*end = (char *)p;
	if (overflow) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return negative ? -value : value;
}

long strtol(const char *s, char **end, int base)
{
	return strtoul(s, end, base);
}

int atoi(const char *s)
{
	return strtol(s, NULL, 10);
}

static void swap(char *a, char *b, size_t size)
{
	while (size--) {
		char t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

/* Heap sort: in place, and never quadratic. */
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	char *a = base;

	for (size_t start = count / 2, end = count; end > 1; ) {
		size_t root, child;

		if (start > 0)
			start--;
		else
			swap(a, a + --end * size, size);
		for (root = start; (child = 2 * root + 1) < end; root = child) {
			if (child + 1 < end && compare(a + child * size, a + (child + 1) * size) < 0)
				child++;
			if (compare(a + root * size, a + child * size) >= 0)
				break;
			swap(a + root * size, a + child * size, size);
		}
	}
}

static char **find(const char *name, size_t len)
{
	for (char **e = environ; *e; e++)
		if (!strncmp(*e, name, len) && (*e)[len] == '=')
			return e;
	return NULL;
}

char *getenv(const char *name)
{
	char **e = find(name, strlen(name));

	return e ? strchr(*e, '=') + 1 : NULL;
}

int unsetenv(const char *name)
{
	char **e = find(name, strlen(name));

	for (; e && *e; e++)
		e[0] = e[1];
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	static char **own;	/* the array that malloc() gave us, not the kernel's */
	size_t count = 0, len = strlen(name);
	char **e = find(name, len), *entry;

	if (e && !overwrite)
		return 0;
	entry = malloc(len + strlen(value) + 2);
	if (!entry)
		return -1;
	strcpy(entry, name);
	entry[len] = '=';
	strcpy(entry + len + 1, value);
	if (e) {
		*e = entry;
		return 0;
	}
	while (environ[count])
		count++;
	e = malloc((count + 2) * sizeof(*e));
	if (!e) {
		free(entry);
		return -1;
	}
	memcpy(e, environ, count * sizeof(*e));
	e[count] = entry;
	e[count + 1] = NULL;
	if (environ == own)
		free(own);
	environ = own = e;
	return 0;
}
