/*
 * Switching address spaces and flushing TLBs.
 *
 * There are no address space identifiers: a switch flushes this hart's TLB, so
 * mm_cpumask names exactly the harts that may hold entries of an mm. The bit
 * is set before satp changes and cleared after, and page-table changes come
 * before the mask is read: a hart is either told to flush or has not yet
 * walked the tables.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/cacheflush.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>
#include <asm/tlbflush.h>

void switch_mm(struct mm_struct *prev, struct mm_struct *next, struct task_struct *tsk)
{
	unsigned int cpu = smp_processor_id();

	if (prev == next)
		return;
	cpumask_set_cpu(cpu, mm_cpumask(next));
	smp_mb();
	csr_write(satp, SATP_MODE_39 | PFN_DOWN(__pa(next->pgd)));
	local_flush_tlb_all();
	cpumask_clear_cpu(cpu, mm_cpumask(prev));
	if (cpumask_test_and_clear_cpu(cpu, &next->icache_stale_mask))
		local_flush_icache_all();
}

/* The harts other than this one among mask; preemption is off. */
static bool others(struct cpumask *result, const struct cpumask *mask)
{
	smp_mb();
	cpumask_andnot(result, mask, cpumask_of(smp_processor_id()));
	return !cpumask_empty(result);
}

static void flush_range(const struct cpumask *mask, unsigned long start, unsigned long size)
{
	cpumask_t cpus;

	preempt_disable();
	if (size > 64 * PAGE_SIZE) {
		local_flush_tlb_all();
	} else {
		for (unsigned long off = 0; off < size; off += PAGE_SIZE)
			local_flush_tlb_page(start + off);
	}
	if (others(&cpus, mask))
		sbi_remote_sfence_vma(&cpus, start, size);
	preempt_enable();
}

void flush_tlb_mm(struct mm_struct *mm)
{
	flush_range(mm_cpumask(mm), 0, ~0UL);
}

void flush_tlb_page(struct vm_area_struct *vma, unsigned long addr)
{
	flush_range(mm_cpumask(vma->vm_mm), addr, PAGE_SIZE);
}

void flush_tlb_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	flush_range(mm_cpumask(vma->vm_mm), start, end - start);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	flush_range(cpu_online_mask, start, end - start);
}

void flush_icache_all(void)
{
	cpumask_t cpus;

	preempt_disable();
	local_flush_icache_all();
	if (others(&cpus, cpu_online_mask))
		sbi_remote_fence_i(&cpus);
	preempt_enable();
}

/* Harts that run mm now are told; the rest find their bit when they switch to it. */
void flush_icache_mm(struct mm_struct *mm)
{
	cpumask_t cpus;

	preempt_disable();
	cpumask_setall(&mm->icache_stale_mask);
	cpumask_clear_cpu(smp_processor_id(), &mm->icache_stale_mask);
	local_flush_icache_all();
	if (others(&cpus, mm_cpumask(mm)))
		sbi_remote_fence_i(&cpus);
	preempt_enable();
}
