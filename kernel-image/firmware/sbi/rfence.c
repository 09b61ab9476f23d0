/* RFENCE extension (SBI v2.0, chapter 8): fences carried out on other harts.
 *
 * One request is under way at a time, guarded by `busy`. Its sender notifies the harts and waits until
 * each has counted itself off in `waiting`. M-mode runs with interrupts off, so whoever waits here, for
 * the guard or for the answers, must look at its own mailbox meanwhile: two harts that send to each
 * other would otherwise wait for ever. A hart that stops still answers from its waiting loop. */
#include <sbi.h>

enum { REMOTE_FENCE_I, REMOTE_SFENCE_VMA, REMOTE_SFENCE_VMA_ASID };

#define PAGE_SIZE	4096UL
#define FLUSH_ALL_ABOVE	64	/* pages: beyond, one fence for everything is cheaper */

static struct { unsigned long fid, start, size, asid; } request;
static unsigned int busy;
static unsigned long waiting;

static void fence_pages(void)
{
	bool by_asid = request.fid == REMOTE_SFENCE_VMA_ASID;
	unsigned long end = request.start + request.size;
	bool all = (!request.start && !request.size) || request.size == -1UL || end < request.start ||
		   request.size > FLUSH_ALL_ABOVE * PAGE_SIZE;

	if (all && by_asid)
		asm volatile("sfence.vma x0, %0" : : "r"(request.asid) : "memory");
	else if (all)
		asm volatile("sfence.vma" : : : "memory");
	else
		for (unsigned long page = request.start & -PAGE_SIZE; page < end; page += PAGE_SIZE) {
			if (by_asid)
				asm volatile("sfence.vma %0, %1" : : "r"(page), "r"(request.asid) : "memory");
			else
				asm volatile("sfence.vma %0" : : "r"(page) : "memory");
		}
}

static void fence(void)
{
	if (request.fid == REMOTE_FENCE_I)
		asm volatile("fence.i" : : : "memory");
	else
		fence_pages();
}

void rfence_process(void)
{
	fence();
	__atomic_fetch_and(&waiting, ~(1UL << hart_id()), __ATOMIC_RELEASE);
}

struct sbi_ret sbi_rfence(const struct sbi_call *call)
{
	unsigned long harts, self = 1UL << hart_id();

	if (call->fid > REMOTE_SFENCE_VMA_ASID)
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	if (!sbi_hart_mask(call->arg[0], call->arg[1], &harts))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
		ipi_process();
	request.fid = call->fid;
	request.start = call->arg[2];
	request.size = call->arg[3];
	request.asid = call->arg[4];
	__atomic_store_n(&waiting, harts & ~self, __ATOMIC_RELEASE);
	for (unsigned long hart = 0; hart < MAX_HARTS; hart++)
		if ((harts & ~self) >> hart & 1)
			ipi_send(hart, IPI_RFENCE);
	if (harts & self)
		fence();
	while (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE))
		ipi_process();
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
	return sbi_value(0);
}
