/* ls: lists files and directories. */
#include <dirent.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

static const char synopsis[] = "ls [-1aAClFhidnrRStU] [FILE]...";

static struct {
	bool all, almost_all, long_format, columns, classify, human, inode, directory, numeric, reverse,
	     recursive, by_size, by_time, unsorted;
} opt;
static int width = 80, failed;

struct file {
	char *name;
	struct stat st;
	bool known;	/* st is filled in */
};

static int compare(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	long order = 0;

	if (opt.by_size)
		order = y->st.st_size - x->st.st_size;
	else if (opt.by_time)
		order = y->st.st_mtim.tv_sec - x->st.st_mtim.tv_sec;
	if (!order)
		order = strcmp(x->name, y->name);
	if (opt.reverse)
		order = -order;
	return order > 0 ? 1 : order < 0 ? -1 : 0;
}

static char type_letter(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR: return 'd';
	case S_IFLNK: return 'l';
	case S_IFCHR: return 'c';
	case S_IFBLK: return 'b';
	case S_IFIFO: return 'p';
	case S_IFSOCK: return 's';
	default: return '-';
	}
}

static void mode_string(mode_t mode, char *s)
{
	*s++ = type_letter(mode);
	for (int shift = 6; shift >= 0; shift -= 3) {
		bool special = mode & (shift == 6 ? S_ISUID : shift == 3 ? S_ISGID : S_ISVTX);
		bool execute = mode >> shift & 1;

		*s++ = mode >> shift & 4 ? 'r' : '-';
		*s++ = mode >> shift & 2 ? 'w' : '-';
		if (special)
			*s++ = (shift ? "Ss" : "Tt")[execute];
		else
			*s++ = execute ? 'x' : '-';
	}
	*s = '\0';
}

static const char *suffix(const struct file *f)
{
	if (!opt.classify || !f->known)
		return "";
	switch (f->st.st_mode & S_IFMT) {
	case S_IFDIR: return "/";
	case S_IFLNK: return "@";
	case S_IFIFO: return "|";
	case S_IFSOCK: return "=";
	default: return f->st.st_mode & 0111 && S_ISREG(f->st.st_mode) ? "*" : "";
	}
}

static void size_string(const struct stat *st, char *s, size_t len)
{
	unsigned long tenths = st->st_size * 10;
	const char *unit = "BKMGT";

	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
		snprintf(s, len, "%u, %u", major(st->st_rdev), minor(st->st_rdev));
		return;
	}
	if (!opt.human || st->st_size < 1024) {
		snprintf(s, len, "%lu", st->st_size);
		return;
	}
	for (; tenths >= 10240 && unit[1]; unit++)
		tenths = (tenths + 1023) / 1024;
	if (tenths < 100)
		snprintf(s, len, "%lu.%lu%c", tenths / 10, tenths % 10, *unit);
	else
		snprintf(s, len, "%lu%c", (tenths + 9) / 10, *unit);
}

static void owner_string(uid_t uid, char *s, size_t len)
{
	struct passwd *pw = opt.numeric ? NULL : getpwuid(uid);

	if (pw)
		strlcpy(s, pw->pw_name, len);
	else
		snprintf(s, len, "%u", uid);
}

static void group_string(gid_t gid, char *s, size_t len)
{
	const char *name = opt.numeric ? NULL : group_name(gid);

	if (name)
		strlcpy(s, name, len);
	else
		snprintf(s, len, "%u", gid);
}

static const char *path_of(const char *directory, const char *name, char *buf, size_t size)
{
	if (!directory)
		return name;
	snprintf(buf, size, "%s%s%s", directory, directory[strlen(directory) - 1] == '/' ? "" : "/", name);
	return buf;
}

struct widths { int links, owner, group, size; };

static int wider(int width, const char *text)
{
	int len = strlen(text);

	return len > width ? len : width;
}

static void measure(struct file *files, int count, struct widths *w)
{
	char text[32];

	for (int i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%u", files[i].st.st_nlink);
		w->links = wider(w->links, text);
		owner_string(files[i].st.st_uid, text, sizeof(text));
		w->owner = wider(w->owner, text);
		group_string(files[i].st.st_gid, text, sizeof(text));
		w->group = wider(w->group, text);
		size_string(&files[i].st, text, sizeof(text));
		w->size = wider(w->size, text);
	}
}

static void print_long(const char *directory, struct file *f, const struct widths *w, time_t now)
{
	char mode[12], owner[32], group[32], size[32], when[20], path[512], target[256];
	const struct stat *st = &f->st;
	bool recent = st->st_mtim.tv_sec <= now && now - st->st_mtim.tv_sec < 15768000;
	struct tm tm;
	ssize_t len;

	mode_string(st->st_mode, mode);
	owner_string(st->st_uid, owner, sizeof(owner));
	group_string(st->st_gid, group, sizeof(group));
	size_string(st, size, sizeof(size));
	gmtime_r(&st->st_mtim.tv_sec, &tm);
	strftime(when, sizeof(when), recent ? "%b %e %H:%M" : "%b %e  %Y", &tm);
	printf("%s %*u %-*s %-*s %*s %s %s", mode, w->links, st->st_nlink, w->owner, owner, w->group, group,
	       w->size, size, when, f->name);
	if (S_ISLNK(st->st_mode)) {
		len = readlink(path_of(directory, f->name, path, sizeof(path)), target, sizeof(target) - 1);
		if (len >= 0)
			printf(" -> %.*s", (int)len, target);
		putchar('\n');
	} else {
		printf("%s\n", suffix(f));
	}
}

