/* Evaluates the syntax tree: simple commands, pipelines and control flow. */
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
bool interactive, login_shell, kept_memory;
struct options options;
enum unwind unwinding;

static int tested;	/* > 0 inside a condition, where a failure does not end a shell with -e */
static struct function { struct function *next; char *name; struct node *body; } *functions;

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

struct node *find_function(const char *name)
{
	for (struct function *f = functions; f; f = f->next)
		if (!strcmp(f->name, name))
			return f->body;
	return NULL;
}

void define_function(const char *name, struct node *body)
{
	struct function *f = functions;

	while (f && strcmp(f->name, name))
		f = f->next;
	if (!f) {
		f = malloc(sizeof(*f));
		if (!f || !(f->name = strdup(name)))
			out_of_memory();
		f->next = functions;
		functions = f;
	}
	f->body = body;
	kept_memory = true;
}

static bool is_assignment(const char *text)
{
	size_t len = name_length(text);

	return len && text[len] == '=';
}

static void assign(const char *text)
{
	size_t len = name_length(text);

	set_variable(take_string(text, len), expand_word(text + len + 1));
}

static char **make_argv(struct word *words, int *argc)
{
	char **argv, **out;

	*argc = 0;
	for (struct word *w = words; w; w = w->next)
		++*argc;
	argv = out = take((*argc + 1) * sizeof(*argv));
	for (; words; words = words->next)
		*out++ = words->text;
	return argv;
}

static int call_function(struct node *body, int argc, char **argv)
{
	char **saved = positional;
	int count = positional_count, status;

	positional = argv + 1;
	positional_count = argc - 1;
	status = run(body);
	if (unwinding == RETURN) {
		unwinding = NONE;
		status = last_status;
	}
	positional = saved;
	positional_count = count;
	return status;
}

/* In a child: becomes the program, or exits as POSIX says: 127 not found, 126 not executable. */
static _Noreturn void exec_program(char **argv)
{
	environ = make_environment();
	execvp(argv[0], argv);
	if (errno == ENOEXEC) {
		/* A file that is no program is a script of ours. */
		exit(run_file(argv[0]));
	}
	complain("%s: %s", argv[0], errno == ENOENT && !strchr(argv[0], '/') ? "not found" : strerror(errno));
	exit(errno == ENOENT ? 127 : 126);
}

static void trace(int argc, char **argv)
{
	fflush(stdout);
	for (int i = 0; i < argc; i++)
		fprintf(stderr, "%s%s", i ? " " : "+ ", argv[i]);
	fprintf(stderr, "\n");
}

struct saved_variable { struct saved_variable *next; const char *name, *value; bool exported; };

/* Assignments in front of a command: in force for it alone. */
static struct saved_variable *assign_for(struct word *from, struct word *to)
{
	struct saved_variable *saved = NULL;

	for (; from != to; from = from->next) {
		struct saved_variable *s = take(sizeof(*s));
		const char *value;

		s->name = take_string(from->text, name_length(from->text));
		value = get_variable(s->name);
		s->value = value ? take_string(value, strlen(value)) : NULL;
		for (struct variable *v = variables; v; v = v->next)
			if (!strcmp(v->name, s->name))
				s->exported = v->exported;
		s->next = saved;
		saved = s;
		assign(from->text);
		export_variable(s->name);
	}
	return saved;
}

static void undo_assignments(struct saved_variable *s)
{
	for (; s; s = s->next) {
		unset_variable(s->name);
		if (s->value)
			set_variable(s->name, s->value);
		if (s->exported)
			export_variable(s->name);
	}
}

/* A builtin or function, in the shell itself. */
static int run_inside(struct node *n, struct word *first, int argc, char **argv)
{
	struct node *function = find_function(argv[0]);
	struct saved_variable *variables_before;
	struct saved_fd *saved = NULL;
	bool special = false, keep;
	builtin b = find_builtin(argv[0], &special);
	int status = 1;

	keep = b && special && !strcmp(argv[0], "exec");
	variables_before = assign_for(n->words, first);
	if (redirect(n->redirects, keep ? NULL : &saved))
		status = function ? call_function(function, argc, argv) : b(argc, argv);
	undo_redirect(saved);
	if (!special)
		undo_assignments(variables_before);
	return status;
}

