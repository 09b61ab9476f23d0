/* top: the busiest processes, refreshed until q is typed; -b prints without a terminal, -n so often. */
#include <ctype.h>
#include <dirent.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <tool.h>
#include <unistd.h>

#define PROCESSES 256

struct process {
	int pid, nice, priority;
	uid_t uid;
	char state, comm[20];
	unsigned long ticks, spent;	/* CPU time in all, and since the last look */
	unsigned long vsize, rss;
};

static struct process now[PROCESSES], before[PROCESSES];
static int now_count, before_count;
static unsigned long uptime, last_uptime;	/* in hundredths of a second */
static struct termios saved;

static bool read_process(struct process *p, const char *pid)
{
	char path[64], *text, *open, *close, *next;
	unsigned long field[25] = { 0 };
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	text = slurp(path, NULL);
	open = text ? strchr(text, '(') : NULL;
	close = open ? strrchr(open, ')') : NULL;
	if (!close || stat(path, &st) < 0) {
		free(text);
		return false;
	}
	*close = '\0';
	*p = (struct process){ .pid = atoi(text), .uid = st.st_uid, .state = close[2] };
	strlcpy(p->comm, open + 1, sizeof(p->comm));
	next = close + 3;
	for (int i = 4; i < 25; i++)	/* numbered as in proc(5) */
		field[i] = strtoul(next, &next, 10);
	p->ticks = field[14] + field[15];
	p->priority = field[18];
	p->nice = field[19];
	p->vsize = field[23];
	p->rss = field[24];
	free(text);
	return true;
}

static int busier(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	if (x->spent != y->spent)
		return x->spent < y->spent ? 1 : -1;
	return x->pid - y->pid;
}

static void look(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char *text = slurp("/proc/uptime", NULL), *point;

	if (!dir || !text)
		die("/proc");
	memcpy(before, now, sizeof(now));
	before_count = now_count;
	last_uptime = uptime;
	uptime = strtoul(text, &point, 10) * 100 + (*point ? strtoul(point + 1, NULL, 10) : 0);
	free(text);
	now_count = 0;
	while ((entry = readdir(dir)) && now_count < PROCESSES) {
		struct process *p = &now[now_count];

		if (!isdigit(entry->d_name[0]) || !read_process(p, entry->d_name))
			continue;
		p->spent = p->ticks;
		for (int i = 0; i < before_count; i++)
			if (before[i].pid == p->pid && before[i].ticks <= p->ticks)
				p->spent = p->ticks - before[i].ticks;
		now_count++;
	}
	closedir(dir);
	qsort(now, now_count, sizeof(*now), busier);
}

static void print_line(const struct process *p)
{
	unsigned long passed = uptime > last_uptime ? uptime - last_uptime : 1, share = p->spent * 1000 / passed;
	struct passwd *pw = getpwuid(p->uid);

	printf("%7d %-8s %3d %3d %7lu %6lu %c %3lu.%lu %4lu:%02lu.%02lu %s\n", p->pid, pw ? pw->pw_name : "?",
	       p->priority, p->nice, p->vsize / 1024, p->rss * 4, p->state, share / 10, share % 10,
	       p->ticks / 6000, p->ticks / 100 % 60, p->ticks % 100, p->comm);
}

static void show(int rows)
{
	int running = 0;
	char *load = slurp("/proc/loadavg", NULL), *memory = slurp("/proc/meminfo", NULL), *free_memory;

	for (int i = 0; i < now_count; i++)
		running += now[i].state == 'R';
	free_memory = memory ? strstr(memory, "MemFree:") : NULL;
	printf("top - up %lu:%02lu:%02lu, load average %.14s\n", uptime / 360000, uptime / 6000 % 60,
	       uptime / 100 % 60, load ? load : "?");
	printf("Tasks: %d, %d running; memory: %lu KiB, %lu KiB free\n\n", now_count, running,
	       memory ? strtoul(memory + strcspn(memory, "0123456789"), NULL, 10) : 0,
	       free_memory ? strtoul(free_memory + 8, NULL, 10) : 0);
	printf("    PID USER      PR  NI    VIRT    RES S  %%CPU    TIME+  COMMAND\n");
	for (int i = 0; i < now_count && i < rows - 5; i++)
		print_line(&now[i]);
	fflush(stdout);
	free(load);
	free(memory);
}

/* Waits for the next turn; true when q was typed. VTIME makes read() give up after tenths of a second. */
static bool pause_or_quit(int tenths)
{
	struct termios t = saved;
	char c = 0;

	t.c_lflag &= ~(ICANON | ECHO);
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = tenths;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
	read(STDIN_FILENO, &c, 1);
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	return c == 'q' || c == 'Q';
}

int main(int argc, char **argv)
{
	bool batch = false, endless = true;
	int c, seconds = 3, times = 0;
	struct winsize ws;

	while ((c = getopt(argc, argv, "bd:n:", "top [-b] [-d SECONDS] [-n TIMES]")) != -1) {
		if (c == 'b') {
			batch = true;
		} else if (c == 'd') {
			seconds = number(optarg);
		} else {
			times = number(optarg);
			endless = false;
		}
	}
	if (optind < argc || seconds < 1 || seconds > 25)
		usage("top [-b] [-d SECONDS, 1 to 25] [-n TIMES]");
	batch |= tcgetattr(STDIN_FILENO, &saved) < 0;
	for (int i = 0; endless || i < times; i++) {
		if (i && batch)
			sleep(seconds);
		else if (i && pause_or_quit(seconds * 10))
			break;
		look();
		if (!batch)
			printf("\033[H\033[J");
		show(batch ? PROCESSES : ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_row ? ws.ws_row : 24);
	}
	return 0;
}
