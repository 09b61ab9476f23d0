/* Messages between Unix sockets: sending, queueing and receiving them, with the files that go along. */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "unix.h"

/* Who gets a message, referenced. The mutex is held. */
static struct unix_sock *receiver(struct unix_sock *sk, const struct unix_address *addr)
{
	struct unix_sock *other = sk->peer;

	if (sk->type != SOCK_DGRAM && sk->state != CONNECTED)
		return ERR_PTR(-ENOTCONN);
	if (sk->type == SOCK_DGRAM && addr->len)
		other = unix_find_other(sk, addr);
	else if (!other)
		return ERR_PTR(-ENOTCONN);
	if (IS_ERR(other))
		return other;
	if ((sk->shutdown & SEND_SHUTDOWN) || (other->shutdown & RCV_SHUTDOWN))
		return ERR_PTR(-EPIPE);
	if (other->dead)
		return ERR_PTR(sk->type == SOCK_DGRAM ? -ECONNREFUSED : -EPIPE);
	return unix_get(other);
}

/* What a message takes of its receiver's room: an empty one takes memory, too. */
static size_t truesize(size_t len)
{
	return sizeof(struct message) + len;
}

static bool has_room(const struct unix_sock *other, size_t len)
{
	return !READ_ONCE(other->room_taken) || READ_ONCE(other->room_taken) + truesize(len) <= UNIX_MAX_QUEUED;
}

/* Queues a message, whose first takes the files along; waits for room. */
static int deliver(struct unix_sock *sk, struct msg *msg, struct message *m)
{
	for (;;) {
		struct unix_sock *other;
		int ret;

		mutex_lock(&unix_mutex);
		other = receiver(sk, &msg->addr);
		if (IS_ERR(other)) {
			mutex_unlock(&unix_mutex);
			return PTR_ERR(other);
		}
		if (has_room(other, m->len)) {
			ret = m->fp ? unix_attach_fds(m->fp) : 0;
			if (!ret) {
				m->from = sk->addr;
				list_add_tail(&m->list, &other->queue);
				other->queued += m->len;
				other->room_taken += truesize(m->len);
				wake_up_interruptible_all(&other->wait);
			}
			mutex_unlock(&unix_mutex);
			unix_put(other);
			return ret;
		}
		mutex_unlock(&unix_mutex);
		if (msg->flags & MSG_DONTWAIT)
			ret = -EAGAIN;
		else
			ret = wait_event_interruptible(other->wait, has_room(other, m->len) || other->dead ||
									    (sk->shutdown & SEND_SHUTDOWN));
		unix_put(other);
		if (ret)
			return ret;
	}
}

ssize_t unix_sendmsg(struct unix_sock *sk, struct msg *msg)
{
	size_t total = iov_iter_count(&msg->iter);
	bool stream = sk->type == SOCK_STREAM;
	ssize_t done = 0;
	int ret = 0;

	if (!stream && total > UNIX_MAX_QUEUED)
		return -EMSGSIZE;
	if (stream && !total)
		return 0;
	do {
		size_t len = stream ? min_t(size_t, total - done, MAX_MESSAGE) : total;
		struct message *m = kmalloc(sizeof(*m) + len, GFP_KERNEL);

		if (!m) {
			ret = -ENOMEM;
			break;
		}
		*m = (struct message){ .len = len, .fp = msg->fp, .cred = unix_own_cred() };
		ret = copy_from_iter(m->data, len, &msg->iter) == len ? deliver(sk, msg, m) : -EFAULT;
		if (ret) {
			kfree(m);
			break;
		}
		msg->fp = NULL;
		done += len;
	} while (done < (ssize_t)total);
	if (ret == -EPIPE && !done && !(msg->flags & MSG_NOSIGNAL))
		send_sig(SIGPIPE, current, 0);
	return done || !ret ? done : ret;
}

void unix_free_messages(struct list_head *messages)
{
	struct message *m, *next;

	list_for_each_entry_safe(m, next, messages, list) {
		scm_destroy(m->fp);
		kfree(m);
	}
}

/* Waits for the first message; NULL at the end. Returns with the mutex held unless there is an error. */
static struct message *wait_for_message(struct unix_sock *sk, int flags)
{
	for (;;) {
		struct message *m;

		mutex_lock(&unix_mutex);
		m = list_first_entry_or_null(&sk->queue, struct message, list);
		if (m || unix_at_end(sk))
			return m;
		mutex_unlock(&unix_mutex);
		if (sk->type != SOCK_DGRAM && sk->state != CONNECTED)
			return ERR_PTR(sk->state == LISTENING ? -EINVAL : -ENOTCONN);
		if (flags & MSG_DONTWAIT)
			return ERR_PTR(-EAGAIN);
		if (wait_event_interruptible(sk->wait, !list_empty(&sk->queue) || unix_at_end(sk)))
			return ERR_PTR(-ERESTARTSYS);
	}
}

/* Copies out what fits of a message. */
static ssize_t read_message(const struct message *m, struct msg *msg)
{
	size_t want = min_t(size_t, m->len - m->offset, iov_iter_count(&msg->iter));

	msg->addr = m->from;
	msg->cred = m->cred;
	return copy_to_iter(m->data + m->offset, want, &msg->iter) == want ? (ssize_t)want : -EFAULT;
}

/* Takes what was read off the queue. What is left of a packet is lost, of a stream it stays. */
static void consume(struct unix_sock *sk, struct message *m, size_t bytes, struct msg *msg)
{
	if (m->fp)
		unix_detach_fds(m->fp);
	msg->fp = m->fp;
	m->fp = NULL;
	m->offset += bytes;
	sk->queued -= bytes;
	if (sk->type == SOCK_STREAM && m->offset < m->len)
		return;
	if (m->offset < m->len)
		msg->flags |= MSG_TRUNC;
	sk->queued -= m->len - m->offset;
	sk->room_taken -= truesize(m->len);
	list_del(&m->list);
	kfree(m);
}

/* From the queue as it is: one packet, or of a stream as much as fits, up to a message with files. */
static ssize_t read_queue(struct unix_sock *sk, struct msg *msg, bool peek)
{
	struct message *m, *next;
	ssize_t done = 0;

	list_for_each_entry_safe(m, next, &sk->queue, list) {
		ssize_t got = read_message(m, msg);

		if (got < 0)
			return done ? done : got;
		done += got;
		if (!peek)
			consume(sk, m, got, msg);
		if (sk->type != SOCK_STREAM || msg->fp || !iov_iter_count(&msg->iter))
			break;
	}
	return done;
}

ssize_t unix_recvmsg(struct unix_sock *sk, struct msg *msg)
{
	int flags = msg->flags;
	bool all = sk->type == SOCK_STREAM && (flags & MSG_WAITALL) && !(flags & MSG_PEEK);
	ssize_t done = 0, got;

	msg->flags = 0;
	do {
		struct message *m = wait_for_message(sk, flags);

		if (IS_ERR(m))
			return done ? done : PTR_ERR(m);
		got = m ? read_queue(sk, msg, flags & MSG_PEEK) : 0;
		wake_up_interruptible_all(&sk->wait);
		if (sk->peer)
			wake_up_interruptible_all(&sk->peer->wait);
		mutex_unlock(&unix_mutex);
		done += max(got, (ssize_t)0);
	} while (all && got > 0 && !msg->fp && iov_iter_count(&msg->iter));
	return done ? done : got;
}
