/* Jobs: pipelines as process groups, in the foreground of the terminal or behind it.
 *
 * With job control (an interactive shell on a terminal) each job gets its own process group and the
 * foreground job the terminal, so ^C and ^Z reach it alone. Without, all stay in the shell's group. */
#include "sh.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum state { RUNNING, STOPPED, DONE };
struct process { pid_t pid; enum state state; int status; };
struct job {
	struct job *next;
	int id;			/* 0 while it never was in the background */
	pid_t group;
	struct process *processes;
	int count;
	char *text;
	enum state told;	/* what the user was told last */
};

static struct job *jobs;
static bool job_control;
static pid_t shell_group;
static sigset_t normal_mask;
volatile bool got_interrupt;

static const int ignored_signals[] = { SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU };

static void note_interrupt(int sig)
{
	(void)sig;
	got_interrupt = true;
}

void reset_signal(int sig)
{
	bool ignored = false;

	for (unsigned int i = 0; i < sizeof(ignored_signals) / sizeof(ignored_signals[0]); i++)
		ignored |= ignored_signals[i] == sig;
	signal(sig, !interactive ? SIG_DFL : sig == SIGINT ? note_interrupt : ignored ? SIG_IGN : SIG_DFL);
}

void init_jobs(void)
{
	shell_pid = getpid();
	sigprocmask(SIG_BLOCK, NULL, &normal_mask);
	if (!interactive)
		return;
	for (unsigned int i = 0; i < sizeof(ignored_signals) / sizeof(ignored_signals[0]); i++)
		reset_signal(ignored_signals[i]);
	reset_signal(SIGINT);
	setpgid(0, 0);		/* fails for a session leader, which leads its group already */
	shell_group = getpgid(0);
	job_control = tcsetpgrp(STDIN_FILENO, shell_group) == 0;
}

static void describe(struct buffer *b, const struct node *n)
{
	static const char *const joints[] = { [PIPE] = " | ", [AND] = " && ", [OR] = " || ", [SEQUENCE] = "; " };

	switch (n->type) {
	case COMMAND:
		for (struct word *w = n->words; w; w = w->next) {
			append_string(b, w->text);
			if (w->next)
				append(b, ' ');
		}
		break;
	case PIPE: case AND: case OR: case SEQUENCE:
		describe(b, n->left);
		append_string(b, joints[n->type]);
		describe(b, n->right);
		break;
	case SUBSHELL: case GROUP:
		append_string(b, n->type == GROUP ? "{ " : "( ");
		describe(b, n->left);
		append_string(b, n->type == GROUP ? "; }" : " )");
		break;
	case IF: append_string(b, "if ..."); break;
	case FOR: append_string(b, "for ..."); break;
	default: append_string(b, "...");
	}
}

struct job *new_job(struct node *node)
{
	struct job *job = calloc(1, sizeof(*job));
	struct buffer text = { 0 };

	if (!job)
		out_of_memory();
	append_string(&text, "");
	describe(&text, node);
	job->text = text.data;
	job->next = jobs;
	return jobs = job;
}

static void remove_job(struct job *job)
{
	struct job **link = &jobs;

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
	free(job->processes);
	free(job->text);
	free(job);
}

/* A forked child has no jobs of its own yet. */
void forget_jobs(void)
{
	while (jobs)
		remove_job(jobs);
}

pid_t fork_process(void)
{
	sigset_t all;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	pid = fork();
	if (pid)
		sigprocmask(SIG_SETMASK, &normal_mask, NULL);
	return pid;
}

void enter_job(struct job *job, bool foreground)
{
	if (job_control && job) {
		pid_t group = job->group ? job->group : getpid();

		/* Parent and child both do this: whoever is first, it is done before either goes on. */
		setpgid(0, group);
		if (foreground)
			tcsetpgrp(STDIN_FILENO, group);
	}
	forget_traps();
	if (interactive) {
		interactive = false;
		for (unsigned int i = 0; i < sizeof(ignored_signals) / sizeof(ignored_signals[0]); i++)
			reset_signal(ignored_signals[i]);
		reset_signal(SIGINT);
	}
	if (!job_control && job && !foreground) {
		int fd = open("/dev/null", O_RDONLY);

		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		if (fd >= 0) {
			dup2(fd, STDIN_FILENO);
			close(fd);
		}
	}
	job_control = false;
	forget_jobs();
	sigprocmask(SIG_SETMASK, &normal_mask, NULL);
}

void add_process(struct job *job, pid_t pid)
{
	job->processes = realloc(job->processes, (job->count + 1) * sizeof(*job->processes));
	if (!job->processes)
		out_of_memory();
	job->processes[job->count++] = (struct process){ .pid = pid };
	if (!job->group)
		job->group = pid;
	if (job_control)
		setpgid(pid, job->group);
}

static enum state job_state(const struct job *job)
{
	bool stopped = false;

	for (int i = 0; i < job->count; i++) {
		if (job->processes[i].state == RUNNING)
			return RUNNING;
		if (job->processes[i].state == STOPPED)
			stopped = true;
	}
	return stopped ? STOPPED : DONE;
}

static int last_wait_status(const struct job *job)
{
	return job->count ? job->processes[job->count - 1].status : 1 << 8;
}

static int exit_status(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return 128 + (WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status));
}

