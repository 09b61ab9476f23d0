/* rm: removes files; -r with directories, -f without complaint about what is not there. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tool.h>
#include <unistd.h>

static bool recursive, force;

static int remove_path(const char *path);

static int remove_contents(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char sub[512];
	int failed = 0;

	if (!dir) {
		warn(path);
		return 1;
	}
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, entry->d_name);
		failed |= remove_path(sub);
	}
	closedir(dir);
	return failed;
}

static int remove_path(const char *path)
{
	struct stat st;
	int failed = 0, result;

	if (lstat(path, &st) < 0) {
		if (force && errno == ENOENT)
			return 0;
		warn(path);
		return 1;
	}
	if (S_ISDIR(st.st_mode) && recursive) {
		failed = remove_contents(path);
		result = rmdir(path);
	} else {
		result = unlink(path);
	}
	if (result < 0) {
		if (!failed)
			warn(path);
		return 1;
	}
	return failed;
}

int main(int argc, char **argv)
{
	int c, failed = 0;

	while ((c = getopt(argc, argv, "rRf", "rm [-rf] FILE...")) != -1) {
		recursive |= c != 'f';
		force |= c == 'f';
	}
	if (optind == argc && !force)
		usage("rm [-rf] FILE...");
	for (int i = optind; i < argc; i++)
		failed |= remove_path(argv[i]);
	return failed;
}
