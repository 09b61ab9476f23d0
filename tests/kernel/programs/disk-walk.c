/*
 * disk-walk FOLDER: says of all below FOLDER what it is, with size and a sum of the contents (32-bit FNV-1a).
 * disk-walk -c FOLDER: says nothing, but looks at everything and changes it in all ways that there are, whatever fails.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEEPEST 8
#define LONGEST (1 << 20)	/* of a damaged file, which may claim to be of any size */

static int changes, left = 2000;

static uint32_t sum(uint32_t hash, const unsigned char *bytes, long len)
{
	for (long i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619;
	return hash;
}

static uint32_t sum_of(const char *path, const struct stat *st)
{
	static unsigned char bytes[65536];
	uint32_t hash = 2166136261;
	long len, all = 0;
	int fd;

	if (S_ISLNK(st->st_mode))
		return (len = readlink(path, (char *)bytes, sizeof(bytes))) < 0 ? 0 : sum(hash, bytes, len);
	fd = S_ISREG(st->st_mode) ? open(path, O_RDONLY) : -1;
	while (fd >= 0 && all < LONGEST && (len = read(fd, bytes, sizeof(bytes))) > 0) {
		hash = sum(hash, bytes, len);
		all += len;
	}
	close(fd);
	return hash;
}

static void change_folder(const char *path)
{
	char name[4200], other[4200];
	int fd;

	snprintf(name, sizeof(name), "%s/new", path);
	snprintf(other, sizeof(other), "%s/other", path);
	fd = open(name, O_CREAT | O_RDWR, 0644);
	if (fd >= 0 && write(fd, name, sizeof(name)) > 0)
		fsync(fd);
	close(fd);
	rename(name, other);
	if (link(other, name) || symlink(name, other))
		unlink(other);
	snprintf(name, sizeof(name), "%s/folder", path);
	mkdir(name, 0755);
	snprintf(other, sizeof(other), "%s/moved", path);
	rename(name, other);
	rmdir(other);
}

static void change_file(const char *path, const struct stat *st)
{
	char name[4200];

	if (chmod(path, 0600) || truncate(path, st->st_size / 2) || truncate(path, st->st_size + 5000))
		sync();
	snprintf(name, sizeof(name), "%s.moved", path);
	if (rename(path, name) || unlink(name))
		unlink(path);
}

static void walk(const char *path, int depth)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	if (left-- < 0 || lstat(path, &st))
		return;
	if (!S_ISDIR(st.st_mode)) {
		uint32_t hash = sum_of(path, &st);

		if (!changes)
			printf("%o %s %ld %u\n", st.st_mode >> 12, path, (long)st.st_size, hash);
		else
			change_file(path, &st);
		return;
	}
	if (!changes)
		printf("%o %s\n", st.st_mode >> 12, path);
	dir = depth ? opendir(path) : NULL;
	while (dir && left > 0 && (entry = readdir(dir))) {
		char below[4200];

		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < 4096)
			walk(below, depth - 1);
	}
	if (dir)
		closedir(dir);
	if (changes) {
		change_folder(path);
		rmdir(path);
	}
}

int main(int argc, char **argv)
{
	changes = argc > 2 && !strcmp(argv[1], "-c");
	if (argc < 2 + changes)
		return 2;
	walk(argv[1 + changes], DEEPEST);
	return 0;
}
