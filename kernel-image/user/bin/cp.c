/* cp: copies files, and with -r directories with all that is in them. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

static bool recursive, verbose;

static int copy(const char *from, const char *to);

static int copy_file(const char *from, const char *to, mode_t mode)
{
	struct stat a, b;
	int in, out, failed;

	if (stat(from, &a) == 0 && stat(to, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		fail("'%s' and '%s' are the same file", from, to);
	in = open(from, O_RDONLY);
	if (in < 0) {
		warn(from);
		return 1;
	}
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);
	failed = out < 0 || copy_fd(in, out) < 0;
	if (failed)
		warn(to);
	close(in);
	if (out >= 0 && close(out) < 0 && !failed) {
		warn(to);
		failed = 1;
	}
	return failed;
}

static int copy_link(const char *from, const char *to)
{
	char target[512];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len >= 0) {
		target[len] = '\0';
		if (symlink(target, to) == 0)
			return 0;
	}
	warn(to);
	return 1;
}

static int copy_directory(const char *from, const char *to, mode_t mode)
{
	char from_sub[512], to_sub[512];
	struct dirent *entry;
	struct stat st;
	int failed = 0;
	DIR *dir = opendir(from);

	if (!dir) {
		warn(from);
		return 1;
	}
	if (stat(to, &st) < 0 && mkdir(to, (mode & 0777) | 0700) < 0) {
		warn(to);
		closedir(dir);
		return 1;
	}
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(from_sub, sizeof(from_sub), "%s/%s", from, entry->d_name);
		snprintf(to_sub, sizeof(to_sub), "%s/%s", to, entry->d_name);
		failed |= copy(from_sub, to_sub);
	}
	closedir(dir);
	return failed;
}

static int copy(const char *from, const char *to)
{
	struct stat st;

	if ((recursive ? lstat : stat)(from, &st) < 0) {
		warn(from);
		return 1;
	}
	if (verbose)
		printf("'%s' -> '%s'\n", from, to);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to);
	if (!S_ISDIR(st.st_mode))
		return copy_file(from, to, st.st_mode);
	if (recursive)
		return copy_directory(from, to, st.st_mode);
	fprintf(stderr, "cp: '%s' is a directory (-r copies it)\n", from);
	return 1;
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "rRav", "cp [-rv] FILE... TARGET")) != -1) {
		recursive |= c != 'v';
		verbose |= c == 'v';
	}
	if (argc - optind < 2)
		usage("cp [-rv] FILE... TARGET");
	return each_to_target(argv + optind, argc - 1 - optind, argv[argc - 1], copy);
}
