/* ps: what processes there are, from /proc, in the columns of procps. */
#include <ctype.h>
#include <dirent.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <tool.h>
#include <unistd.h>

#define TICKS	100	/* USER_HZ: the unit of times in /proc */
#define PAGE_KB	4

static const char synopsis[] = "ps [-eAfl] [-p PID,...] [-o COLUMN,...]   or: ps [aux]";

struct process {
	char *line, *comm, *args;
	char state;
	int pid, ppid, pgid, sid, tty, nice, priority, threads, cpu;
	uid_t uid;
	unsigned long utime, stime, start, vsize, rss;
};

static time_t boot_time, now;
static unsigned long memory_kb = 1;

static const char *tty_name(int tty, char *s, size_t size)
{
	if (!tty)
		return "?";
	if (major(tty) == 4 && minor(tty) >= 64)
		snprintf(s, size, "ttyS%u", minor(tty) - 64);
	else if (major(tty) == 4)
		snprintf(s, size, "tty%u", minor(tty));
	else if (major(tty) == 229)
		snprintf(s, size, "hvc%u", minor(tty));
	else if (major(tty) == 5)
		snprintf(s, size, "console");
	else if (major(tty) >= 136 && major(tty) < 144)
		snprintf(s, size, "pts/%u", minor(tty) + (major(tty) - 136) * 256);
	else
		snprintf(s, size, "%u:%u", major(tty), minor(tty));
	return s;
}

static void user_text(const struct process *p, char *s, size_t size)
{
	struct passwd *pw = getpwuid(p->uid);

	if (pw)
		strlcpy(s, pw->pw_name, size);
	else
		snprintf(s, size, "%u", p->uid);
}

static unsigned long cpu_seconds(const struct process *p)
{
	return (p->utime + p->stime) / TICKS;
}

/* Tenths of a percent of one CPU since the process began. */
static unsigned long cpu_share(const struct process *p)
{
	long lived = (now - boot_time) * TICKS - (long)p->start;
	unsigned long share = lived > 0 ? (p->utime + p->stime) * 1000 / lived : 0;

	return share > 999 ? 999 : share;
}

static void start_text(const struct process *p, char *s, size_t size)
{
	time_t start = boot_time + p->start / TICKS;
	struct tm tm;

	gmtime_r(&start, &tm);
	strftime(s, size, now - start < 86400 ? "%H:%M" : "%b%d", &tm);
}

#define FIELD(name, ...) \
	static void name##_text(const struct process *p, char *s, size_t size) { snprintf(s, size, __VA_ARGS__); }

FIELD(pid, "%d", p->pid)
FIELD(ppid, "%d", p->ppid)
FIELD(pgid, "%d", p->pgid)
FIELD(sid, "%d", p->sid)
FIELD(uid, "%u", p->uid)
FIELD(nice, "%d", p->nice)
FIELD(priority, "%d", 39 - p->priority)
FIELD(threads, "%d", p->threads)
FIELD(cpu, "%d", p->cpu)
FIELD(state, "%c", p->state)
FIELD(stat, "%c%s%s", p->state, p->sid == p->pid ? "s" : "", p->threads > 1 ? "l" : "")
FIELD(c, "%lu", cpu_share(p) / 10)
FIELD(pcpu, "%lu.%lu", cpu_share(p) / 10, cpu_share(p) % 10)
FIELD(pmem, "%lu.%lu", p->rss * PAGE_KB * 100 / memory_kb, p->rss * PAGE_KB * 1000 / memory_kb % 10)
FIELD(vsz, "%lu", p->vsize / 1024)
FIELD(rss, "%lu", p->rss * PAGE_KB)
FIELD(tty, "%s", tty_name(p->tty, (char[16]){ 0 }, 16))
FIELD(time, "%02lu:%02lu:%02lu", cpu_seconds(p) / 3600, cpu_seconds(p) / 60 % 60, cpu_seconds(p) % 60)
FIELD(bsdtime, "%lu:%02lu", cpu_seconds(p) / 60, cpu_seconds(p) % 60)
FIELD(comm, "%s", p->comm)
FIELD(args, "%s", p->args)

struct column {
	const char *name, *heading;
	int width;	/* negative: aligned to the left */
	void (*text)(const struct process *p, char *s, size_t size);
};

