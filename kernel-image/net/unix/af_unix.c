/*
 * Sockets between processes: streams, datagrams and sequenced packets, by a name in the file system, an abstract one,
 * or in pairs.
 *
 * unix_mutex covers the whole family: names, connections, queues. What a sender writes goes straight to the queue of
 * the receiver, in messages of at most MAX_MESSAGE bytes; of a stream their bounds do not matter. Who must wait drops
 * the mutex and looks again afterwards. A socket is referenced by its file, by each socket that has it as its peer, and
 * by the queue of connections that nobody has accepted yet.
 */
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "unix.h"

DEFINE_MUTEX(unix_mutex);
static LIST_HEAD(bound_sockets);

struct ucred unix_own_cred(void)
{
	return (struct ucred){ task_tgid_nr(current), current_euid(), current_cred()->egid };
}

void unix_put(struct unix_sock *sk)
{
	if (atomic_dec_and_test(&sk->refs))
		kfree(sk);
}

struct unix_sock *unix_get(struct unix_sock *sk)
{
	atomic_inc(&sk->refs);
	return sk;
}

struct unix_sock *unix_create(int type)
{
	struct unix_sock *sk = kzalloc(sizeof(*sk), GFP_KERNEL);

	if (!sk)
		return NULL;
	atomic_set(&sk->refs, 1);
	sk->type = type;
	sk->addr.len = sizeof(sk->addr.name.sun_family);
	sk->addr.name.sun_family = AF_UNIX;
	sk->cred = unix_own_cred();
	init_waitqueue_head(&sk->wait);
	INIT_LIST_HEAD(&sk->queue);
	INIT_LIST_HEAD(&sk->backlog);
	INIT_LIST_HEAD(&sk->bound);
	INIT_LIST_HEAD(&sk->gc);
	return sk;
}

static void join(struct unix_sock *a, struct unix_sock *b)
{
	a->peer = unix_get(b);
	b->peer = unix_get(a);
	a->state = b->state = CONNECTED;
	a->peercred = b->cred;
	b->peercred = a->cred;
}

int unix_socketpair(struct unix_sock *a, struct unix_sock *b)
{
	join(a, b);
	return 0;
}

static bool is_abstract(const struct unix_address *addr)
{
	return !addr->name.sun_path[0];
}

static bool is_named(const struct unix_address *addr)
{
	return addr->len > (int)sizeof(addr->name.sun_family);
}

static struct unix_sock *find_abstract(const struct unix_address *addr)
{
	struct unix_sock *sk;

	list_for_each_entry(sk, &bound_sockets, bound)
		if (!sk->inode && sk->addr.len == addr->len && !memcmp(&sk->addr.name, &addr->name, addr->len))
			return sk;
	return NULL;
}

static struct unix_sock *find_inode(const struct inode *inode)
{
	struct unix_sock *sk;

	list_for_each_entry(sk, &bound_sockets, bound)
		if (sk->inode == inode)
			return sk;
	return NULL;
}

static int bind_path(struct unix_sock *sk, const char *name)
{
	struct path path;
	struct dentry *dentry = kern_path_create(AT_FDCWD, name, &path, false);
	int ret;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry) == -EEXIST ? -EADDRINUSE : PTR_ERR(dentry);
	ret = vfs_mknod(path.dentry->d_inode, dentry, S_IFSOCK | (0777 & ~current->fs->umask), 0);
	if (!ret)
		sk->inode = igrab(dentry->d_inode);
	done_path_create(&path, dentry);
	return ret;
}

int unix_bind(struct unix_sock *sk, const struct unix_address *addr)
{
	int ret = 0;

	if (!is_named(addr))
		return -EINVAL;
	mutex_lock(&unix_mutex);
	if (is_named(&sk->addr))
		ret = -EINVAL;
	else if (!is_abstract(addr))
		ret = bind_path(sk, addr->name.sun_path);
	else if (find_abstract(addr))
		ret = -EADDRINUSE;
	if (!ret) {
		sk->addr = *addr;
		list_add(&sk->bound, &bound_sockets);
	}
	mutex_unlock(&unix_mutex);
	return ret;
}

