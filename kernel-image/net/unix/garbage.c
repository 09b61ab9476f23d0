/*
 * Files on their way in messages: how many a user may have there, and sockets that only lie in each other's queues.
 *
 * A socket in flight keeps its queue, and the queue the sockets in it: without a descriptor left, a circle of them would
 * stay for good. So when a socket is closed while files are in flight, unix_gc looks for them. Candidates are sockets
 * all of whose references are in messages. Those that a queue outside the candidates holds can still be received, and so
 * can what lies in their own queues; the rest is garbage. Nobody can send or receive on a candidate, and unix_mutex
 * keeps all other queues as they are.
 */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "unix.h"

static LIST_HEAD(in_flight);	/* unix_mutex covers it */

/* unix_mutex is held. The files go into a queue, unless the user has too many there. */
int unix_attach_fds(struct scm_fp_list *fp)
{
	unsigned long count = fp->count;
	struct scm_fp_list *other;

	fp->uid = current_uid();
	list_for_each_entry(other, &in_flight, list)
		if (other->uid == fp->uid)
			count += other->count;
	if (count > current->signal->rlim[RLIMIT_NOFILE].rlim_cur && !capable_root())
		return -ETOOMANYREFS;
	list_add_tail(&fp->list, &in_flight);
	for (int i = 0; i < fp->count; i++) {
		struct unix_sock *sk = unix_sock_of(fp->fp[i]);

		if (sk)
			sk->in_flight++;
	}
	return 0;
}

/* unix_mutex is held. They leave the queue. */
void unix_detach_fds(struct scm_fp_list *fp)
{
	list_del(&fp->list);
	for (int i = 0; i < fp->count; i++) {
		struct unix_sock *sk = unix_sock_of(fp->fp[i]);

		if (sk)
			sk->in_flight--;
	}
}

static void scan_queue(struct list_head *queue, void (*visit)(struct unix_sock *, struct list_head *), struct list_head *list)
{
	struct message *m;

	list_for_each_entry(m, queue, list)
		for (int i = 0; m->fp && i < m->fp->count; i++) {
			struct unix_sock *sk = unix_sock_of(m->fp->fp[i]);

			if (sk && !list_empty(&sk->gc))
				visit(sk, list);
		}
}

/* Visits the candidates in the socket's queue, or in those of connections that it has not accepted. */
static void scan_children(struct unix_sock *sk, void (*visit)(struct unix_sock *, struct list_head *), struct list_head *list)
{
	struct unix_sock *end;

	scan_queue(&sk->queue, visit, list);
	list_for_each_entry(end, &sk->backlog, backlog_node)
		scan_queue(&end->queue, visit, list);
}

static void count_inner(struct unix_sock *sk, struct list_head *unused)
{
	sk->outer--;
}

static void keep(struct unix_sock *sk, struct list_head *kept)
{
	if (sk->outer >= 0) {
		sk->outer = -1;
		list_move_tail(&sk->gc, kept);
	}
}

static void find_candidates(struct list_head *candidates)
{
	struct scm_fp_list *fp;

	list_for_each_entry(fp, &in_flight, list)
		for (int i = 0; i < fp->count; i++) {
			struct unix_sock *sk = unix_sock_of(fp->fp[i]);

			if (!sk || !list_empty(&sk->gc) || atomic_read(&fp->fp[i]->f_count) != sk->in_flight)
				continue;
			sk->outer = sk->in_flight;
			list_add_tail(&sk->gc, candidates);
		}
}

static void forget(struct list_head *sockets)
{
	while (!list_empty(sockets))
		list_del_init(sockets->next);
}

static void take_files(struct list_head *queue, struct list_head *garbage)
{
	struct message *m;

	list_for_each_entry(m, queue, list)
		if (m->fp) {
			unix_detach_fds(m->fp);
			list_add_tail(&m->fp->list, garbage);
			m->fp = NULL;
		}
}

void unix_gc(void)
{
	LIST_HEAD(candidates);
	LIST_HEAD(kept);
	LIST_HEAD(garbage);
	struct unix_sock *sk, *next, *end;
	struct scm_fp_list *fp, *next_fp;

	if (list_empty(&in_flight))
		return;
	mutex_lock(&unix_mutex);
	find_candidates(&candidates);
	list_for_each_entry(sk, &candidates, gc)
		scan_children(sk, count_inner, NULL);
	list_for_each_entry_safe(sk, next, &candidates, gc)
		if (sk->outer > 0)
			keep(sk, &kept);
	list_for_each_entry(sk, &kept, gc)
		scan_children(sk, keep, &kept);
	list_for_each_entry(sk, &candidates, gc) {
		take_files(&sk->queue, &garbage);
		list_for_each_entry(end, &sk->backlog, backlog_node)
			take_files(&end->queue, &garbage);
	}
	forget(&kept);
	forget(&candidates);
	mutex_unlock(&unix_mutex);
	list_for_each_entry_safe(fp, next_fp, &garbage, list)
		scm_destroy(fp);
}

/*
 * Lets go of files in a message. The last reference of a socket frees what lies in its queue, and there may be another:
 * that waits until the first is done, as a chain of them would need more stack than there is.
 */
void scm_destroy(struct scm_fp_list *fp)
{
	if (!fp)
		return;
	fp->next = current->scm_work;
	current->scm_work = fp;
	if (current->scm_busy)
		return;
	current->scm_busy = true;
	while ((fp = current->scm_work)) {
		current->scm_work = fp->next;
		while (fp->count)
			fput(fp->fp[--fp->count]);
		kfree(fp);
	}
	current->scm_busy = false;
}
