/* Simple commands: assignments, functions, builtins, and programs in a child. */
#include "sh.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned int definitions;

static struct function { struct function *next; char *name; struct node *body; } *functions;

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
	definitions++;
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

char **make_argv(struct word *words, int *argc)
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

static struct saved_variable **locals;	/* of the function that runs */

static int call_function(struct node *body, int argc, char **argv)
{
	struct saved_variable *mine = NULL, **outer = locals;
	char **saved = positional;
	int count = positional_count, status;

	positional = argv + 1;
	positional_count = argc - 1;
	locals = &mine;
	status = run(body);
	if (unwinding == RETURN) {
		unwinding = NONE;
		status = last_status;
	}
	restore_variables(mine);
	locals = outer;
	positional = saved;
	positional_count = count;
	return status;
}

/* local NAME[=VALUE]...: what the function does with them is undone at its end. Without a value the old one stays. */
int local_builtin(int argc, char **argv)
{
	if (!locals) {
		complain("local: not in a function");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		size_t len = name_length(argv[i]);

		if (!len || (argv[i][len] && argv[i][len] != '=')) {
			complain("local: %s: not a valid name", argv[i]);
			return 1;
		}
		save_variable(locals, take_string(argv[i], len));
		if (argv[i][len])
			set_variable(take_string(argv[i], len), argv[i] + len + 1);
	}
	return 0;
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

/* Assignments in front of a command: in force for it alone. */
static struct saved_variable *assign_for(struct word *from, struct word *to)
{
	struct saved_variable *saved = NULL;

	for (; from != to; from = from->next) {
		const char *name = take_string(from->text, name_length(from->text));

		save_variable(&saved, name);
		assign(from->text);
		export_variable(name);
	}
	return saved;
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
		restore_variables(variables_before);
	return status;
}

int run_command(struct node *n, bool forked)
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
	pid = forked ? 0 : fork_process();
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
