/* Reading directories. */
#pragma once
#include <sys/types.h>

#define DT_UNKNOWN	0
#define DT_DIR		4

struct dirent {		/* linux_dirent64 */
	uint64_t d_ino;
	int64_t d_off;
	uint16_t d_reclen;
	uint8_t d_type;
	char d_name[];
};

typedef struct DIR {
	int fd;
	int pos, len;
	_Alignas(8) char buf[2048];
} DIR;

DIR *opendir(const char *path);
struct dirent *readdir(DIR *dir);
int closedir(DIR *dir);