static const struct column columns[] = {
	{ "pid", "PID", 7, pid_text },
	{ "ppid", "PPID", 7, ppid_text },
	{ "pgid", "PGID", 7, pgid_text },
	{ "pgrp", "PGRP", 7, pgid_text },
	{ "sid", "SID", 7, sid_text },
	{ "sess", "SESS", 7, sid_text },
	{ "uid", "UID", 5, uid_text },
	{ "user", "USER", -8, user_text },
	{ "owner", "UID", -8, user_text },
	{ "c", "C", 2, c_text },
	{ "pcpu", "%CPU", 4, pcpu_text },
	{ "pmem", "%MEM", 4, pmem_text },
	{ "vsz", "VSZ", 6, vsz_text },
	{ "rss", "RSS", 5, rss_text },
	{ "stime", "STIME", 5, start_text },
	{ "start", "START", 5, start_text },
	{ "tty", "TTY", -8, tty_text },
	{ "tt", "TT", -8, tty_text },
	{ "time", "TIME", 8, time_text },
	{ "bsdtime", "TIME", 6, bsdtime_text },
	{ "s", "S", 1, state_text },
	{ "state", "S", 1, state_text },
	{ "stat", "STAT", -4, stat_text },
	{ "ni", "NI", 3, nice_text },
	{ "nice", "NI", 3, nice_text },
	{ "pri", "PRI", 3, priority_text },
	{ "nlwp", "NLWP", 4, threads_text },
	{ "psr", "PSR", 3, cpu_text },
	{ "comm", "COMMAND", -15, comm_text },
	{ "ucmd", "CMD", -15, comm_text },
	{ "args", "COMMAND", -27, args_text },
	{ "command", "COMMAND", -27, args_text },
	{ "cmd", "CMD", -27, args_text },
};

