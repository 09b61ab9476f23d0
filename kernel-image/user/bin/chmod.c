/* chmod: changes the mode of files, octal or [ugoa][+-=][rwxst]. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>

static const char synopsis[] = "chmod MODE FILE...";

/* One clause of a symbolic mode; returns what follows it. */
static const char *clause(const char *p, mode_t *mode)
{
	mode_t who = 0, what = 0;
	char operator;

	for (; *p && strchr("ugoa", *p); p++)
		who |= *p == 'u' ? 04700 : *p == 'g' ? 02070 : *p == 'o' ? 01007 : 07777;
	if (!who)
		who = 07777;
	operator = *p++;
	if (!operator || !strchr("+-=", operator))
		usage(synopsis);
	for (; *p && *p != ','; p++) {
		switch (*p) {
		case 'r': what |= 0444; break;
		case 'w': what |= 0222; break;
		case 'x': what |= 0111; break;
		case 'X': what |= S_ISDIR(*mode) || *mode & 0111 ? 0111 : 0; break;
		case 's': what |= 06000; break;
		case 't': what |= 01000; break;
		default: usage(synopsis);
		}
	}
	what &= who;
	*mode = operator == '-' ? *mode & ~what : operator == '+' ? *mode | what : (*mode & ~(who & 0777)) | what;
	return *p ? p + 1 : p;
}

int main(int argc, char **argv)
{
	int failed = 0;
	struct stat st;
	const char *text;

	/* Modes such as -x look like options: there are none. */
	if (argc < 3)
		usage(synopsis);
	for (int i = 2; i < argc; i++) {
		char *end;
		mode_t mode = strtoul(argv[1], &end, 8);

		if (stat(argv[i], &st) < 0) {
			warn(argv[i]);
			failed = 1;
			continue;
		}
		if (end == argv[1] || *end)
			for (mode = st.st_mode, text = argv[1]; *text; )
				text = clause(text, &mode);
		if (chmod(argv[i], mode & 07777) < 0) {
			warn(argv[i]);
			failed = 1;
		}
	}
	return failed;
}
