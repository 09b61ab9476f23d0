/* What init's files share: the lines of /etc/inittab and the processes started for them. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

enum action { OFF, INITDEFAULT, SYSINIT, BOOT, BOOTWAIT, WAIT, ONCE, RESPAWN, CTRLALTDEL, SHUTDOWN };

struct entry {
	struct entry *next;
	char id[8];
	char levels[12];	/* run levels as digits and 'S'; empty means all */
	enum action action;
	char process[128];
	pid_t pid;		/* 0 while it does not run */
	time_t started;
	int hasty;		/* times in a row that it ended at once */
	bool done;		/* ran in this run level; wait and once entries run only once */
	bool listed;		/* still in the file after a re-read */
};

/* inittab.c */
extern struct entry *inittab;
void read_inittab(void);

/* process.c */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
void spawn(struct entry *entry);
/* Collects every child that ended, adopted orphans too. */
void reap(void);
void stop_process(struct entry *entry);
/* TERM, some time to leave in peace, then KILL: everything but init. */
void stop_everything(void);
/* What was said waits in the terminal's buffer, which goes with the machine. */
void wait_until_sent(void);

/* main.c: sleeps until a signal comes. */
void wait_for_signal(void);
bool request_pending(void);
