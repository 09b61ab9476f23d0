/*
 * Lock debugging: the classes of locks and their order; and the locks that may sleep, mutexes and semaphores.
 *
 * Locks form classes. That a task takes a lock of class B while it holds one
 * of class A is an edge from A to B; whoever adds an edge looks first whether
 * a way already leads from B to A, because then two tasks can wait for each
 * other for ever, even if they never have. Both orders are told, with the
 * places where the locks were taken. Each pair of classes is told once.
 * Two locks of one class (a folder and a file in it) are not compared.
 *
 * Edges are only added, under graph_lock; held locks are the task's own, held
 * spinlocks the CPU's (lockdep_spin.c). graph_lock is itself not watched.
 * Reports are composed under it and printed by whoever holds no spinlock:
 * printing takes the log's, the console's and, to wake readers, the queues'.
 */
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <asm/sections.h>
#include <asm/stacktrace.h>

#include "lockdep_internals.h"

#define MAX_CLASSES 320
#define MAX_EDGES 1536
#define REPORT_SIZE 4096
#define HELD_TOO_LONG (10 * NSEC_PER_SEC)

struct lock_class {
	const void *key;
	const char *name;
	DECLARE_BITMAP(after, MAX_CLASSES);	/* edges: classes that were taken while one of this was held */
	DECLARE_BITMAP(told, MAX_CLASSES);	/* edges back that have been reported */
	unsigned long used[NR_LOCK_USAGES];	/* where first */
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
static char report_text[REPORT_SIZE];
static size_t report_len;
static bool full;		/* off as soon as it is told */
static u32 report_owned;

static int __init lockdep_setup(char *str)
{
	lockdep_enabled = true;
	return 0;
}
early_param("lockdep", lockdep_setup);

static int __init held_limit_setup(char *str)
{
	unsigned int ms;

	/* The report itself takes locks. */
	if (kstrtouint(str, 0, &ms) || !ms)
		return 0;
	lockdep_held_limit = ms * NSEC_PER_MSEC;
	return 1;
}
__setup("lockdep.held_ms=", held_limit_setup);

static unsigned long graph_lock_irqsave(void)
{
	unsigned long flags;

	local_irq_save(flags);
	arch_spin_lock(&graph_lock);
	return flags;
}

static void graph_unlock_irqrestore(unsigned long flags)
{
	arch_spin_unlock(&graph_lock);
	local_irq_restore(flags);
}

/* graph_lock is held. What does not fit is cut off. */
static void report(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report_len += vscnprintf(report_text + report_len, REPORT_SIZE - report_len, fmt, args);
	va_end(args);
}

/* The first line that is to be printed, taken out. */
static bool next_line(char *line, size_t size)
{
	unsigned long flags = graph_lock_irqsave();
	size_t len = 0;

	while (len < report_len && len < size - 1 && (!len || report_text[len - 1] != '\n'))
		len++;
	memcpy(line, report_text, len);
	line[len] = 0;
	report_len -= len;
	memmove(report_text, report_text + len, report_len);
	graph_unlock_irqrestore(flags);
	return len;
}

void lockdep_flush(void)
{
	char line[160];

	if (likely(!READ_ONCE(report_len)) || xchg(&report_owned, 1))
		return;
	while (next_line(line, sizeof(line)))
		pr_err("%s", line);
	smp_store_release(&report_owned, 0);
	if (full)
		lockdep_enabled = false;
}

/* There is no room for more: better to say nothing from now on than half. graph_lock is held. */
static void turn_off(const char *what)
{
	if (!full)
		report("lockdep: too many %s, it is off now\n", what);
	full = true;
}

void lockdep_turn_off(const char *what)
{
	unsigned long flags = graph_lock_irqsave();

	turn_off(what);
	graph_unlock_irqrestore(flags);
}

static bool is_static(const void *p)
{
	unsigned long addr = (unsigned long)p;

	return (addr >= (unsigned long)_start && addr < (unsigned long)_end) ||
	       (addr >= MODULES_VADDR && addr < MODULES_END);
}

static const void *key_of(const struct lockdep_map *map)
{
	if (map->key)
		return map->key;
	return is_static(map) ? (const void *)map : map->name;
}

/* graph_lock is held. 0 when there are too many. */
static unsigned int class_of(struct lockdep_map *map)
{
	const void *key = key_of(map);
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

bool lockdep_register(struct lockdep_map *map)
{
	unsigned long flags;
	bool known;

	if (likely(map->class))
		return !full;
	if (full || !key_of(map))
		return false;
	flags = graph_lock_irqsave();
	known = class_of(map);
	if (!known)
		turn_off("lock classes");
	graph_unlock_irqrestore(flags);
	return known;
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
	unsigned long flags = graph_lock_irqsave();

	for (unsigned int i = 1; i < MAX_CLASSES; i++)
		if (classes[i].key && (unsigned long)classes[i].key - (unsigned long)start < size)
			forget_class(i);
	graph_unlock_irqrestore(flags);
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
	report("======================================================\n");
	report("WARNING: %s\n", what);
	report("------------------------------------------------------\n");
}

static void print_inversion(const struct held_lock *held, struct lockdep_map *map, unsigned long ip,
			    const unsigned short *parent)
{
	begin_report("possible circular locking dependency detected");
	report("%s/%d is trying to acquire lock:\n", current->comm, current->pid);
	report(" (%s), at: %pS\n", map->name, (void *)ip);
	report("but task is already holding lock:\n");
	report(" (%s), at: %pS\n", held->map->name, (void *)held->ip);
	report("which was taken behind the new lock before:\n");
	for (unsigned int to = held->map->class; to != map->class; to = parent[to]) {
		const struct lock_edge *edge = edge_between(parent[to], to);

		report(" (%s), at: %pS\n", classes[to].name, edge ? (void *)edge->to_ip : NULL);
		report(" while holding (%s), at: %pS\n", classes[parent[to]].name, edge ? (void *)edge->from_ip : NULL);
	}
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

bool lockdep_check_order(const struct held_lock *held, struct lockdep_map *map, unsigned long ip)
{
	static unsigned short parent[MAX_CLASSES];
	unsigned long flags;
	bool circle;

	if (full || (map->class && test_bit(map->class, classes[held->map->class].after)))
		return false;
	flags = graph_lock_irqsave();
	circle = add_edge(held, map, ip, parent);
	if (circle)
		print_inversion(held, map, ip, parent);
	graph_unlock_irqrestore(flags);
	return circle;
}

void lockdep_check_irq(struct lockdep_map *map, unsigned long ip, enum lock_usage usage)
{
	struct lock_class *class = &classes[map->class];
	const unsigned long *in = &class->used[usage & ~1], *on = in + 1;
	const char *what = usage < USED_IN_SOFTIRQ ? "interrupt" : "softirq";
	unsigned long flags;

	if (likely(class->used[usage]))
		return;
	flags = graph_lock_irqsave();
	if (!class->used[usage]) {
		class->used[usage] = ip;
		if (*in && *on) {
			begin_report("inconsistent lock state");
			report("this %s can wait for the lock that it interrupted: (%s)\n", what, map->name);
			report(" taken in the %s, at: %pS\n", what, (void *)*in);
			report(" and with %ss on, at: %pS\n", what, (void *)*on);
		}
	}
	graph_unlock_irqrestore(flags);
}

void __lock_order(struct lockdep_map *map, unsigned long ip)
{
	struct task_struct *tsk = current;

	for (unsigned int i = 0; i < tsk->lockdep_depth; i++) {
		if (lockdep_check_order(&tsk->held_locks[i], map, ip)) {
			lockdep_flush();
			dump_stack();
		}
	}
}

/* Not counted before it is whole: an interrupt may end in schedule(), which takes its spinlocks for this task. */
static void push_held_lock(struct task_struct *tsk, struct held_lock held)
{
	tsk->held_locks[tsk->lockdep_depth] = held;
	barrier();
	tsk->lockdep_depth++;
}

void __lock_acquired(struct lockdep_map *map, unsigned long ip)
{
	struct task_struct *tsk = current;

	if (!lockdep_register(map))
		return;
	if (tsk->lockdep_depth == MAX_LOCK_DEPTH)
		lockdep_turn_off("locks held by one task");
	else
		push_held_lock(tsk, (struct held_lock){ map, ip, sched_clock() });
}

void lockdep_check_time(const struct held_lock *held)
{
	u64 time = sched_clock() - held->since;
	unsigned long flags;

	if (likely(time < lockdep_held_limit))
		return;
	flags = graph_lock_irqsave();
	begin_report("lock held too long");
	report("%s/%d held (%s) for %lu ms, at: %pS\n", current->comm, current->pid, held->map->name,
	       time / NSEC_PER_MSEC, (void *)held->ip);
	graph_unlock_irqrestore(flags);
}

void __lock_release(struct lockdep_map *map)
{
	struct task_struct *tsk = current;
	unsigned int i = tsk->lockdep_depth;
	struct held_lock held;

	while (i && tsk->held_locks[i - 1].map != map)
		i--;
	if (!i)
		return;		/* taken before lockdep was on */
	held = tsk->held_locks[i - 1];
	tsk->lockdep_depth--;
	for (i--; i < tsk->lockdep_depth; i++)
		tsk->held_locks[i] = tsk->held_locks[i + 1];
	lockdep_check_time(&held);
	lockdep_flush();
}

void __lockdep_no_locks_held(const char *when)
{
	struct task_struct *tsk = current;
	unsigned long flags;

	if (!tsk->lockdep_depth)
		return;
	flags = graph_lock_irqsave();
	begin_report("lock still held");
	report("%s/%d %s, still holding:\n", tsk->comm, tsk->pid, when);
	for (unsigned int i = 0; i < tsk->lockdep_depth; i++)
		report(" (%s), at: %pS\n", tsk->held_locks[i].map->name, (void *)tsk->held_locks[i].ip);
	graph_unlock_irqrestore(flags);
	lockdep_flush();
	tsk->lockdep_depth = 0;		/* told once */
}
