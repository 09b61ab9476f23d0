/* The command line: early parameters, __setup parameters, and the rest for init. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "init.h"

extern const struct obs_kernel_param __setup_start[], __setup_end[];

char *saved_command_line;	/* untouched, for /proc/cmdline */
static char *static_command_line;
static char early_command_line[COMMAND_LINE_SIZE] __initdata;

const char *argv_init[MAX_INIT_ARGS + 2] = { "init" };
const char *envp_init[MAX_INIT_ENVS + 2] = { "HOME=/", "TERM=linux" };

void __init setup_command_line(char *command_line)
{
	size_t len = strlen(boot_command_line) + 1;

	saved_command_line = memblock_alloc(len, 1);
	static_command_line = memblock_alloc(len, 1);
	strcpy(saved_command_line, boot_command_line);
	strcpy(static_command_line, command_line);
}

static void __init parse_early_options(char *line)
{
	char *param, *val;

	while ((param = next_arg(&line, &val)))
		for (const struct obs_kernel_param *p = __setup_start; p < __setup_end; p++)
			if (p->early && !strcmp(param, p->str) && p->setup_func(val ? val : ""))
				pr_warn("Malformed early option '%s'\n", param);
}

void __init parse_early_param(void)
{
	static bool done __initdata;

	if (done)
		return;
	strscpy(early_command_line, boot_command_line, COMMAND_LINE_SIZE);
	parse_early_options(early_command_line);
	done = true;
}

/* __setup strings end in '=' when they take a value. */
static bool __init obsolete_checksetup(const char *param, char *val)
{
	size_t n = strlen(param);
	bool known = false;

	for (const struct obs_kernel_param *p = __setup_start; p < __setup_end; p++) {
		if (p->early)
			known |= !strcmp(param, p->str);
		else if (!strncmp(param, p->str, n) && !strcmp(p->str + n, val ? "=" : ""))
			known |= p->setup_func(val ? val : "") != 0;
	}
	return known;
}

/* What no one here knows is for init: NAME=VALUE in its environment, other words as arguments. */
static void __init unknown_bootoption(char *param, char *val)
{
	const char **list = val ? envp_init : argv_init;
	int max = val ? MAX_INIT_ENVS : MAX_INIT_ARGS, i;

	if (strchr(param, '.'))		/* a parameter of a module that is not here */
		return;
	if (val)
		val[-1] = '=';
	for (i = 0; list[i]; i++) {
		if (i == max)
			panic("Too many boot %s vars at '%s'", val ? "env" : "init", param);
		if (val && !strncmp(param, list[i], val - param))
			break;
	}
	list[i] = param;
}

void __init parse_args(void)
{
	char *line = static_command_line, *param, *val;
	bool rest_for_init = false;

	while ((param = next_arg(&line, &val))) {
		if (!rest_for_init && !strcmp(param, "--"))
			rest_for_init = true;
		else if (rest_for_init || !obsolete_checksetup(param, val))
			unknown_bootoption(param, val);
	}
}
