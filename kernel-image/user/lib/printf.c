/* Formatted output: one walk over the format, into a stream or into a string. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct sink {
	FILE *f;		/* or, when NULL, */
	char *buf;
	size_t size;
	int count;		/* characters asked for, also those beyond size */
};

struct spec {
	bool left, zero, plus, space, alternate;
	int width, precision;	/* precision -1: none given */
	char size;		/* 'h', 'H' (hh), 'l', or 0 */
};

static void put(struct sink *s, const char *text, size_t len)
{
	if (s->f)
		fwrite(text, 1, len, s->f);
	else
		for (size_t i = 0; i < len; i++)
			if (s->count + i + 1 < s->size)
				s->buf[s->count + i] = text[i];
	s->count += len;
}

static void pad(struct sink *s, char c, int count)
{
	for (; count > 0; count--)
		put(s, &c, 1);
}

static void put_string(struct sink *s, const struct spec *spec, const char *text)
{
	size_t len;

	if (!text)
		text = "(null)";
	if (spec->precision >= 0) {
		const char *end = memchr(text, '\0', spec->precision);

		len = end ? (size_t)(end - text) : (size_t)spec->precision;
	} else {
		len = strlen(text);
	}
	if (!spec->left)
		pad(s, ' ', spec->width - (int)len);
	put(s, text, len);
	if (spec->left)
		pad(s, ' ', spec->width - (int)len);
}

static void put_number(struct sink *s, const struct spec *spec, unsigned long value, const char *prefix,
		       unsigned int base, bool upper)
{
	char digits[66], *p = digits + sizeof(digits);
	int len, zeros, total;

	do {
		*--p = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
		value /= base;
	} while (value);
	len = digits + sizeof(digits) - p;
	if (spec->precision == 0 && len == 1 && *p == '0')
		len = 0;
	zeros = spec->precision > len ? spec->precision - len : 0;
	total = strlen(prefix) + zeros + len;
	if (spec->zero && !spec->left && spec->precision < 0 && spec->width > total) {
		zeros += spec->width - total;
		total = spec->width;
	}
	if (!spec->left)
		pad(s, ' ', spec->width - total);
	put(s, prefix, strlen(prefix));
	pad(s, '0', zeros);
	put(s, p, len);
	if (spec->left)
		pad(s, ' ', spec->width - total);
}

static unsigned long narrow(const struct spec *spec, unsigned long value, bool is_signed)
{
	switch (spec->size) {
	case 'l': return value;
	case 'h': return is_signed ? (unsigned long)(short)value : (unsigned short)value;
	case 'H': return is_signed ? (unsigned long)(signed char)value : (unsigned char)value;
	default: return is_signed ? (unsigned long)(int)value : (unsigned int)value;
	}
}

static const char *parse_flags(const char *p, struct spec *spec)
{
	for (;; p++) {
		switch (*p) {
		case '-': spec->left = true; break;
		case '0': spec->zero = true; break;
		case '+': spec->plus = true; break;
		case ' ': spec->space = true; break;
		case '#': spec->alternate = true; break;
		default: return p;
		}
	}
}

static const char *parse_size(const char *p, struct spec *spec)
{
	for (; *p == 'h' || *p == 'l' || *p == 'z' || *p == 't' || *p == 'j'; p++)
		spec->size = *p != 'h' ? 'l' : spec->size == 'h' ? 'H' : 'h';
	return p;
}

static void conversion(struct sink *s, struct spec *spec, char c, va_list *args)
{
	unsigned long value;
	bool negative;
	char one;

	switch (c) {
	case 'd': case 'i':
		value = narrow(spec, va_arg(*args, unsigned long), true);
		negative = (long)value < 0;
		put_number(s, spec, negative ? -value : value,
			   negative ? "-" : spec->plus ? "+" : spec->space ? " " : "", 10, false);
		break;
	case 'u': case 'o': case 'x': case 'X':
		value = narrow(spec, va_arg(*args, unsigned long), false);
		put_number(s, spec, value, spec->alternate && c != 'u' && value ? c == 'o' ? "0" : "0x" : "",
			   c == 'u' ? 10 : c == 'o' ? 8 : 16, c == 'X');
		break;
	case 'p':
		put_number(s, spec, va_arg(*args, unsigned long), "0x", 16, false);
		break;
	case 's':
		put_string(s, spec, va_arg(*args, const char *));
		break;
	default:
		one = c == 'c' ? va_arg(*args, int) : c;
		if (!spec->left)
			pad(s, ' ', spec->width - 1);
		put(s, &one, 1);
		if (spec->left)
			pad(s, ' ', spec->width - 1);
	}
}

static int number_or_star(const char **p, va_list *args)
{
	int value = 0;

	if (**p == '*') {
		(*p)++;
		return va_arg(*args, int);
	}
	for (; isdigit(**p); (*p)++)
		value = value * 10 + (**p - '0');
	return value;
}

static int format_to(struct sink *s, const char *p, va_list outer)
{
	va_list args;

	va_copy(args, outer);
	while (*p) {
		struct spec spec = { .precision = -1 };
		const char *plain = p;

		while (*p && *p != '%')
			p++;
		put(s, plain, p - plain);
		if (!*p || !*++p)
			break;
		p = parse_flags(p, &spec);
		spec.width = number_or_star(&p, &args);
		if (spec.width < 0) {
			spec.left = true;
			spec.width = -spec.width;
		}
		if (*p == '.') {
			p++;
			spec.precision = number_or_star(&p, &args);
		}
		p = parse_size(p, &spec);
		if (!*p)
			break;
		conversion(s, &spec, *p++, &args);
	}
	va_end(args);
	return s->count;
}

int vfprintf(FILE *f, const char *format, va_list args)
{
	/* An unbuffered stream still gets each message in one write. */
	if (f->buffering == UNBUFFERED) {
		char line[512];
		int len = vsnprintf(line, sizeof(line), format, args);

		fwrite(line, 1, len < (int)sizeof(line) ? len : (int)sizeof(line) - 1, f);
		return len;
	}
	return format_to(&(struct sink){ .f = f }, format, args);
}

int vsnprintf(char *buf, size_t size, const char *format, va_list args)
{
	struct sink s = { .buf = buf, .size = size };
	int count = format_to(&s, format, args);

	if (size)
		buf[(size_t)count < size ? (size_t)count : size - 1] = '\0';
	return count;
}

int printf(const char *format, ...)
{
	va_list args;
	int count;

	va_start(args, format);
	count = vfprintf(stdout, format, args);
	va_end(args);
	return count;
}

int fprintf(FILE *f, const char *format, ...)
{
	va_list args;
	int count;

	va_start(args, format);
	count = vfprintf(f, format, args);
	va_end(args);
	return count;
}

int snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int count;

	va_start(args, format);
	count = vsnprintf(buf, size, format, args);
	va_end(args);
	return count;
}
