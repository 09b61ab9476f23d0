/*
 * Lock debugging, for the locks that may sleep: mutexes and reader-writer semaphores.
 *
 * Locks form classes. That a task takes a lock of class B while it holds one
 * of class A is an edge from A to B; whoever adds an edge looks first whether
 * a way already leads from B to A, because then two tasks can wait for each
 * other for ever, even if they never have. Both orders are told, with the
 * places where the locks were taken. Each pair of classes is told once.
 * Two locks of one class (a folder and a file in it) are not compared.
 *
 * Edges are only added, under graph_lock; held locks are the task's own.
 */
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <asm/stacktrace.h>

#define MAX_CLASSES 128
#define MAX_EDGES 1024
#define HELD_TOO_LONG (10 * NSEC_PER_SEC)

struct lock_class {
	const void *key;
	const char *name;
	DECLARE_BITMAP(after, MAX_CLASSES);	/* edges: classes that were taken while one of this was held */
	DECLARE_BITMAP(told, MAX_CLASSES);	/* edges back that have been reported */
};

/* Where both locks of an edge were taken when it was first seen. */
struct lock_edge {
	unsigned short from, to;
	unsigned long from_ip, to_ip;
};

bool lockdep_enabled;
static struct lock_class classes[MAX_CLASSES];
static struct lock_edge edges[MAX_EDGES];
static unsigned int nr_edges;
u64 lockdep_held_limit = HELD_TOO_LONG;
static DEFINE_RAW_SPINLOCK(graph_lock);

static int __init lockdep_setup(char *str)
{
	lockdep_enabled = true;
	return 0;
}
early_param("lockdep", lockdep_setup);

static int __init held_limit_setup(char *str)
{
	unsigned int ms;

	if (kstrtouint(str, 0, &ms))
		return 0;
	lockdep_held_limit = ms * NSEC_PER_MSEC;
	return 1;
}
__setup("lockdep.held_ms=", held_limit_setup);

/* There is no room for more: better to say nothing from now on than half. */
static void turn_off(const char *what)
{
	lockdep_enabled = false;
	pr_warn("lockdep: too many %s, it is off now\n", what);
}

/* graph_lock is held. 0 when there are too many. */
static unsigned int class_of(struct lockdep_map *map)
{
	const void *key = map->key ? map->key : map;
	unsigned int free = 0;

	if (map->class)
		return map->class;
	for (unsigned int i = 1; i < MAX_CLASSES; i++) {
		if (classes[i].key == key)
			return map->class = i;
		if (!classes[i].key && !free)
			free = i;
	}
	if (!free)
		return 0;
	classes[free].key = key;
	classes[free].name = map->name;
	return map->class = free;
}

static void forget_class(unsigned int class)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < nr_edges; i++)
		if (edges[i].from != class && edges[i].to != class)
			edges[kept++] = edges[i];
	nr_edges = kept;
	for (unsigned int i = 1; i < MAX_CLASSES; i++) {
		__clear_bit(class, classes[i].after);
		__clear_bit(class, classes[i].told);
	}
	classes[class] = (struct lock_class){ .key = NULL };
}

void lockdep_free_key_range(const void *start, unsigned long size)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&graph_lock, flags);
	for (unsigned int i = 1; i < MAX_CLASSES; i++)
		if (classes[i].key && (unsigned long)classes[i].key - (unsigned long)start < size)
			forget_class(i);
	raw_spin_unlock_irqrestore(&graph_lock, flags);
}

/* The classes on the shortest way, in parent[]: from each the one before it. */
static bool find_path(unsigned int from, unsigned int to, unsigned short *parent)
{
	unsigned short queue[MAX_CLASSES];
	unsigned int head = 0, tail = 0, next;

	for (unsigned int i = 0; i < MAX_CLASSES; i++)
		parent[i] = 0;
	queue[tail++] = from;
	parent[from] = from;
	while (head < tail) {
		unsigned int at = queue[head++];

		if (at == to)
			return true;
		for_each_set_bit(next, classes[at].after, MAX_CLASSES) {
			if (parent[next])
				continue;
			parent[next] = at;
			queue[tail++] = next;
		}
	}
	return false;
}

static const struct lock_edge *edge_between(unsigned int from, unsigned int to)
{
	for (unsigned int i = 0; i < nr_edges; i++)
		if (edges[i].from == from && edges[i].to == to)
			return &edges[i];
	return NULL;
}

static void begin_report(const char *what)
{
	pr_err("======================================================\n");
	pr_err("WARNING: %s\n", what);
	pr_err("------------------------------------------------------\n");
}

