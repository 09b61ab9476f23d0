/* Scripts: "#! interpreter [argument]" in the first line runs the interpreter with the script's name. */
#include <linux/binfmts.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Splits the line in buf in place; the argument is all the rest of the line, as one word. */
static int parse_line(char *buf, char **name, char **arg)
{
	char *end = strchr(buf, '\n'), *p;

	if (!end)
		return -ENOEXEC;
	while (end > buf && is_blank(end[-1]))
		end--;
	*end = '\0';
	for (p = buf + 2; is_blank(*p); p++)
		;
	if (!*p)
		return -ENOEXEC;
	*name = p;
	while (*p && !is_blank(*p))
		p++;
	*arg = NULL;
	if (*p) {
		*p++ = '\0';
		while (is_blank(*p))
			p++;
		*arg = p;
	}
	return 0;
}

static int load_script(struct linux_binprm *bprm)
{
	char buf[BINPRM_BUF_SIZE + 1], *name, *arg;
	struct file *file;
	int ret;

	if (bprm->buf[0] != '#' || bprm->buf[1] != '!')
		return -ENOEXEC;
	memcpy(buf, bprm->buf, BINPRM_BUF_SIZE);
	buf[BINPRM_BUF_SIZE] = '\0';
	ret = parse_line(buf, &name, &arg);
	if (ret)
		return ret;
	file = open_exec(name);
	if (IS_ERR(file))
		return PTR_ERR(file);

	/* argv[0] gives way to: interpreter, argument, script. Pushed downwards, so in reverse. */
	ret = remove_arg_zero(bprm);
	if (!ret)
		ret = copy_string_kernel(bprm->interp, bprm);
	if (!ret) {
		bprm->argc++;
		if (arg) {
			ret = copy_string_kernel(arg, bprm);
			bprm->argc++;
		}
	}
	if (!ret) {
		ret = copy_string_kernel(name, bprm);
		bprm->argc++;
	}
	if (!ret)
		ret = bprm_change_interp(name, bprm);
	if (ret) {
		fput(file);
		return ret;
	}
	bprm->interpreter = file;
	return 0;
}

static struct linux_binfmt script_format = {
	.load_binary = load_script,
};

static int __init init_script_binfmt(void)
{
	register_binfmt(&script_format);
	return 0;
}
core_initcall(init_script_binfmt);
