/* What the two files of this family share. */
#ifndef _NET_UNIX_UNIX_H
#define _NET_UNIX_UNIX_H

#include <linux/mutex.h>
#include <linux/net.h>

#define MAX_MESSAGE	(16384 - sizeof(struct message))

struct message {
	struct list_head list;
	size_t len, offset;
	struct unix_address from;
	struct scm_fp_list *fp;
	struct ucred cred;
	char data[];
};

extern struct mutex unix_mutex;

/* unix_mutex is held. */
struct unix_sock *unix_find_other(struct unix_sock *sk, const struct unix_address *addr);
bool unix_at_end(struct unix_sock *sk);

struct ucred unix_own_cred(void);
struct unix_sock *unix_get(struct unix_sock *sk);
void unix_put(struct unix_sock *sk);
int unix_attach_fds(struct scm_fp_list *fp);
void unix_detach_fds(struct scm_fp_list *fp);
void unix_gc(void);
void unix_free_messages(struct list_head *messages);

#endif
