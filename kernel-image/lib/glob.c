/* Matching names against patterns with * and ?. */
#include <linux/glob.h>
#include <linux/kernel.h>

bool glob_match(const char *pat, const char *str)
{
	const char *star = NULL, *retry = NULL;

	while (*str) {
		bool escaped = *pat == '\\' && pat[1];

		if (*pat == '*') {
			star = ++pat;
			retry = str;
		} else if (*pat == '?' || pat[escaped] == *str) {
			pat += 1 + escaped;
			str++;
		} else if (star) {	/* the last star takes one character more */
			pat = star;
			str = ++retry;
		} else {
			return false;
		}
	}
	while (*pat == '*')
		pat++;
	return !*pat;
}
