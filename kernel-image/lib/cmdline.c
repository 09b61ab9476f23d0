/* Words of command lines: of the kernel and of modules. */
#include <linux/kernel.h>
#include <linux/string.h>

char *next_arg(char **line, char **val)
{
	char *param = skip_spaces(*line), *p = param;
	bool quoted = false;

	*val = NULL;
	if (!*param)
		return NULL;
	for (; *p && (quoted || (*p != ' ' && *p != '\t' && *p != '\n')); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '=' && !*val && !quoted)
			*val = p + 1;
	}
	*line = *p ? p + 1 : p;
	*p = 0;
	if (*val) {
		(*val)[-1] = 0;
		if (**val == '"') {
			size_t len = strlen(++*val);

			if (len && (*val)[len - 1] == '"')
				(*val)[len - 1] = 0;
		}
	}
	return param;
}