static void print_inversion(const struct held_lock *held, struct lockdep_map *map, unsigned long ip,
			    const unsigned short *parent)
{
	begin_report("possible circular locking dependency detected");
	pr_err("%s/%d is trying to acquire lock:\n", current->comm, current->pid);
	pr_err(" (%s), at: %pS\n", map->name, (void *)ip);
	pr_err("but task is already holding lock:\n");
	pr_err(" (%s), at: %pS\n", held->map->name, (void *)held->ip);
	pr_err("which was taken behind the new lock before:\n");
	for (unsigned int to = held->map->class; to != map->class; to = parent[to]) {
		const struct lock_edge *edge = edge_between(parent[to], to);

		pr_err(" (%s), at: %pS\n", classes[to].name, edge ? (void *)edge->to_ip : NULL);
		pr_err(" while holding (%s), at: %pS\n", classes[parent[to]].name, edge ? (void *)edge->from_ip : NULL);
	}
	dump_stack();
}

/* Adds the edge. True if it closes a circle that has not been told yet: parent[] has the other way. */
static bool add_edge(const struct held_lock *held, struct lockdep_map *map, unsigned long ip, unsigned short *parent)
{
	unsigned int from = held->map->class, to = class_of(map);
	bool circle;

	if (!to || nr_edges == MAX_EDGES) {
		turn_off(to ? "pairs of lock classes" : "lock classes");
		return false;
	}
	if (from == to || test_bit(to, classes[from].after))
		return false;
	circle = find_path(to, from, parent) && !test_bit(to, classes[from].told);
	if (circle) {
		__set_bit(to, classes[from].told);
		return true;
	}
	if (test_bit(to, classes[from].told))
		return false;
	__set_bit(to, classes[from].after);
	edges[nr_edges++] = (struct lock_edge){ from, to, held->ip, ip };
	return false;
}

void __lock_order(struct lockdep_map *map, unsigned long ip)
{
	struct task_struct *tsk = current;

	for (unsigned int i = 0; i < tsk->lockdep_depth; i++) {
		unsigned short parent[MAX_CLASSES];
		unsigned long flags;
		bool circle;

		raw_spin_lock_irqsave(&graph_lock, flags);
		circle = add_edge(&tsk->held_locks[i], map, ip, parent);
		raw_spin_unlock_irqrestore(&graph_lock, flags);
		if (circle)
			print_inversion(&tsk->held_locks[i], map, ip, parent);
	}
}

void __lock_acquired(struct lockdep_map *map, unsigned long ip)
{
	struct task_struct *tsk = current;
	unsigned long flags;
	bool known;

	raw_spin_lock_irqsave(&graph_lock, flags);
	known = class_of(map);
	raw_spin_unlock_irqrestore(&graph_lock, flags);
	if (!known)
		turn_off("lock classes");
	else if (tsk->lockdep_depth == MAX_LOCK_DEPTH)
		turn_off("locks held by one task");
	else
		tsk->held_locks[tsk->lockdep_depth++] = (struct held_lock){ map, ip, ktime_get_ns() };
}

void __lock_release(struct lockdep_map *map)
{
	struct task_struct *tsk = current;
	unsigned int i = tsk->lockdep_depth;
	struct held_lock held;
	u64 time;

	while (i && tsk->held_locks[i - 1].map != map)
		i--;
	if (!i)
		return;		/* taken before lockdep was on */
	held = tsk->held_locks[i - 1];
	tsk->lockdep_depth--;
	for (i--; i < tsk->lockdep_depth; i++)
		tsk->held_locks[i] = tsk->held_locks[i + 1];
	time = ktime_get_ns() - held.since;
	if (time < lockdep_held_limit)
		return;
	begin_report("lock held too long");
	pr_err("%s/%d held (%s) for %lu ms, at: %pS\n", tsk->comm, tsk->pid, map->name, time / NSEC_PER_MSEC,
	       (void *)held.ip);
	dump_stack();
}

void __lockdep_no_locks_held(const char *when)
{
	struct task_struct *tsk = current;

	if (!tsk->lockdep_depth)
		return;
	begin_report("lock still held");
	pr_err("%s/%d %s, still holding:\n", tsk->comm, tsk->pid, when);
	for (unsigned int i = 0; i < tsk->lockdep_depth; i++)
		pr_err(" (%s), at: %pS\n", tsk->held_locks[i].map->name, (void *)tsk->held_locks[i].ip);
	tsk->lockdep_depth = 0;		/* told once */
}
