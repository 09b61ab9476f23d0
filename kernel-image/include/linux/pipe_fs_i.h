/* The ring of bytes behind a pipe or a FIFO. */
#ifndef _LINUX_PIPE_FS_I_H
#define _LINUX_PIPE_FS_I_H

#include <linux/fs.h>
#include <linux/wait.h>

#define PIPE_SIZE	65536
#define PIPE_BUF	4096

struct pipe_inode_info {
	struct mutex mutex;
	wait_queue_head_t rd_wait, wr_wait;
	unsigned int head;		/* bytes ever written; differs from tail by the fill, modulo 2^32 */
	unsigned int tail;		/* bytes ever read */
	unsigned int readers, writers;	/* open ends */
	unsigned int r_counter, w_counter; /* opens ever, for a FIFO's rendezvous */
	char *pages[PIPE_SIZE / 4096];
};

void free_pipe_info(struct pipe_inode_info *pipe);

#endif
