/* Kernel threads. */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

__printf(4, 5) struct task_struct *kthread_create_on_node(int (*fn)(void *), void *data, int node,
							  const char *namefmt, ...);
#define kthread_create(fn, data, namefmt, ...) \
	kthread_create_on_node(fn, data, -1, namefmt, ##__VA_ARGS__)
struct task_struct *kthread_create_on_cpu(int (*fn)(void *), void *data, unsigned int cpu, const char *namefmt);
#define kthread_run(fn, data, namefmt, ...) ({				\
	struct task_struct *_k = kthread_create(fn, data, namefmt, ##__VA_ARGS__); \
	if (!IS_ERR(_k))						\
		wake_up_process(_k);					\
	_k;								\
})
int kthread_stop(struct task_struct *k);
/* The end of the thread that calls it. The other completes comp from here, so that whose code it was may go. */
void kthread_exit(long result) __noreturn;
void kthread_complete_and_exit(struct completion *comp, long result) __noreturn;
bool kthread_should_stop(void);
int kthread_park(struct task_struct *k);
void kthread_unpark(struct task_struct *k);
bool kthread_should_park(void);
void kthread_parkme(void);
void kthread_bind(struct task_struct *k, unsigned int cpu);
/* What the thread belongs to, for whoever knows it only by its task. */
void set_kthread_data(struct task_struct *k, void *data);
void *kthread_data(struct task_struct *k);
void free_kthread_struct(struct task_struct *k);
int kthreadd(void *unused);
extern struct task_struct *kthreadd_task;

#endif
