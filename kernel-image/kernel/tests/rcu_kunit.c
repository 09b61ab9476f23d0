/* Tests of RCU: what was published stays until its last reader has gone. */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

struct message {
	struct rcu_head rcu;
	struct completion freed;
	int value;
	struct list_head node;
};

static void message_freed(struct rcu_head *head)
{
	struct message *m = container_of(head, struct message, rcu);

	m->value = -1;
	complete(&m->freed);
}

static void rcu_test_call_rcu(struct kunit *test)
{
	struct message *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->value = 7;
	init_completion(&m->freed);
	rcu_read_lock();
	call_rcu(&m->rcu, message_freed);
	KUNIT_EXPECT_EQ(test, READ_ONCE(m->value), 7);
	rcu_read_unlock();
	wait_for_completion(&m->freed);
	KUNIT_EXPECT_EQ(test, m->value, -1);
}

struct reading {
	struct message *shared;
	bool wrong;
	unsigned long seen;
};

static int reads_until_stopped(void *data)
{
	struct reading *r = data;

	while (!kthread_should_stop()) {
		struct message *m;

		rcu_read_lock();
		m = rcu_dereference(r->shared);
		for (int i = 0; i < 50; i++)
			if (READ_ONCE(m->value) < 0)
				WRITE_ONCE(r->wrong, true);
		rcu_read_unlock();
		WRITE_ONCE(r->seen, r->seen + 1);
		cond_resched();
	}
	return 0;
}

/* A reader on another CPU must never see the mark that the writer sets after a grace period. */
static void rcu_test_synchronize(struct kunit *test)
{
	struct message *two = kunit_kzalloc(test, 2 * sizeof(*two), GFP_KERNEL);
	struct reading *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	struct task_struct *reader;

	KUNIT_ASSERT_NOT_NULL(test, two);
	KUNIT_ASSERT_NOT_NULL(test, r);
	r->shared = &two[0];
	reader = kthread_run(reads_until_stopped, r, "rcu_reader");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, reader);
	for (int i = 0; i < 20; i++) {
		struct message *old = &two[i % 2], *new = &two[(i + 1) % 2];

		new->value = i;
		rcu_assign_pointer(r->shared, new);
		synchronize_rcu();
		WRITE_ONCE(old->value, -1);
	}
	for (unsigned long end = jiffies + 100 * HZ; !READ_ONCE(r->seen) && time_before(jiffies, end);)
		schedule_timeout_uninterruptible(1);
	kthread_stop(reader);
	KUNIT_EXPECT_FALSE(test, r->wrong);
	KUNIT_EXPECT_GT(test, r->seen, 0);
}

static void rcu_test_list(struct kunit *test)
{
	struct message a = { .value = 1 }, b = { .value = 2 }, c = { .value = 3 }, *m;
	LIST_HEAD(list);
	int n = 0;

	list_add_tail_rcu(&a.node, &list);
	list_add_tail_rcu(&b.node, &list);
	list_add_tail_rcu(&c.node, &list);
	rcu_read_lock();
	list_for_each_entry_rcu(m, &list, node) {
		if (m == &b)
			list_del_rcu(&b.node);	/* a reader that stands on it finds the way on */
		n = n * 10 + m->value;
	}
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, n, 123);
	n = 0;
	list_for_each_entry_rcu(m, &list, node)
		n = n * 10 + m->value;
	KUNIT_EXPECT_EQ(test, n, 13);
}

static void rcu_test_callbacks_in_order(struct kunit *test)
{
	struct message *m = kunit_kzalloc(test, 8 * sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (int i = 0; i < 8; i++) {
		init_completion(&m[i].freed);
		call_rcu(&m[i].rcu, message_freed);
	}
	wait_for_completion(&m[7].freed);
	for (int i = 0; i < 7; i++)
		KUNIT_EXPECT_EQ(test, m[i].value, -1);
}

static struct kunit_case rcu_test_cases[] = {
	KUNIT_CASE(rcu_test_call_rcu),
	KUNIT_CASE(rcu_test_synchronize),
	KUNIT_CASE(rcu_test_list),
	KUNIT_CASE(rcu_test_callbacks_in_order),
	{ },
};

static struct kunit_suite rcu_suite = {
	.name = "rcu",
	.test_cases = rcu_test_cases,
};
kunit_test_suite(rcu_suite);