static int run_command(struct node *n, bool forked)
{
	struct word *first = n->words;
	int argc;
	char **argv;
	struct job *job;
	pid_t pid;

	while (first && is_assignment(first->text))
		first = first->next;
	expand_failed = false;
	argv = make_argv(expand_words(first), &argc);
	if (expand_failed)
		return 1;
	if (options.trace && argc)
		trace(argc, argv);
	if (argc == 0) {
		struct saved_fd *saved = NULL;
		bool redirected;

		last_status = 0;	/* unless a command substitution says otherwise */
		for (struct word *w = n->words; w != first; w = w->next)
			assign(w->text);
		redirected = redirect(n->redirects, &saved);
		undo_redirect(saved);
		if (!n->words)
			return redirected ? 0 : 1;
		return expand_failed || !redirected ? 1 : last_status;
	}
	if (find_function(argv[0]) || find_builtin(argv[0], NULL))
		return run_inside(n, first, argc, argv);
	job = forked ? NULL : new_job(n);
	pid = forked ? 0 : fork();
	if (pid < 0) {
		complain("cannot fork: %s", strerror(errno));
		return 1;
	}
	if (pid == 0) {
		if (!forked)
			enter_job(job, true);
		assign_for(n->words, first);
		if (!redirect(n->redirects, NULL))
			exit(1);
		exec_program(argv);
	}
	add_process(job, pid);
	return wait_foreground(job);
}

/* In a child made for this node alone: evaluates it and exits. */
static _Noreturn void run_and_exit(struct node *n)
{
	exit(n->type == COMMAND ? run_command(n, true) : run(n));
}

static void start_pipeline(struct node *n, struct job *job, bool foreground, int input, int output)
{
	int fd[2] = { -1, -1 };
	pid_t pid;

	if (n->type == PIPE) {
		if (pipe2(fd, O_CLOEXEC) < 0) {
			complain("cannot make a pipe: %s", strerror(errno));
			return;
		}
		start_pipeline(n->left, job, foreground, input, fd[1]);
		close(fd[1]);
		start_pipeline(n->right, job, foreground, fd[0], output);
		close(fd[0]);
		return;
	}
	pid = fork();
	if (pid < 0) {
		complain("cannot fork: %s", strerror(errno));
		return;
	}
	if (pid == 0) {
		enter_job(job, foreground);
		if (input >= 0) {
			dup2(input, STDIN_FILENO);
			close(input);
		}
		if (output >= 0) {
			dup2(output, STDOUT_FILENO);
			close(output);
		}
		run_and_exit(n);
	}
	add_process(job, pid);
}

static int run_pipeline(struct node *n)
{
	struct job *job = new_job(n);

	start_pipeline(n, job, true, -1, -1);
	return wait_foreground(job);
}

static int run_background(struct node *n)
{
	struct job *job = new_job(n->left);

	start_pipeline(n->left, job, false, -1, -1);
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
	pid_t pid = fork();

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
	struct saved_fd *saved = NULL;
	bool compound = n->type != COMMAND && n->redirects;

	if (compound && !redirect(n->redirects, &saved))
		last_status = 1;
	else
		last_status = run_node(n);
	if (compound)
		undo_redirect(saved);
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
		struct node *node;
		enum parse_result result = parse_command(&node);

		if (result == END_OF_INPUT)
			return last_status;
		if (result == PARSED) {
			kept_memory = false;
			run(node);
		} else if (result == PARSE_ERROR) {
			last_status = got_interrupt ? 130 : 2;
			got_interrupt = false;
			drop_line();
			if (!interactive)
				return last_status;
		}
		if (!kept_memory)
			memory_release(mark);
		if (interactive && unwinding == INTERRUPTED)
			drop_line();
		else if (unwinding != NONE)
			return last_status;
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
