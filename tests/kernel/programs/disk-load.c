/*
 * disk-load FOLDER SEED [OPERATIONS]: makes, fills, cuts, renames, links and removes files in FOLDER, by chance.
 *
 * Now and then it makes a file in FOLDER/kept, syncs file and folder, and says "kept PATH SIZE FIRST": byte i of
 * it is FIRST + 7 * i + i / 256. Such a file stays as it is until "dropped PATH" has been said.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES 40
#define FOLDERS 5
#define KEPT 12
#define MOST 50000

static const char *folder;
static uint32_t state;

static uint32_t chance(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static char *name(void)
{
	static char names[4][64];
	static int turn;
	char *to = names[turn++ % 4];

	snprintf(to, sizeof(names[0]), "%s/d%u/f%u", folder, chance(FOLDERS), chance(NAMES / FOLDERS));
	return to;
}

static void say(const char *what, const char *path, long size, int first)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "%s %s %ld %d\n", what, path, size, first);

	if (write(1, line, len) != len)
		exit(1);
}

static int fill(int fd, long size, int first)
{
	static unsigned char bytes[MOST];

	for (long i = 0; i < size; i++)
		bytes[i] = first + 7 * i + i / 256;
	return write(fd, bytes, size) == size ? 0 : -1;
}

static int sync_path(const char *path)
{
	int fd = open(path, O_RDONLY), ret = fd < 0 ? -1 : fsync(fd);

	close(fd);
	return ret;
}

/* In place, or under another name first, as editors do it. */
static void keep(void)
{
	static int next;
	char path[64], temporary[64], kept[64];
	long size = chance(MOST);
	int first = chance(256), fd;

	snprintf(kept, sizeof(kept), "%s/kept", folder);
	snprintf(path, sizeof(path), "%s/%d", kept, next);
	if (next >= KEPT) {
		char old[64];

		snprintf(old, sizeof(old), "%s/%d", kept, next - KEPT);
		say("dropped", old, 0, 0);
		unlink(old);
	}
	next++;
	snprintf(temporary, sizeof(temporary), "%s%s", path, chance(2) ? ".new" : "");
	fd = open(temporary, O_CREAT | O_EXCL | O_WRONLY, 0644);
	if (fd < 0 || fill(fd, size, first) || fsync(fd) || close(fd))
		return;
	if (strcmp(path, temporary) && rename(temporary, path))
		return;
	if (!sync_path(kept))
		say("kept", path, size, first);
}

static void change(const char *path, int flags)
{
	int fd = open(path, flags, 0644);

	if (fd < 0)
		return;
	if (chance(4) == 0 && ftruncate(fd, chance(2 * MOST)))
		return;
	if (chance(3) == 0)
		lseek(fd, chance(8 * MOST), SEEK_CUR);
	fill(fd, chance(MOST), chance(256));
	close(fd);
}

static void step(void)
{
	char *path = name();

	switch (chance(12)) {
	case 0: case 1: change(path, O_CREAT | O_WRONLY | O_TRUNC); break;
	case 2: change(path, O_CREAT | O_WRONLY); break;
	case 3: change(path, O_WRONLY | O_APPEND); break;
	case 4: truncate(path, chance(MOST)); break;
	case 5: rename(path, name()); break;
	case 6: link(path, name()); break;
	case 7: symlink(path, name()); break;
	case 8: case 9: unlink(path); break;
	case 10:
		*strrchr(path, '/') = '\0';
		rmdir(path);
		mkdir(path, 0755);
		break;
	case 11: keep(); break;
	}
}

int main(int argc, char **argv)
{
	char path[64];

	if (argc < 3)
		return 2;
	folder = argv[1];
	state = atoi(argv[2]);
	mkdir(folder, 0755);
	for (int i = 0; i < FOLDERS; i++) {
		snprintf(path, sizeof(path), "%s/d%d", folder, i);
		mkdir(path, 0755);
	}
	snprintf(path, sizeof(path), "%s/kept", folder);
	mkdir(path, 0755);
	sync();
	for (long left = argc > 3 ? atol(argv[3]) : -1; left; left--)
		step();
	return 0;
}
