/* What the last close of a file owes to the epoll sets that watch it. */
#ifndef _LINUX_EVENTPOLL_H
#define _LINUX_EVENTPOLL_H

#include <linux/fs.h>

void eventpoll_release_file(struct file *file);

static inline void eventpoll_release(struct file *file)
{
	if (!list_empty(&file->f_ep))
		eventpoll_release_file(file);
}

#endif
