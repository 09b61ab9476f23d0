/* Formatted printing into buffers, and its reverse for numbers. */
#include <linux/kallsyms.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>

struct printf_spec {
	bool left, plus, space, alt, zero, is_signed;
	int width, precision;
	unsigned int base;
	const char *digits;
};

struct sink {
	char *pos, *end;	/* pos may run past end: it counts */
};

static void put(struct sink *out, char c)
{
	if (out->pos < out->end)
		*out->pos = c;
	out->pos++;
}

static void pad(struct sink *out, int n, char c)
{
	while (n-- > 0)
		put(out, c);
}

static void put_string(struct sink *out, const char *s, const struct printf_spec *spec)
{
	int len = strnlen(s, spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision);

	if (!spec->left)
		pad(out, spec->width - len, ' ');
	for (int i = 0; i < len; i++)
		put(out, s[i]);
	if (spec->left)
		pad(out, spec->width - len, ' ');
}

static void put_number(struct sink *out, u64 num, const struct printf_spec *spec)
{
	char digits[66], sign = 0;
	int n = 0, zeros, width = spec->width;
	const char *prefix = "";

	if (spec->is_signed && (s64)num < 0) {
		sign = '-';
		num = -num;
	} else if (spec->is_signed && (spec->plus || spec->space)) {
		sign = spec->plus ? '+' : ' ';
	}
	if (spec->alt && spec->base == 16 && num)
		prefix = spec->digits[10] == 'A' ? "0X" : "0x";
	else if (spec->alt && spec->base == 8 && num)
		prefix = "0";
	do {
		digits[n++] = spec->digits[num % spec->base];
		num /= spec->base;
	} while (num);
	if (spec->precision == 0 && n == 1 && digits[0] == '0')
		n = 0;

	width -= (sign != 0) + strlen(prefix);
	zeros = spec->precision - n;
	if (spec->zero && !spec->left && spec->precision < 0)
		zeros = width - n;
	zeros = max(zeros, 0);
	width -= n + zeros;

	if (!spec->left)
		pad(out, width, ' ');
	if (sign)
		put(out, sign);
	while (*prefix)
		put(out, *prefix++);
	pad(out, zeros, '0');
	while (n)
		put(out, digits[--n]);
	if (spec->left)
		pad(out, width, ' ');
}

static int read_count(const char **fmt, va_list *args)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(*args, int);
	}
	while (isdigit(**fmt))
		n = n * 10 + *(*fmt)++ - '0';
	return n;
}

static const char *read_flags(const char *fmt, struct printf_spec *spec)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-': spec->left = true; break;
		case '+': spec->plus = true; break;
		case ' ': spec->space = true; break;
		case '#': spec->alt = true; break;
		case '0': spec->zero = true; break;
		default: return fmt;
		}
	}
}

/* size in bytes of the argument that the length modifier names */
static int read_length(const char **fmt)
{
	switch (*(*fmt)) {
	case 'h':
		if (*++(*fmt) != 'h')
			return 2;
		++(*fmt);
		return 1;
	case 'l':
		if (*++(*fmt) == 'l')
			++(*fmt);
		return 8;
	case 'z':
	case 'j':
	case 't':
		++(*fmt);
		return 8;
	default:
		return 4;
	}
}

static u64 read_argument(va_list *args, int size, bool is_signed)
{
	u64 v;

	if (size == 8)
		return va_arg(*args, u64);
	v = va_arg(*args, unsigned int);
	switch (size) {
	case 1: return is_signed ? (u64)(s8)v : (u8)v;
	case 2: return is_signed ? (u64)(s16)v : (u16)v;
	default: return is_signed ? (u64)(s32)v : (u32)v;
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink out = { buf, buf + size };
	va_list args;

	if (out.end < buf)
		out.end = (char *)ULONG_MAX;
	va_copy(args, ap);
	for (; *fmt; fmt++) {
		struct printf_spec spec = { .precision = -1, .base = 10, .digits = "0123456789abcdef" };
		int length;

		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt = read_flags(fmt + 1, &spec);
		spec.width = read_count(&fmt, &args);
		if (spec.width < 0) {
			spec.left = true;
			spec.width = -spec.width;
		}
		if (*fmt == '.') {
			fmt++;
			spec.precision = read_count(&fmt, &args);
		}
		length = read_length(&fmt);
		switch (*fmt) {
		case 'c':
			spec.precision = -1;
			if (!spec.left)
				pad(&out, spec.width - 1, ' ');
			put(&out, va_arg(args, int));
			if (spec.left)
				pad(&out, spec.width - 1, ' ');
			continue;
		case 's': {
			const char *s = va_arg(args, const char *);

			put_string(&out, s ? s : "(null)", &spec);
			continue;
		}
		case 'p':
			if (fmt[1] == 'S') {
				char symbol[KSYM_NAME_LEN + 32];

				fmt++;
				sprint_symbol(symbol, sizeof(symbol), (unsigned long)va_arg(args, void *));
				put_string(&out, symbol, &spec);
				continue;
			}
			spec.zero = true;
			spec.base = 16;
			spec.width = max(spec.width, 16);
			length = 8;
			break;
		case 'd':
		case 'i':
			spec.is_signed = true;
			break;
		case 'u':
			break;
		case 'X':
			spec.digits = "0123456789ABCDEF";
			fallthrough;
		case 'x':
			spec.base = 16;
			break;
		case 'o':
			spec.base = 8;
			break;
		case '%':
			put(&out, '%');
			continue;
		default:
			put(&out, '%');
			fmt--;
			continue;
		}
		put_number(&out, read_argument(&args, length, spec.is_signed), &spec);
	}
	va_end(args);
	if (size)
		*(out.pos < out.end ? out.pos : out.end - 1) = 0;
	return out.pos - buf;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int n = vsnprintf(buf, size, fmt, args);

	return size ? min(n, (int)size - 1) : 0;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, INT_MAX, fmt, args);
	va_end(args);
	return n;
}

unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)
{
	unsigned long v = 0;

	if (cp[0] == '0' && (cp[1] == 'x' || cp[1] == 'X') && isxdigit(cp[2]) && (!base || base == 16)) {
		base = 16;
		cp += 2;
	} else if (!base) {
		base = cp[0] == '0' ? 8 : 10;
	}
	for (; isxdigit(*cp); cp++) {
		unsigned int digit = isdigit(*cp) ? *cp - '0' : tolower(*cp) - 'a' + 10;

		if (digit >= base)
			break;
		v = v * base + digit;
	}
	if (endp)
		*endp = (char *)cp;
	return v;
}