static const struct column *find_column(const char *name)
{
	for (unsigned int i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (!strcmp(columns[i].name, name))
			return &columns[i];
	fail("unknown column '%s'", name);
}

/* /proc/PID/stat: the command name stands in parentheses and may hold anything. */
static bool parse_stat(struct process *p, char *line)
{
	char *open = strchr(line, '('), *close = strrchr(line, ')'), *next;
	unsigned long field[40] = { 0 };

	if (!open || !close || close[1] != ' ')
		return false;
	*close = '\0';
	p->comm = open + 1;
	p->pid = atoi(line);
	p->state = close[2];
	next = close + 3;
	for (int i = 4; i < 40; i++)	/* numbered as in proc(5) */
		field[i] = strtoul(next, &next, 10);
	p->ppid = field[4];
	p->pgid = field[5];
	p->sid = field[6];
	p->tty = field[7];
	p->utime = field[14];
	p->stime = field[15];
	p->priority = field[18];
	p->nice = field[19];
	p->threads = field[20];
	p->start = field[22];
	p->vsize = field[23];
	p->rss = field[24];
	p->cpu = field[39];
	return true;
}

/* The arguments with spaces between; a kernel thread has none and shows its name in brackets. */
static char *read_arguments(const char *directory, const struct process *p)
{
	char path[64], *args;
	size_t size = 0;

	snprintf(path, sizeof(path), "%s/cmdline", directory);
	args = slurp(path, &size);
	while (size && !args[size - 1])
		size--;
	if (!size) {
		free(args);
		args = malloc(strlen(p->comm) + 20);
		if (args)
			snprintf(args, strlen(p->comm) + 20, p->state == 'Z' ? "[%s] <defunct>" : "[%s]", p->comm);
		return args;
	}
	for (size_t i = 0; i < size; i++)
		if (!args[i])
			args[i] = ' ';
	return args;
}

static bool read_process(struct process *p, const char *pid)
{
	char directory[32], path[64];
	struct stat st;

	snprintf(directory, sizeof(directory), "/proc/%s", pid);
	snprintf(path, sizeof(path), "%s/stat", directory);
	p->line = slurp(path, NULL);
	/* It may have ended since the directory was read. */
	if (!p->line || stat(directory, &st) < 0 || !parse_stat(p, p->line)) {
		free(p->line);
		return false;
	}
	p->uid = st.st_uid;
	p->args = read_arguments(directory, p);
	return p->args != NULL;
}

static long number_after(const char *path, const char *label, long otherwise)
{
	char *text = slurp(path, NULL), *at = text ? strstr(text, label) : NULL;
	long value = at ? strtol(at + strlen(label), NULL, 10) : otherwise;

	free(text);
	return value;
}

static void print_row(const struct column **list, int count, const struct process *p, int width)
{
	char row[1024], text[512];
	int len = 0;

	for (int i = 0; i < count && len < (int)sizeof(row) - 1; i++) {
		if (p)
			list[i]->text(p, text, sizeof(text));
		else
			strlcpy(text, list[i]->heading, sizeof(text));
		len += snprintf(row + len, sizeof(row) - len, "%s%*s", i ? " " : "",
				i == count - 1 && list[i]->width < 0 ? 0 : list[i]->width, text);
	}
	printf("%.*s\n", width, row);
}

static bool listed(const char *list, int pid)
{
	char *end;

	for (const char *p = list; *p; p = *end ? end + 1 : end)
		if (strtol(p, &end, 10) == pid)
			return true;
		else if (end == p)
			fail("'%s' is not a list of process ids", list);
	return false;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* All process ids in rising order, ended by 0. */
static int *process_ids(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int *ids = NULL, count = 0;

	if (!dir)
		die("/proc");
	while ((entry = readdir(dir))) {
		if (count % 64 == 0 && !(ids = realloc(ids, (count + 65) * sizeof(*ids))))
			die("/proc");
		if (isdigit(entry->d_name[0]))
			ids[count++] = atoi(entry->d_name);
	}
	closedir(dir);
	if (!ids)
		fail("/proc is empty: is it mounted?");
	qsort(ids, count, sizeof(*ids), compare);
	ids[count] = 0;
	return ids;
}

struct selection { bool all, any_tty; const char *pids; };

static void list_processes(const struct column **list, int count, struct selection select)
{
	struct process self = { 0 };
	struct winsize ws;
	bool selected, to_tty = ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col;

	read_process(&self, "self");
	print_row(list, count, NULL, 1024);
	for (int *id = process_ids(); *id; id++) {
		struct process p = { 0 };
		char pid[16];

		snprintf(pid, sizeof(pid), "%d", *id);
		if (!read_process(&p, pid))
			continue;
		if (select.pids)
			selected = listed(select.pids, p.pid);
		else
			selected = select.all || (p.uid == self.uid && (select.any_tty || p.tty == self.tty));
		if (selected)
			print_row(list, count, &p, to_tty ? ws.ws_col : 1024);
		free(p.line);
		free(p.args);
	}
}

int main(int argc, char **argv)
{
	char format[256] = "pid,tty,time,ucmd", *rest = format, *name;
	const struct column *list[32];
	struct selection select = { 0 };
	int count = 0, c;

	while ((c = getopt(argc, argv, "eAaflo:p:", synopsis)) != -1) {
		switch (c) {
		case 'e': case 'A': case 'a': select.all = true; break;
		case 'f': strcpy(format, "owner,pid,ppid,c,stime,tty,time,cmd"); break;
		case 'l': strcpy(format, "s,uid,pid,ppid,c,pri,ni,rss,vsz,tty,time,ucmd"); break;
		case 'o': strlcpy(format, optarg, sizeof(format)); break;
		case 'p': select.pids = optarg; break;
		}
	}
	if (optind < argc && !argv[optind][strspn(argv[optind], "aux")]) {
		select.all = strchr(argv[optind], 'a') && strchr(argv[optind], 'x');
		select.any_tty = strchr(argv[optind], 'x');
		if (strchr(argv[optind], 'u'))
			strcpy(format, "user,pid,pcpu,pmem,vsz,rss,tty,stat,start,bsdtime,command");
		optind++;
	}
	if (optind < argc)
		usage(synopsis);
	while ((name = strsep(&rest, ", ")))
		if (*name && count < 32)
			list[count++] = find_column(name);
	now = time(NULL);
	boot_time = number_after("/proc/stat", "btime ", now - number_after("/proc/uptime", "", 0));
	memory_kb = number_after("/proc/meminfo", "MemTotal:", 1);
	list_processes(list, count, select);
	return 0;
}
