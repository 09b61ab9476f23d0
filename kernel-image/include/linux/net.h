/* Sockets, of which there is one family: those between the processes of this machine. */
#ifndef _LINUX_NET_H
#define _LINUX_NET_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/wait.h>

#define AF_UNIX		1
#define SOCK_STREAM	1
#define SOCK_DGRAM	2
#define SOCK_SEQPACKET	5
#define SOL_SOCKET	1
#define SCM_RIGHTS	1
#define SCM_CREDENTIALS	2
#define SCM_MAX_FD	64
#define RCV_SHUTDOWN	1
#define SEND_SHUTDOWN	2
#define SHUTDOWN_MASK	3

#define MSG_PEEK	0x2
#define MSG_CTRUNC	0x8
#define MSG_TRUNC	0x20
#define MSG_DONTWAIT	0x40
#define MSG_EOR		0x80
#define MSG_WAITALL	0x100
#define MSG_NOSIGNAL	0x4000
#define MSG_CMSG_CLOEXEC 0x40000000

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};

/* Without a name the length is that of the family alone. */
struct unix_address {
	int len;
	struct sockaddr_un name;
};

struct ucred {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* Open files on their way in a message. */
struct scm_fp_list {
	struct list_head list;		/* of those in flight */
	struct scm_fp_list *next;	/* to be freed, too */
	uid_t uid;
	int count;
	struct file *fp[SCM_MAX_FD];
};

/* A message as it is sent or received. */
struct msg {
	struct iov_iter iter;
	int flags;			/* MSG_*; those of the answer, too */
	struct unix_address addr;	/* to or from where */
	struct scm_fp_list *fp;
	struct ucred cred;
};

#define UNIX_MAX_QUEUED	212992		/* bytes, of each receiver */

struct unix_sock {
	atomic_t refs;
	int type, state, shutdown;
	bool dead, passcred;
	struct unix_sock *peer;		/* its file may be closed already */
	wait_queue_head_t wait;
	struct list_head queue;
	size_t queued, room_taken;	/* bytes to be read; and with what holds them */
	struct list_head backlog;	/* connections to be accepted, by their own backlog_node */
	struct list_head backlog_node;
	int pending, max_pending;
	struct unix_address addr;
	struct inode *inode;		/* bound there */
	struct list_head bound;
	struct ucred cred, peercred;
	int in_flight, outer;		/* references of its file from messages; of these, from outside */
	struct list_head gc;
};

enum { UNCONNECTED, LISTENING, CONNECTED };

struct unix_sock *unix_create(int type);
int unix_socketpair(struct unix_sock *a, struct unix_sock *b);
int unix_bind(struct unix_sock *sk, const struct unix_address *addr);
int unix_listen(struct unix_sock *sk, int backlog);
int unix_connect(struct unix_sock *sk, const struct unix_address *addr, bool nonblock);
struct unix_sock *unix_accept(struct unix_sock *sk, bool nonblock);
int unix_getname(struct unix_sock *sk, struct unix_address *addr, bool peer);
ssize_t unix_sendmsg(struct unix_sock *sk, struct msg *msg);
ssize_t unix_recvmsg(struct unix_sock *sk, struct msg *msg);
int unix_shutdown(struct unix_sock *sk, int how);
void unix_release(struct unix_sock *sk);
__poll_t unix_poll(struct unix_sock *sk, struct file *file, poll_table *table);
struct unix_sock *unix_sock_of(const struct file *file);
void scm_destroy(struct scm_fp_list *fp);

#endif