/* Takes in one child's news; false when there is none (or, with flags 0, no child at all). */
static bool collect(int flags)
{
	int status;
	pid_t pid = waitpid(-1, &status, flags | (job_control ? WUNTRACED : 0));

	if (pid <= 0)
		return pid < 0 && errno == EINTR && !flags;
	for (struct job *job = jobs; job; job = job->next)
		for (int i = 0; i < job->count; i++)
			if (job->processes[i].pid == pid && job->processes[i].state != DONE) {
				job->processes[i].status = status;
				job->processes[i].state = WIFSTOPPED(status) ? STOPPED : DONE;
			}
	return true;
}

static void give_id(struct job *job)
{
	if (job->id)
		return;
	job->id = 1;
	for (struct job *other = jobs; other; other = other->next)
		if (other != job && other->id >= job->id)
			job->id = other->id + 1;
}

static void print_job(struct job *job)
{
	char state[48];
	int status = last_wait_status(job);

	job->told = job_state(job);
	if (job->told == RUNNING)
		strcpy(state, "Running");
	else if (job->told == STOPPED)
		strcpy(state, "Stopped");
	else if (WIFSIGNALED(status))
		strlcpy(state, strsignal(WTERMSIG(status)), sizeof(state));
	else if (WEXITSTATUS(status))
		snprintf(state, sizeof(state), "Exit %d", WEXITSTATUS(status));
	else
		strcpy(state, "Done");
	printf("[%d]  %-23s %s\n", job->id, state, job->text);
}

int wait_foreground(struct job *job)
{
	int status;

	if (job_control)
		tcsetpgrp(STDIN_FILENO, job->group);
	while (job_state(job) == RUNNING && collect(0))
		;
	if (job_control)
		tcsetpgrp(STDIN_FILENO, shell_group);
	status = last_wait_status(job);
	if (job_state(job) == STOPPED) {
		putchar('\n');
		give_id(job);
		print_job(job);
		fflush(stdout);
		return exit_status(status);
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT && job_control) {
		got_interrupt = true;
	} else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE) {
		fprintf(stderr, "%s\n", strsignal(WTERMSIG(status)));
	}
	remove_job(job);
	return exit_status(status);
}

void announce_background(struct job *job)
{
	give_id(job);
	last_background = job->count ? job->processes[job->count - 1].pid : 0;
	if (interactive)
		fprintf(stderr, "[%d] %d\n", job->id, (int)last_background);
}

void report_jobs(void)
{
	struct job *next;

	while (collect(WNOHANG))
		;
	for (struct job *job = jobs; job; job = next) {
		enum state state = job_state(job);

		next = job->next;
		if (job->id && state != job->told && state != RUNNING)
			print_job(job);
		if (state == DONE)
			remove_job(job);
	}
	fflush(stdout);
}

static struct job *find_job(const char *name)
{
	struct job *found = NULL;

	for (struct job *job = jobs; job; job = job->next) {
		if (!name || !strcmp(name, "%%") || !strcmp(name, "%+")) {
			if (job->id && (!found || job->id > found->id))
				found = job;
		} else if (*name == '%' ? job->id && job->id == atoi(name + 1) : job->id && job->group == atoi(name)) {
			found = job;
		}
	}
	return found;
}

pid_t job_group(const char *name)
{
	struct job *job = find_job(name);

	return job ? job->group : 0;
}

static int continue_job(struct job *job, bool foreground)
{
	if (!job_control) {
		complain("no job control");
		return 1;
	}
	for (int i = 0; i < job->count; i++)
		if (job->processes[i].state == STOPPED)
			job->processes[i].state = RUNNING;
	job->told = RUNNING;
	if (foreground)
		tcsetpgrp(STDIN_FILENO, job->group);	/* before it shows: a key struck now is for the job */
	printf(foreground ? "%s\n" : "%s &\n", job->text);
	fflush(stdout);
	kill(-job->group, SIGCONT);
	return foreground ? wait_foreground(job) : 0;
}

/* jobs, fg, bg */
int job_builtin(int argc, char **argv)
{
	struct job *job;

	while (collect(WNOHANG))
		;
	if (!strcmp(argv[0], "jobs")) {
		int last = 0;

		for (struct job *j = jobs; j; j = j->next)
			last = j->id > last ? j->id : last;
		for (int id = 1; id <= last; id++)
			for (struct job *j = jobs; j; j = j->next)
				if (j->id == id)
					print_job(j);
		return 0;
	}
	job = find_job(argc > 1 ? argv[1] : NULL);
	if (!job) {
		complain("%s: no such job", argc > 1 ? argv[1] : argv[0]);
		return 1;
	}
	return continue_job(job, argv[0][0] == 'f');
}

static int wait_job(struct job *job)
{
	int status;

	while (job_state(job) == RUNNING && !got_interrupt && !trap_pending && collect(0))
		;
	if (job_state(job) == RUNNING)
		return 128 + (got_interrupt ? SIGINT : trap_pending);
	status = last_wait_status(job);
	if (job_state(job) == DONE)
		remove_job(job);
	return exit_status(status);
}

int wait_builtin(int argc, char **argv)
{
	int status = 0;

	if (argc == 1) {
		for (struct job *job = jobs; job && !got_interrupt && !trap_pending; ) {
			if (job->id && job_state(job) != STOPPED) {
				wait_job(job);
				job = jobs;
			} else {
				job = job->next;
			}
		}
		return trap_pending ? 128 + trap_pending : 0;
	}
	for (int i = 1; i < argc; i++) {
		struct job *found = isdigit(argv[i][0]) ? NULL : find_job(argv[i]);

		for (struct job *job = jobs; job && !found; job = job->next)
			for (int k = 0; k < job->count; k++)
				if (isdigit(argv[i][0]) && job->processes[k].pid == atoi(argv[i]))
					found = job;
		status = found ? wait_job(found) : 127;
	}
	return status;
}
