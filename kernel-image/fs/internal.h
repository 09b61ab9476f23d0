/* What fs/namei.c shares with the operations that change directories. */
#ifndef _FS_INTERNAL_H
#define _FS_INTERNAL_H

#include <linux/namei.h>

enum { LAST_NORM, LAST_ROOT, LAST_DOT, LAST_DOTDOT };

struct nameidata {
	struct path path;
	struct path root;
	const char *name;	/* what is still to be walked */
	char *spliced;		/* its buffer, once a link was followed */
	struct qstr last;
	int last_type;
	bool trailing;		/* slashes after the last component */
	unsigned int flags;
	unsigned int links;
};

int path_init(struct nameidata *nd, int dfd, const char *name, unsigned int flags);
int link_path_walk(struct nameidata *nd);
void path_finish(struct nameidata *nd);

#endif