static void print_columns(struct file *files, int count)
{
	int longest = 0, columns, rows;

	for (int i = 0; i < count; i++) {
		int len = strlen(files[i].name) + strlen(suffix(&files[i]));

		if (len > longest)
			longest = len;
	}
	columns = width / (longest + 2);
	if (columns < 1)
		columns = 1;
	rows = (count + columns - 1) / columns;
	for (int row = 0; row < rows; row++)
		for (int i = row; i < count; i += rows) {
			printf("%s%s", files[i].name, suffix(&files[i]));
			if (i + rows < count)
				printf("%*s", longest + 2 - (int)strlen(files[i].name) -
				       (int)strlen(suffix(&files[i])), "");
			else
				putchar('\n');
		}
}

static void print_files(const char *directory, struct file *files, int count)
{
	struct widths w = { 0 };
	time_t now = time(NULL);

	if (!opt.unsorted)
		qsort(files, count, sizeof(*files), compare);
	if (opt.long_format)
		measure(files, count, &w);
	if (opt.columns && !opt.long_format) {
		print_columns(files, count);
		return;
	}
	for (int i = 0; i < count; i++) {
		if (opt.inode)
			printf("%lu ", files[i].st.st_ino);
		if (opt.long_format)
			print_long(directory, &files[i], &w, now);
		else
			printf("%s%s\n", files[i].name, suffix(&files[i]));
	}
}

static bool needs_stat(void)
{
	return opt.long_format || opt.classify || opt.inode || opt.by_size || opt.by_time || opt.recursive;
}

static bool add(struct file **files, int *count, const char *directory, const char *name)
{
	char path[512];
	struct file *grown, *f;

	if (*count % 32 == 0) {
		grown = realloc(*files, (*count + 32) * sizeof(**files));
		if (!grown)
			die(name);
		*files = grown;
	}
	f = &(*files)[*count];
	*f = (struct file){ .name = strdup(name) };
	if (!directory || needs_stat()) {
		f->known = lstat(path_of(directory, name, path, sizeof(path)), &f->st) == 0;
		if (!f->known) {
			warn(path_of(directory, name, path, sizeof(path)));
			failed = 1;
			return false;
		}
	}
	++*count;
	return true;
}

static void list_directory(const char *path, bool heading)
{
	DIR *dir = opendir(path);
	struct file *files = NULL;
	struct dirent *entry;
	int count = 0;
	long blocks = 0;
	char sub[512];

	if (!dir) {
		warn(path);
		failed = 1;
		return;
	}
	if (heading)
		printf("%s:\n", path);
	while ((entry = readdir(dir))) {
		bool dots = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");

		if (opt.all || entry->d_name[0] != '.' || (opt.almost_all && !dots))
			if (add(&files, &count, path, entry->d_name))
				blocks += files[count - 1].st.st_blocks;
	}
	closedir(dir);
	if (opt.long_format)
		printf("total %ld\n", blocks / 2);
	print_files(path, files, count);
	for (int i = 0; opt.recursive && i < count; i++)
		if (S_ISDIR(files[i].st.st_mode) && strcmp(files[i].name, ".") && strcmp(files[i].name, "..")) {
			putchar('\n');
			list_directory(path_of(path, files[i].name, sub, sizeof(sub)), true);
		}
	for (int i = 0; i < count; i++)
		free(files[i].name);
	free(files);
}

static void parse_options(int argc, char **argv)
{
	int c;

	opt.columns = isatty(STDOUT_FILENO);
	while ((c = getopt(argc, argv, "1aAClFhidnrRStU", synopsis)) != -1) {
		switch (c) {
		case '1': opt.columns = false; break;
		case 'a': opt.all = true; break;
		case 'A': opt.almost_all = true; break;
		case 'C': opt.columns = true; opt.long_format = false; break;
		case 'n': opt.numeric = true; opt.long_format = true; break;
		case 'l': opt.long_format = true; break;
		case 'F': opt.classify = true; break;
		case 'h': opt.human = true; break;
		case 'i': opt.inode = true; break;
		case 'd': opt.directory = true; break;
		case 'r': opt.reverse = true; break;
		case 'R': opt.recursive = true; break;
		case 'S': opt.by_size = true; break;
		case 't': opt.by_time = true; break;
		case 'U': opt.unsorted = true; break;
		}
	}
}

int main(int argc, char **argv)
{
	struct file *files = NULL, *directories = NULL;
	int nfiles = 0, ndirectories = 0;
	struct winsize ws;

	parse_options(argc, argv);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col)
		width = ws.ws_col;
	if (optind == argc && !opt.directory) {
		list_directory(".", opt.recursive);
		return failed;
	}
	if (optind == argc)
		add(&files, &nfiles, NULL, ".");
	for (int i = optind; i < argc; i++) {
		struct stat st;
		bool follow = !opt.long_format && !opt.directory;
		bool is_dir = !opt.directory && (follow ? stat : lstat)(argv[i], &st) == 0 && S_ISDIR(st.st_mode);

		add(is_dir ? &directories : &files, is_dir ? &ndirectories : &nfiles, NULL, argv[i]);
	}
	print_files(NULL, files, nfiles);
	if (!opt.unsorted)
		qsort(directories, ndirectories, sizeof(*directories), compare);
	for (int i = 0; i < ndirectories; i++) {
		if (i || nfiles)
			putchar('\n');
		list_directory(directories[i].name, ndirectories > 1 || nfiles || opt.recursive || failed);
	}
	return failed ? 2 : 0;
}
