/* Redirections: opening their targets, and putting back what a builtin's redirection replaced. */
#include "sh.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>
#include <unistd.h>

#define FIRST_COPY 10	/* descriptors below belong to the user */

static int fail_open(const char *path)
{
	complain("%s: %s", path, strerror(errno));
	return -1;
}

static int open_target(const char *path, int flags)
{
	int fd = open(path, flags, 0666);

	return fd < 0 ? fail_open(path) : fd;
}

/* The text goes through a pipe when it fits, else through a child that feeds it. */
static int open_here(const struct redirect *r)
{
	const char *text = r->literal ? r->target : expand_here(r->target);
	size_t len = strlen(text);
	int fd[2];
	pid_t pid;

	if (pipe(fd) < 0)
		return fail_open("here-document");
	pid = len > 4096 ? fork() : 0;
	if (pid < 0) {
		close(fd[0]);
		close(fd[1]);
		return fail_open("here-document");
	}
	if (pid == 0)
		write_all(fd[1], text, len);
	if (pid == 0 && len > 4096)
		_exit(0);
	close(fd[1]);
	return fd[0];
}

/* The descriptor that a redirection leads to; -1 on failure, -2 to close it (">&-"). */
static int open_redirect(const struct redirect *r)
{
	const char *target = r->kind == REDIRECT_HERE ? NULL : expand_word(r->target);

	if (expand_failed)
		return -1;
	switch (r->kind) {
	case REDIRECT_IN: return open_target(target, O_RDONLY);
	case REDIRECT_OUT: return open_target(target, O_WRONLY | O_CREAT | O_TRUNC);
	case REDIRECT_APPEND: return open_target(target, O_WRONLY | O_CREAT | O_APPEND);
	case REDIRECT_BOTH: return open_target(target, O_RDWR | O_CREAT);
	case REDIRECT_HERE: return open_here(r);
	case REDIRECT_DUP: break;
	}
	if (!strcmp(target, "-"))
		return -2;
	if (!*target || target[strspn(target, "0123456789")]) {
		complain("%s: not a file descriptor", target);
		return -1;
	}
	return atoi(target);
}

bool redirect(struct redirect *list, struct saved_fd **saved)
{
	fflush(stdout);
	for (struct redirect *r = list; r; r = r->next) {
		int fd = open_redirect(r);

		if (fd == -1)
			return false;
		/* What was opened as the very descriptor that is wanted took the place of nothing. */
		if (saved && (fd != r->fd || r->kind != REDIRECT_DUP)) {
			struct saved_fd *s = take(sizeof(*s));

			*s = (struct saved_fd){ *saved, r->fd,
						fd == r->fd ? -1 : fcntl(r->fd, F_DUPFD_CLOEXEC, FIRST_COPY) };
			*saved = s;
		}
		if (fd == -2) {
			close(r->fd);
		} else if (fd != r->fd) {
			if (dup2(fd, r->fd) < 0) {
				complain("%d: %s", fd, strerror(errno));
				return false;
			}
			if (r->kind != REDIRECT_DUP)
				close(fd);
		}
	}
	return true;
}

void undo_redirect(struct saved_fd *saved)
{
	fflush(stdout);
	for (; saved; saved = saved->next) {
		if (saved->copy < 0) {
			close(saved->fd);
		} else {
			dup2(saved->copy, saved->fd);
			close(saved->copy);
		}
	}
}
