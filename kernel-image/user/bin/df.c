/* df: how full the mounted file systems are, or those that the named files lie in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <tool.h>

static const char synopsis[] = "df [-aik] [FILE...]";
static int all, inodes, failed;

static void line(const char *source, const char *target, const char *path)
{
	struct statfs st;
	unsigned long total, used, available;

	if (statfs(path, &st) < 0) {
		warn(path);
		failed = 1;
		return;
	}
	if (inodes) {
		total = st.f_files;
		available = st.f_ffree;
		used = total - available;
	} else {
		total = st.f_blocks * (st.f_bsize / 512) / 2;
		used = (st.f_blocks - st.f_bfree) * (st.f_bsize / 512) / 2;
		available = st.f_bavail * (st.f_bsize / 512) / 2;
	}
	if (!total && !all)
		return;
	/* Rounded up, of what ordinary users may fill. */
	printf("%-15s %10lu %10lu %10lu %3lu%% %s\n", source, total, used, available,
	       used + available ? (used * 100 + used + available - 1) / (used + available) : 0, target);
}

/* The mount on the path's device, or each; of several that lie on one another, only the last is seen. */
static void show(char *table, const char *path)
{
	struct stat wanted, st;
	char *rest = table, *text, *source = NULL, *target = NULL;

	if (path && stat(path, &wanted) < 0) {
		warn(path);
		failed = 1;
		return;
	}
	while ((text = strsep(&rest, "\n")) && *text) {
		char *from = strsep(&text, " "), *to = strsep(&text, " ");

		if (!path) {
			line(from, to, to);
		} else if (!stat(to, &st) && st.st_dev == wanted.st_dev) {
			source = from;
			target = to;
		}
	}
	if (source)
		line(source, target, path);
	else if (path)
		fail("%s: is on no file system that is mounted", path);
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "aik", synopsis)) != -1) {
		all |= c == 'a';
		inodes |= c == 'i';
	}
	all |= optind < argc;
	printf("%-15s %10s %10s %10s %4s %s\n", "Filesystem", inodes ? "Inodes" : "1K-blocks", inodes ? "IUsed" : "Used",
	       inodes ? "IFree" : "Available", "Use%", "Mounted on");
	do {
		char *table = slurp("/proc/mounts", NULL);

		if (!table)
			die("/proc/mounts");
		show(table, argv[optind]);
		free(table);
	} while (argv[optind] && argv[++optind]);
	return failed;
}
