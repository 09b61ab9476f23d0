/* What the shell's files share: the syntax tree, variables, jobs and control flow. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* ---- memory.c: what lives as long as one command, taken back all at once ---- */
struct mark { struct chunk *chunk; size_t used; };
void *take(size_t size);
char *take_string(const char *s, size_t len);
struct mark memory_mark(void);
void memory_release(struct mark mark);
_Noreturn void out_of_memory(void);

struct buffer { char *data; size_t len, capacity; };	/* grows; malloc()ed */
void append(struct buffer *b, char c);
void append_string(struct buffer *b, const char *s);

/* ---- parse.c ---- */
struct word { struct word *next; char *text; };		/* text as written, quotes and all */

enum redirect_kind { REDIRECT_IN, REDIRECT_OUT, REDIRECT_APPEND, REDIRECT_BOTH, REDIRECT_DUP, REDIRECT_HERE };
struct redirect {
	struct redirect *next;
	enum redirect_kind kind;
	int fd;
	char *target;		/* a word; for REDIRECT_HERE the text */
	bool literal;		/* REDIRECT_HERE: the delimiter was quoted, nothing is expanded */
};

enum node_type { COMMAND, PIPE, AND, OR, NOT, SEQUENCE, BACKGROUND, SUBSHELL, GROUP, IF, WHILE, UNTIL, FOR, CASE,
		 FUNCTION };
struct node {
	enum node_type type;
	struct redirect *redirects;
	struct word *words;		/* COMMAND, FOR, CASE (the subject), FUNCTION (the name) */
	struct node *left, *right, *other;	/* operands; IF: condition, then, else; loops: condition, body */
	bool all_arguments;		/* FOR without `in` */
	struct case_item { struct case_item *next; struct word *patterns; struct node *body; } *items;
};

enum parse_result { PARSED, PARSED_NOTHING, PARSE_ERROR, END_OF_INPUT };
/* One complete command, up to the end of its line. */
enum parse_result parse_command(struct node **node);

/* ---- lex.c ---- */
enum token { T_WORD, T_NEWLINE, T_END, T_SEMI, T_DSEMI, T_AMP, T_AND, T_PIPE, T_OR, T_LPAREN, T_RPAREN, T_LESS,
	     T_GREAT, T_DGREAT, T_LESSAND, T_GREATAND, T_LESSGREAT, T_DLESS, T_DLESSDASH };
struct lexeme { enum token token; char *text; int fd; };	/* fd: the number before a redirection, or -1 */
struct lexeme next_lexeme(void);
void read_here_document(struct redirect *r, const char *delimiter, bool strip_tabs);
extern bool incomplete;		/* input ended inside a quotation */

/* ---- input.c ---- */
int next_char(void);
void back_char(void);
void push_string(const char *text);
void push_fd(int fd, bool interactive);
void pop_input(void);
void drop_line(void);
extern bool continuing;		/* the prompt is PS2 */

/* ---- edit.c ---- */
/* A line typed at a terminal, with its newline; NULL at the end of input, "" after ^C. */
char *edit_line(const char *prompt);

/* ---- complete.c ---- */
/* What the word that ends at the cursor may become, and where it starts. */
struct word *complete(const char *line, size_t cursor, size_t *start);

/* ---- var.c ---- */
struct variable { struct variable *next; char *name, *value; bool exported; };
extern struct variable *variables;
extern char **positional;	/* $1 ... */
extern int positional_count;
extern const char *shell_name;	/* $0 */
void import_environment(void);
char **make_environment(void);
const char *get_variable(const char *name);
void set_variable(const char *name, const char *value);
void export_variable(const char *name);
void unset_variable(const char *name);
/* What variables were, to be put back: the last saved first. */
struct saved_variable { struct saved_variable *next; char *name, *value; bool exported; };
void save_variable(struct saved_variable **saved, const char *name);
void restore_variables(struct saved_variable *saved);
/* The length of a valid name at the start of text, else 0. */
size_t name_length(const char *text);
void print_variables(bool exported_only);

/* ---- expand.c ---- */
extern bool expand_failed;
struct word *expand_words(struct word *words);	/* all expansions, fields and path names */
char *expand_word(const char *text);		/* to one string: assignments, redirections */
char *expand_pattern(const char *text);		/* to one pattern: quoted characters escaped */
char *expand_here(const char *text);

/* ---- pattern.c ---- */
bool match(const char *pattern, const char *text);
/* Paths that match, sorted, appended at *tail; false when there are none. */
bool glob(const char *pattern, struct word ***tail);

/* ---- arith.c ---- */
bool evaluate(const char *expression, long *value);

/* ---- exec.c ---- */
extern int last_status;
extern pid_t last_background, shell_pid;
extern bool interactive, login_shell;
extern struct options { bool exit_on_error, trace, unset_is_error; } options;
/* Why evaluation unwinds: a loop, function or the top level takes the reason back. */
extern enum unwind { NONE, BREAK, CONTINUE, RETURN, INTERRUPTED } unwinding;
extern int unwind_count;	/* loops left to BREAK or CONTINUE */
int run(struct node *node);
/* Runs commands from the innermost input until its end. */
int run_input(void);
int run_string(const char *text);
int run_file(const char *path);
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- command.c ---- */
/* forked: in a child made for this command, which the program may replace. */
int run_command(struct node *n, bool forked);
char **make_argv(struct word *words, int *argc);
int local_builtin(int argc, char **argv);
struct node *find_function(const char *name);
void define_function(const char *name, struct node *body);
extern unsigned int definitions;	/* functions defined so far: memory with their trees in it stays */

/* ---- redirect.c ---- */
struct saved_fd { struct saved_fd *next; int fd, copy; };
/* Applies redirections; with saved, remembers how to undo them. */
bool redirect(struct redirect *list, struct saved_fd **saved);
void undo_redirect(struct saved_fd *saved);

/* ---- job.c ---- */
struct job;
void init_jobs(void);
struct job *new_job(struct node *node);
/* Like fork, for a child that calls enter_job: a signal that comes before waits until then. */
pid_t fork_process(void);
/* In a forked child: its place in the job, signals back to normal. */
void enter_job(struct job *job, bool foreground);
void add_process(struct job *job, pid_t pid);
int wait_foreground(struct job *job);
void announce_background(struct job *job);
void report_jobs(void);		/* before a prompt: what ended or stopped */
int job_builtin(int argc, char **argv);
int wait_builtin(int argc, char **argv);
/* The process group a "%N" stands for, or 0. */
pid_t job_group(const char *name);
void forget_jobs(void);
extern volatile bool got_interrupt;

/* What a signal does to the shell while there is no trap for it. */
void reset_signal(int sig);

/* ---- trap.c ---- */
void init_traps(void);
int trap_builtin(int argc, char **argv);
extern volatile int trap_pending;	/* a signal whose command has not run yet */
void run_traps(void);
void forget_traps(void);

/* ---- builtin.c ---- */
typedef int (*builtin)(int argc, char **argv);
builtin find_builtin(const char *name, bool *special);
const char *builtin_name(unsigned int index);	/* NULL behind the last */
