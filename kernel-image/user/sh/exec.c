/* Evaluates the syntax tree: pipelines and control flow, and what feeds it with trees. */
#include "sh.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int last_status, unwind_count;
pid_t last_background, shell_pid;
bool interactive, login_shell;
struct options options;
enum unwind unwinding;

static int tested;	/* > 0 inside a condition, where a failure does not end a shell with -e */

void complain(const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", shell_name[0] == '-' ? shell_name + 1 : shell_name, message);
}

/* In a child made for this node alone: evaluates it and exits. */
static _Noreturn void run_and_exit(struct node *n)
{
	exit(n->type == COMMAND ? run_command(n, true) : run(n));
}

/* a | b | c is a tree that leans to the left: its stages in order. */
static struct node **stages_of(struct node *n, int *count)
{
	struct node **stages;
	int i = 1;

	for (struct node *p = n; p->type == PIPE; p = p->left)
		i++;
	*count = i;
	stages = take(i * sizeof(*stages));
	for (; n->type == PIPE; n = n->left)
		stages[--i] = n->right;
	stages[0] = n;
	return stages;
}

static void move_fd(int from, int to)
{
	if (from >= 0) {
		dup2(from, to);
		close(from);
	}
}

static void start_pipeline(struct node *n, struct job *job, bool foreground)
{
	int count, input = -1, fd[2];
	struct node **stages = stages_of(n, &count);

	for (int i = 0; i < count; i++) {
		bool last = i == count - 1;
		pid_t pid;

		fd[0] = fd[1] = -1;
		if ((!last && pipe(fd) < 0) || (pid = fork_process()) < 0) {
			complain("cannot start the pipeline: %s", strerror(errno));
			close(fd[0]);
			close(fd[1]);
			break;
		}
		if (pid == 0) {
			enter_job(job, foreground);
			/* A writer that kept the reading end would never learn that its reader is gone. */
			close(fd[0]);
			move_fd(input, STDIN_FILENO);
			move_fd(fd[1], STDOUT_FILENO);
			run_and_exit(stages[i]);
		}
		add_process(job, pid);
		close(input);
		close(fd[1]);
		input = fd[0];
	}
	close(input);
}

static int run_pipeline(struct node *n)
{
	struct job *job = new_job(n);

	start_pipeline(n, job, true);
	return wait_foreground(job);
}

static int run_background(struct node *n)
{
	struct job *job = new_job(n->left);

	start_pipeline(n->left, job, false);
	announce_background(job);
	return 0;
}

static int run_condition(struct node *n)
{
	int status;

	tested++;
	status = run(n);
	tested--;
	return status;
}

/* After a loop's body: true when the loop is over. */
static bool loop_ends(void)
{
	if (unwinding == NONE)
		return false;
	if (unwinding != BREAK && unwinding != CONTINUE)
		return true;
	if (--unwind_count > 0)
		return true;
	if (unwinding == CONTINUE) {
		unwinding = NONE;
		return false;
	}
	unwinding = NONE;
	return true;
}

static int run_while(struct node *n)
{
	int status = 0;

	while (unwinding == NONE && (run_condition(n->left) == 0) == (n->type == WHILE)) {
		if (unwinding == NONE)
			status = run(n->right);
		if (loop_ends())
			break;
	}
	return status;
}

static int run_for(struct node *n)
{
	int status = 0, count;
	char **values;

	if (n->all_arguments) {
		values = positional;
		count = positional_count;
	} else {
		values = make_argv(expand_words(n->words->next), &count);
	}
	for (int i = 0; i < count && unwinding == NONE; i++) {
		set_variable(n->words->text, values[i]);
		status = run(n->right);
		if (loop_ends())
			break;
	}
	return status;
}

static int run_case(struct node *n)
{
	const char *subject = expand_word(n->words->text);

	for (struct case_item *item = n->items; item; item = item->next)
		for (struct word *w = item->patterns; w; w = w->next)
			if (match(expand_pattern(w->text), subject))
				return item->body ? run(item->body) : 0;
	return 0;
}

static int run_if(struct node *n)
{
	if (run_condition(n->left) == 0)
		return unwinding == NONE ? run(n->right) : last_status;
	return n->other && unwinding == NONE ? run(n->other) : 0;
}

static int run_subshell(struct node *n)
{
	struct job *job = new_job(n);
	pid_t pid = fork_process();

	if (pid < 0) {
		complain("cannot fork: %s", strerror(errno));
		return 1;
	}
	if (pid == 0) {
		enter_job(job, true);
		exit(run(n->left));
	}
	add_process(job, pid);
	return wait_foreground(job);
}

static int run_node(struct node *n)
{
	int status;

	switch (n->type) {
	case COMMAND: return run_command(n, false);
	case PIPE: return run_pipeline(n);
	case AND:
		status = run_condition(n->left);
		return status == 0 && unwinding == NONE ? run(n->right) : status;
	case OR:
		status = run_condition(n->left);
		return status != 0 && unwinding == NONE ? run(n->right) : status;
	case NOT: return !run_condition(n->left);
	case SEQUENCE:
		status = run(n->left);
		return unwinding == NONE ? run(n->right) : status;
	case BACKGROUND: return run_background(n);
	case SUBSHELL: return run_subshell(n);
	case GROUP: return run(n->left);
	case IF: return run_if(n);
	case WHILE: case UNTIL: return run_while(n);
	case FOR: return run_for(n);
	case CASE: return run_case(n);
	case FUNCTION:
		define_function(n->words->text, n->left);
		return 0;
	}
	return 0;
}

int run(struct node *n)
{
	struct mark mark = memory_mark();
	unsigned int definitions_before = definitions;
	struct saved_fd *saved = NULL;
	bool compound = n->type != COMMAND && n->redirects;

	if (compound && !redirect(n->redirects, &saved))
		last_status = 1;
	else
		last_status = run_node(n);
	if (compound)
		undo_redirect(saved);
	if (definitions == definitions_before)
		memory_release(mark);
	if (trap_pending)
		run_traps();
	if (got_interrupt) {
		got_interrupt = false;
		unwinding = INTERRUPTED;
		last_status = 130;
	}
	if (options.exit_on_error && last_status && !tested && (n->type == COMMAND || n->type == PIPE ||
	    n->type == SUBSHELL))
		exit(last_status);
	return last_status;
}

int run_input(void)
{
	for (;;) {
		struct mark mark = memory_mark();
		unsigned int definitions_before = definitions;
		struct node *node;
		enum parse_result result = parse_command(&node);

		if (result == END_OF_INPUT)
			return last_status;
		if (result == PARSED) {
			run(node);
		} else if (result == PARSE_ERROR) {
			last_status = got_interrupt ? 130 : 2;
			got_interrupt = false;
			drop_line();
			if (!interactive)
				return last_status;
		}
		if (definitions == definitions_before)
			memory_release(mark);
		if (interactive && unwinding == INTERRUPTED) {
			putchar('\n');	/* behind the terminal's ^C */
			drop_line();
		} else if (unwinding != NONE) {
			return last_status;
		}
		unwinding = NONE;
	}
}

int run_string(const char *text)
{
	bool was_interactive = interactive;
	int status;

	interactive = false;
	push_string(text);
	status = run_input();
	pop_input();
	interactive = was_interactive;
	return status;
}

int run_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), high, status;
	bool was_interactive = interactive;

	if (fd < 0) {
		complain("%s: %s", path, strerror(errno));
		return 127;
	}
	high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	close(fd);
	interactive = false;
	push_fd(high, false);
	status = run_input();
	pop_input();
	close(high);
	interactive = was_interactive;
	return status;
}
