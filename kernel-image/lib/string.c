/* Memory and string functions in C. */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>

#define WORD sizeof(unsigned long)

/* From an s whose words lie shifted against those of d: each is read once. Reads no word of which no byte is wanted. */
static size_t copy_shifted(unsigned long *d, const unsigned char *s, size_t n)
{
	const unsigned long *words = (const unsigned long *)((unsigned long)s & ~(WORD - 1));
	unsigned int right = (unsigned long)s % WORD * 8, left = WORD * 8 - right;
	unsigned long word = *words++;
	size_t done = 0;

	for (; n - done >= WORD; done += WORD) {
		unsigned long next = *words++;

		*d++ = word >> right | next << left;
		word = next;
	}
	return done;
}

static size_t copy_aligned(unsigned long *d, const unsigned long *s, size_t n)
{
	size_t done = 0;

	for (; n - done >= 4 * WORD; done += 4 * WORD, d += 4, s += 4) {
		unsigned long a = s[0], b = s[1], c = s[2], e = s[3];

		d[0] = a;
		d[1] = b;
		d[2] = c;
		d[3] = e;
	}
	for (; n - done >= WORD; done += WORD)
		*d++ = *s++;
	return done;
}

void *memcpy(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (n >= 2 * WORD) {
		size_t done;

		for (; (unsigned long)d % WORD; n--)
			*d++ = *s++;
		done = (unsigned long)s % WORD ? copy_shifted((unsigned long *)d, s, n) :
						 copy_aligned((unsigned long *)d, (const unsigned long *)s, n);
		d += done;
		s += done;
		n -= done;
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (d <= s || d >= s + n)
		return memcpy(dst, src, n);
	while (n--)
		d[n] = s[n];
	return dst;
}

void *memset(void *s, int c, size_t n)
{
	unsigned char *p = s;
	unsigned long word = (unsigned char)c * 0x0101010101010101UL;

	for (; n && ((unsigned long)p & (WORD - 1)); n--)
		*p++ = c;
	for (; n >= 8 * WORD; n -= 8 * WORD, p += 8 * WORD) {
		unsigned long *w = (unsigned long *)p;

		w[0] = w[1] = w[2] = w[3] = w[4] = w[5] = w[6] = w[7] = word;
	}
	for (; n >= WORD; n -= WORD, p += WORD)
		*(unsigned long *)p = word;
	while (n--)
		*p++ = c;
	return s;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n--; p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	for (const unsigned char *p = s; n--; p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--, a++, b++)
		;
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

int strcasecmp(const char *a, const char *b)
{
	for (; *a && tolower(*a) == tolower(*b); a++, b++)
		;
	return tolower((unsigned char)*a) - tolower((unsigned char)*b);
}

char *strcpy(char *dst, const char *src)
{
	return memcpy(dst, src, strlen(src) + 1);
}

/* Copies and always terminates; -E2BIG (7) when src was cut. */
ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size);

	if (!size)
		return -7;
	if (len == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = 0;
		return -7;
	}
	memcpy(dst, src, len + 1);
	return len;
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
	strscpy(dst, src, size);
	return strlen(src);
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

char *strchr(const char *s, int c)
{
	s = strchrnul(s, c);
	return *s == (char)c ? (char *)s : NULL;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

char *strstr(const char *s, const char *sub)
{
	size_t n = strlen(sub);

	for (; *s; s++)
		if (!strncmp(s, sub, n))
			return (char *)s;
	return n ? NULL : (char *)s;
}

size_t strspn(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] && strchr(accept, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

char *strpbrk(const char *s, const char *ct)
{
	s += strcspn(s, ct);
	return *s ? (char *)s : NULL;
}

char *strsep(char **s, const char *ct)
{
	char *start = *s, *end;

	if (!start)
		return NULL;
	end = strpbrk(start, ct);
	if (end)
		*end++ = 0;
	*s = end;
	return start;
}

char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}

char *strim(char *s)
{
	size_t n;

	s = skip_spaces(s);
	for (n = strlen(s); n && isspace(s[n - 1]); n--)
		s[n - 1] = 0;
	return s;
}

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *p = kmalloc(len, gfp);

	return p ? memcpy(p, src, len) : NULL;
}

char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	size_t len = strnlen(s, max);
	char *p = kmalloc(len + 1, gfp);

	if (p) {
		memcpy(p, s, len);
		p[len] = 0;
	}
	return p;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return kmemdup(s, strlen(s) + 1, gfp);
}
