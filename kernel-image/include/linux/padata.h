/* padata: one job shared out among several CPUs. */
#ifndef _LINUX_PADATA_H
#define _LINUX_PADATA_H

/* thread_fn is called for pieces of [start, start + size), each begun and ended at a multiple of align. */
struct padata_mt_job {
	void (*thread_fn)(unsigned long start, unsigned long end, void *arg);
	void *fn_arg;
	unsigned long start, size, align;
	unsigned long min_chunk;	/* the least that is worth a thread */
	unsigned int max_threads;
};

void padata_init(void);
/* Returns when all of the job is done. The caller does its part of it. */
void padata_do_multithreaded(struct padata_mt_job *job);

#endif
