/* Tests of doubly linked lists and of hash lists. */
#include <kunit/test.h>
#include <linux/list.h>

struct item {
	int value;
	struct list_head node;
};

/* The values of a list as a number: 123 for 1, 2, 3. */
static int digits(const struct list_head *head)
{
	const struct item *item;
	int n = 0;

	list_for_each_entry(item, head, node)
		n = n * 10 + item->value;
	return n;
}

static void list_test_init(struct kunit *test)
{
	LIST_HEAD(fixed);
	struct list_head made;

	INIT_LIST_HEAD(&made);
	KUNIT_EXPECT_TRUE(test, list_empty(&fixed));
	KUNIT_EXPECT_TRUE(test, list_empty(&made));
	KUNIT_EXPECT_PTR_EQ(test, made.next, &made);
	KUNIT_EXPECT_PTR_EQ(test, made.prev, &made);
}

static void list_test_add(struct kunit *test)
{
	struct item one = { 1 }, two = { 2 }, three = { 3 };
	LIST_HEAD(list);

	list_add(&two.node, &list);
	list_add(&one.node, &list);
	list_add_tail(&three.node, &list);
	KUNIT_EXPECT_EQ(test, digits(&list), 123);
	KUNIT_EXPECT_PTR_EQ(test, three.node.prev, &two.node);
	KUNIT_EXPECT_PTR_EQ(test, list.prev, &three.node);
}

static void list_test_del(struct kunit *test)
{
	struct item one = { 1 }, two = { 2 }, three = { 3 };
	LIST_HEAD(list);

	list_add_tail(&one.node, &list);
	list_add_tail(&two.node, &list);
	list_add_tail(&three.node, &list);
	list_del(&two.node);
	KUNIT_EXPECT_EQ(test, digits(&list), 13);
	KUNIT_EXPECT_PTR_EQ(test, two.node.next, LIST_POISON1);
	list_del_init(&one.node);
	KUNIT_EXPECT_TRUE(test, list_empty(&one.node));
	KUNIT_EXPECT_TRUE(test, list_is_singular(&list));
	list_del(&three.node);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
}

static void list_test_move(struct kunit *test)
{
	struct item one = { 1 }, two = { 2 };
	LIST_HEAD(from);
	LIST_HEAD(to);

	list_add_tail(&one.node, &from);
	list_add_tail(&two.node, &from);
	list_move(&two.node, &to);
	list_move_tail(&one.node, &to);
	KUNIT_EXPECT_TRUE(test, list_empty(&from));
	KUNIT_EXPECT_EQ(test, digits(&to), 21);
}

static void list_test_splice(struct kunit *test)
{
	struct item items[4] = { { 1 }, { 2 }, { 3 }, { 4 } };
	LIST_HEAD(list);
	LIST_HEAD(other);

	list_splice_init(&other, &list);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
	list_add_tail(&items[2].node, &list);
	list_add_tail(&items[0].node, &other);
	list_add_tail(&items[1].node, &other);
	list_splice_init(&other, &list);
	KUNIT_EXPECT_TRUE(test, list_empty(&other));
	list_add_tail(&items[3].node, &other);
	list_splice_tail_init(&other, &list);
	KUNIT_EXPECT_EQ(test, digits(&list), 1234);
}

static void list_test_for_each_entry_safe(struct kunit *test)
{
	struct item items[5], *item, *next;
	LIST_HEAD(list);
	int seen = 0;

	for (int i = 0; i < 5; i++) {
		items[i].value = i;
		list_add_tail(&items[i].node, &list);
	}
	list_for_each_entry_safe(item, next, &list, node) {
		KUNIT_EXPECT_EQ(test, item->value, seen++);
		list_del(&item->node);
	}
	KUNIT_EXPECT_EQ(test, seen, 5);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
}

static void list_test_for_each_entry_reverse(struct kunit *test)
{
	struct item items[3], *item;
	LIST_HEAD(list);
	int expected = 3;

	for (int i = 0; i < 3; i++) {
		items[i].value = i;
		list_add_tail(&items[i].node, &list);
	}
	list_for_each_entry_reverse(item, &list, node)
		KUNIT_EXPECT_EQ(test, item->value, --expected);
	KUNIT_EXPECT_EQ(test, expected, 0);
	KUNIT_EXPECT_EQ(test, list_last_entry(&list, struct item, node)->value, 2);
}

struct hash_item {
	int value;
	struct hlist_node node;
};

static void hlist_test(struct kunit *test)
{
	struct hash_item a = { 1 }, b = { 2 }, *item;
	HLIST_HEAD(head);
	int n = 0;

	INIT_HLIST_NODE(&a.node);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&a.node));
	hlist_add_head(&a.node, &head);
	hlist_add_head(&b.node, &head);
	hlist_for_each_entry(item, &head, node)
		n = n * 10 + item->value;
	KUNIT_EXPECT_EQ(test, n, 21);
	hlist_del_init(&b.node);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&b.node));
	KUNIT_EXPECT_PTR_EQ(test, head.first, &a.node);
	hlist_del(&a.node);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&head));
}

static struct kunit_case list_test_cases[] = {
	KUNIT_CASE(list_test_init),
	KUNIT_CASE(list_test_add),
	KUNIT_CASE(list_test_del),
	KUNIT_CASE(list_test_move),
	KUNIT_CASE(list_test_splice),
	KUNIT_CASE(list_test_for_each_entry_safe),
	KUNIT_CASE(list_test_for_each_entry_reverse),
	KUNIT_CASE(hlist_test),
	{ },
};

static struct kunit_suite list_suite = {
	.name = "list",
	.test_cases = list_test_cases,
};
kunit_test_suite(list_suite);
