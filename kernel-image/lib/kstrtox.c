/* Numbers from text, the whole of it: -EINVAL for what is none, -ERANGE for what does not fit. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

static unsigned int digit_value(char c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : UINT_MAX;
}

/* Takes the prefix off that says the base. */
static const char *parse_prefix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (!*base)
		*base = hex ? 16 : *s == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/* Digits, and at most one newline behind them. */
static int parse_digits(const char *s, unsigned int base, unsigned long *res)
{
	const char *p = parse_prefix(s, &base), *first = p;
	unsigned long v = 0;
	bool fits = true;

	for (; digit_value(*p) < base; p++) {
		unsigned int digit = digit_value(*p);

		fits = fits && v <= (ULONG_MAX - digit) / base;
		v = v * base + digit;
	}
	if (p == first || (*p == '\n' ? p[1] : *p))
		return -EINVAL;
	if (!fits)
		return -ERANGE;
	*res = v;
	return 0;
}

int kstrtoul(const char *s, unsigned int base, unsigned long *res)
{
	return parse_digits(s + (*s == '+'), base, res);
}

int kstrtol(const char *s, unsigned int base, long *res)
{
	bool neg = *s == '-';
	unsigned long v;
	int err = neg ? parse_digits(s + 1, base, &v) : kstrtoul(s, base, &v);

	if (err)
		return err;
	if (v > (unsigned long)LONG_MAX + neg)
		return -ERANGE;
	*res = neg ? -v : v;
	return 0;
}

int kstrtoint(const char *s, unsigned int base, int *res)
{
	long v;
	int err = kstrtol(s, base, &v);

	if (err)
		return err;
	if (v != (int)v)
		return -ERANGE;
	*res = v;
	return 0;
}

int kstrtouint(const char *s, unsigned int base, unsigned int *res)
{
	unsigned long v;
	int err = kstrtoul(s, base, &v);

	if (err)
		return err;
	if (v > UINT_MAX)
		return -ERANGE;
	*res = v;
	return 0;
}

int kstrtobool(const char *s, bool *res)
{
	bool yes = strchr("yYtT1", s[0]), no = strchr("nNfF0", s[0]);

	if (!s[0])
		return -EINVAL;
	if (tolower(s[0]) == 'o') {
		yes = tolower(s[1]) == 'n';
		no = tolower(s[1]) == 'f';
	}
	if (!yes && !no)
		return -EINVAL;
	*res = yes;
	return 0;
}
