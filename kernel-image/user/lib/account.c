/* What login and su have in common: a line and a password from the terminal, and becoming somebody else. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <tool.h>
#include <unistd.h>

#define GROUPS 16

int read_line(char *line, size_t size)
{
	ssize_t len = read(STDIN_FILENO, line, size - 1);

	if (len <= 0)
		return 0;
	line[len] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return 1;
}

static int ask_password(char *password, size_t size)
{
	struct termios visible, hidden;
	int got;

	tcgetattr(STDIN_FILENO, &visible);
	hidden = visible;
	hidden.c_lflag &= ~ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);	/* before somebody sees that he may type */
	printf("Password: ");
	fflush(stdout);
	got = read_line(password, size);
	tcsetattr(STDIN_FILENO, TCSANOW, &visible);
	putchar('\n');
	return got;
}

/* An empty password field lets its user in without asking; an unknown name is asked all the same. */
int may_enter(struct passwd *pw)
{
	char password[128], *hash, *made;

	hash = !pw ? "*" : strcmp(pw->pw_passwd, "x") ? pw->pw_passwd : shadow_password(pw->pw_name);
	if (!hash)
		hash = "*";
	if (!*hash)
		return 1;
	if (!ask_password(password, sizeof(password)))
		exit(1);
	made = crypt(password, hash);
	memset(password, 0, sizeof(password));
	return made && !strcmp(made, hash);
}

void become_user(const struct passwd *pw)
{
	gid_t groups[GROUPS];
	int count = user_groups(pw->pw_name, pw->pw_gid, groups, GROUPS);

	if (setgroups(count, groups) < 0 || setgid(pw->pw_gid) < 0 || setuid(pw->pw_uid) < 0)
		die("cannot set user and groups");
}
