/* What a file is: type, mode, owner, size, times. */
#pragma once
#include <time.h>

#define S_IFMT	0170000
#define S_IFSOCK 0140000
#define S_IFLNK	0120000
#define S_IFREG	0100000
#define S_IFBLK	0060000
#define S_IFDIR	0040000
#define S_IFCHR	0020000
#define S_IFIFO	0010000
#define S_ISUID	04000
#define S_ISGID	02000
#define S_ISVTX	01000
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)
#define S_ISCHR(mode) (((mode) & S_IFMT) == S_IFCHR)
#define S_ISBLK(mode) (((mode) & S_IFMT) == S_IFBLK)

struct stat {		/* asm-generic */
	dev_t st_dev;
	ino_t st_ino;
	mode_t st_mode;
	nlink_t st_nlink;
	uid_t st_uid;
	gid_t st_gid;
	dev_t st_rdev;
	unsigned long pad1;
	off_t st_size;
	int st_blksize, pad2;
	long st_blocks;
	struct timespec st_atim, st_mtim, st_ctim;
	unsigned int unused[2];
};

#define UTIME_NOW	0x3fffffffL
#define UTIME_OMIT	0x3ffffffeL

int stat(const char *path, struct stat *st);
int lstat(const char *path, struct stat *st);
int fstat(int fd, struct stat *st);
int chmod(const char *path, mode_t mode);
int mkdir(const char *path, mode_t mode);
int mknod(const char *path, mode_t mode, dev_t dev);
mode_t umask(mode_t mask);
int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags);

static inline unsigned int major(dev_t dev) { return dev >> 8 & 0xfff; }
static inline unsigned int minor(dev_t dev) { return (dev & 0xff) | (dev >> 12 & 0xfff00); }
static inline dev_t makedev(unsigned int major, unsigned int minor)
{
	return (minor & 0xff) | (dev_t)major << 8 | (dev_t)(minor & ~0xffU) << 12;
}
