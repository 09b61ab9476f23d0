/*
 * padata: cuts a job into pieces that any CPU may take.
 *
 * A CPU that is slow, or busy with something else, takes fewer pieces: each
 * helper fetches the next one when it is done with its last. The works are
 * allocated once, at boot, so that a job needs no memory.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/padata.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#define PIECES_PER_THREAD 4

struct padata_work {
	struct work_struct pw_work;
	struct list_head pw_list;	/* of the free ones */
	struct padata_mt_job_state *pw_data;
};

struct padata_mt_job_state {
	spinlock_t lock;
	struct completion completion;
	struct padata_mt_job *job;
	unsigned long chunk_size;
	unsigned int nworks, nworks_fini;
};

static LIST_HEAD(padata_free_works);
static DEFINE_SPINLOCK(padata_works_lock);

static void do_pieces(struct padata_mt_job_state *ps)
{
	struct padata_mt_job *job = ps->job;
	bool last;

	spin_lock(&ps->lock);
	while (job->size) {
		unsigned long start = job->start;
		unsigned long size = min(job->size, ALIGN(start + ps->chunk_size, job->align) - start);

		job->start += size;
		job->size -= size;
		spin_unlock(&ps->lock);
		job->thread_fn(start, start + size, job->fn_arg);
		spin_lock(&ps->lock);
	}
	last = ++ps->nworks_fini == ps->nworks;
	spin_unlock(&ps->lock);
	if (last)
		complete(&ps->completion);
}

static void padata_mt_helper(struct work_struct *w)
{
	do_pieces(container_of(w, struct padata_work, pw_work)->pw_data);
}

void padata_do_multithreaded(struct padata_mt_job *job)
{
	struct padata_mt_job_state ps = { .job = job };
	struct padata_work *pw, *next;
	LIST_HEAD(works);
	unsigned int threads, cpu = raw_smp_processor_id();

	if (!job->size)
		return;
	threads = clamp(job->size / max(job->min_chunk, job->align), 1UL, (unsigned long)job->max_threads);
	spin_lock_init(&ps.lock);
	init_completion(&ps.completion);
	ps.chunk_size = max(job->size / (threads * PIECES_PER_THREAD), job->align);
	ps.nworks = 1;
	spin_lock(&padata_works_lock);
	while (ps.nworks < threads && !list_empty(&padata_free_works)) {
		list_move(padata_free_works.next, &works);
		ps.nworks++;
	}
	spin_unlock(&padata_works_lock);
	list_for_each_entry(pw, &works, pw_list) {
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
		INIT_WORK(&pw->pw_work, padata_mt_helper);
		pw->pw_data = &ps;
		queue_work_on(cpu, system_wq, &pw->pw_work);
	}
	do_pieces(&ps);
	wait_for_completion(&ps.completion);
	spin_lock(&padata_works_lock);
	list_for_each_entry_safe(pw, next, &works, pw_list)
		list_move(&pw->pw_list, &padata_free_works);
	spin_unlock(&padata_works_lock);
}

/* A work for each CPU but the caller's own, for two jobs at a time. */
void __init padata_init(void)
{
	for (unsigned int i = 0; i < 2 * num_possible_cpus(); i++) {
		struct padata_work *pw = kzalloc(sizeof(*pw), GFP_KERNEL);

		if (!pw)
			panic("padata: no memory for its works");
		list_add(&pw->pw_list, &padata_free_works);
	}
}