/* The socket of that name, of the right type, that the caller may write to. */
struct unix_sock *unix_find_other(struct unix_sock *sk, const struct unix_address *addr)
{
	struct unix_sock *other;
	struct path path;
	int ret = 0;

	if (!is_named(addr))
		return ERR_PTR(-EINVAL);
	if (is_abstract(addr)) {
		other = find_abstract(addr);
	} else {
		ret = kern_path(addr->name.sun_path, LOOKUP_FOLLOW, &path);
		if (ret)
			return ERR_PTR(ret);
		ret = inode_permission(path.dentry->d_inode, MAY_WRITE);
		other = find_inode(path.dentry->d_inode);
		path_put(&path);
	}
	if (ret)
		return ERR_PTR(ret);
	return !other ? ERR_PTR(-ECONNREFUSED) : other->type != sk->type ? ERR_PTR(-EPROTOTYPE) : other;
}

int unix_listen(struct unix_sock *sk, int backlog)
{
	int ret = 0;

	if (sk->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	mutex_lock(&unix_mutex);
	if (sk->state == CONNECTED || !is_named(&sk->addr)) {
		ret = -EINVAL;
	} else {
		sk->state = LISTENING;
		sk->max_pending = clamp(backlog, 0, 4096);
		sk->cred = unix_own_cred();
	}
	mutex_unlock(&unix_mutex);
	return ret;
}

static int connect_datagram(struct unix_sock *sk, const struct unix_address *addr)
{
	struct unix_sock *other = addr->name.sun_family ? unix_find_other(sk, addr) : NULL, *old = sk->peer;

	if (IS_ERR(other))
		return PTR_ERR(other);
	sk->peer = other ? unix_get(other) : NULL;
	if (old)
		unix_put(old);
	return 0;
}

/* The listener gets a new socket, already connected, to accept. -EAGAIN with *full: too many wait for that. */
static int connect_stream(struct unix_sock *sk, const struct unix_address *addr, struct unix_sock **full)
{
	struct unix_sock *other, *end;

	if (sk->state != UNCONNECTED)
		return sk->state == CONNECTED ? -EISCONN : -EINVAL;
	other = unix_find_other(sk, addr);
	if (IS_ERR(other))
		return PTR_ERR(other);
	if (other->state != LISTENING)
		return -ECONNREFUSED;
	if (other->pending > other->max_pending) {
		*full = unix_get(other);
		return -EAGAIN;
	}
	end = unix_create(sk->type);
	if (!end)
		return -ENOMEM;
	end->addr = other->addr;
	end->cred = other->cred;
	end->passcred = other->passcred;
	sk->cred = unix_own_cred();
	join(sk, end);
	list_add_tail(&end->backlog_node, &other->backlog);
	other->pending++;
	wake_up_interruptible_all(&other->wait);
	return 0;
}

int unix_connect(struct unix_sock *sk, const struct unix_address *addr, bool nonblock)
{
	for (;;) {
		struct unix_sock *full = NULL;
		int ret;

		mutex_lock(&unix_mutex);
		ret = sk->type == SOCK_DGRAM ? connect_datagram(sk, addr) : connect_stream(sk, addr, &full);
		mutex_unlock(&unix_mutex);
		if (!full)
			return ret;
		if (!nonblock)
			ret = wait_event_interruptible(full->wait, READ_ONCE(full->pending) <= full->max_pending || full->dead);
		unix_put(full);
		if (ret)
			return ret;
	}
}

struct unix_sock *unix_accept(struct unix_sock *sk, bool nonblock)
{
	for (;;) {
		struct unix_sock *end;

		mutex_lock(&unix_mutex);
		if (sk->state != LISTENING) {
			mutex_unlock(&unix_mutex);
			return ERR_PTR(sk->type == SOCK_DGRAM ? -EOPNOTSUPP : -EINVAL);
		}
		end = list_first_entry_or_null(&sk->backlog, struct unix_sock, backlog_node);
		if (end) {
			list_del(&end->backlog_node);
			sk->pending--;
			wake_up_interruptible_all(&sk->wait);
		}
		mutex_unlock(&unix_mutex);
		if (end)
			return end;
		if (nonblock)
			return ERR_PTR(-EAGAIN);
		if (wait_event_interruptible(sk->wait, READ_ONCE(sk->pending)))
			return ERR_PTR(-ERESTARTSYS);
	}
}

int unix_getname(struct unix_sock *sk, struct unix_address *addr, bool peer)
{
	int ret = 0;

	mutex_lock(&unix_mutex);
	if (peer && !sk->peer)
		ret = -ENOTCONN;
	else
		*addr = peer ? sk->peer->addr : sk->addr;
	mutex_unlock(&unix_mutex);
	return ret;
}

int unix_shutdown(struct unix_sock *sk, int how)
{
	int ret = 0;

	mutex_lock(&unix_mutex);
	if (sk->type != SOCK_DGRAM && sk->state != CONNECTED)
		ret = -ENOTCONN;
	else
		sk->shutdown |= how + 1;
	wake_up_interruptible_all(&sk->wait);
	if (sk->peer)
		wake_up_interruptible_all(&sk->peer->wait);
	mutex_unlock(&unix_mutex);
	return ret;
}

/* The mutex is held. The other end reads what it has, and then the end. What nobody read goes to `left`. */
static void unix_kill(struct unix_sock *sk, struct list_head *left)
{
	struct message *m;

	sk->dead = true;
	list_for_each_entry(m, &sk->queue, list)
		if (m->fp)
			unix_detach_fds(m->fp);
	while (!list_empty(&sk->queue))
		list_move_tail(sk->queue.next, left);
	sk->queued = sk->room_taken = 0;
	if (!list_empty(&sk->bound))
		list_del(&sk->bound);
	if (sk->inode)
		iput(sk->inode);
	wake_up_interruptible_all(&sk->wait);
	if (sk->peer) {
		wake_up_interruptible_all(&sk->peer->wait);
		unix_put(sk->peer);
	}
	sk->peer = NULL;
	unix_put(sk);
}

void unix_release(struct unix_sock *sk)
{
	struct unix_sock *end, *next;
	LIST_HEAD(left);

	mutex_lock(&unix_mutex);
	list_for_each_entry_safe(end, next, &sk->backlog, backlog_node)
		unix_kill(end, &left);
	unix_kill(sk, &left);
	mutex_unlock(&unix_mutex);
	/* Files in these may be sockets themselves. */
	unix_free_messages(&left);
	unix_gc();
}

/* Nothing more will come. */
bool unix_at_end(struct unix_sock *sk)
{
	return (sk->shutdown & RCV_SHUTDOWN) || (sk->peer && sk->type != SOCK_DGRAM &&
						 (sk->peer->dead || (sk->peer->shutdown & SEND_SHUTDOWN)));
}

__poll_t unix_poll(struct unix_sock *sk, struct file *file, poll_table *table)
{
	__poll_t mask = 0;

	poll_wait(file, &sk->wait, table);
	mutex_lock(&unix_mutex);
	if (!list_empty(&sk->queue) || !list_empty(&sk->backlog))
		mask |= POLLIN | POLLRDNORM;
	if (unix_at_end(sk))
		mask |= POLLIN | POLLRDNORM | POLLRDHUP;
	if (sk->type != SOCK_DGRAM && ((sk->state == CONNECTED && sk->peer->dead) || sk->shutdown == SHUTDOWN_MASK))
		mask |= POLLHUP;
	if (sk->state != LISTENING && (!sk->peer || sk->peer->dead || sk->peer->room_taken < UNIX_MAX_QUEUED / 2))
		mask |= POLLOUT | POLLWRNORM;
	mutex_unlock(&unix_mutex);
	return mask;
}
