/* Structure offsets for assembly and for observers outside: compiled, never linked; the Makefile reads its "->" lines. */
#include <linux/cgroup.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <asm/ptrace.h>
#include <asm/smp.h>

#include "../../../kernel/sched/sched.h"

#define DEFINE(sym, val) __asm__ volatile("\n.ascii \"->" #sym " %0\"" :: "i"(val))
#define OFFSET(sym, str, mem) DEFINE(sym, offsetof(struct str, mem))
#define PT(REG, reg) OFFSET(PT_##REG, pt_regs, reg)
#define EXPORT(str, mem) OFFSET(__offset_##str##_##mem, str, mem)

/* The compiler has this number from the Makefile. */
BUILD_BUG_ON(offsetof(struct task_struct, stack_canary) != 32);

void asm_offsets(void);

void asm_offsets(void)
{
	OFFSET(TASK_TI_FLAGS, task_struct, thread_info.flags);
	OFFSET(TASK_TI_CPU, task_struct, thread_info.cpu);
	OFFSET(TASK_TI_KERNEL_SP, task_struct, thread_info.kernel_sp);
	OFFSET(TASK_TI_USER_SP, task_struct, thread_info.user_sp);
	OFFSET(TASK_THREAD_RA, task_struct, thread.ra);
	OFFSET(TASK_THREAD_SP, task_struct, thread.sp);
	OFFSET(TASK_THREAD_S, task_struct, thread.s);
	OFFSET(TASK_THREAD_FSTATE, task_struct, thread.fstate);

	OFFSET(KERNEL_MAP_VA_KERNEL_PA_OFFSET, kernel_mapping, va_kernel_pa_offset);

	DEFINE(NR_CPUS, NR_CPUS);
	OFFSET(BOOT_DATA_TASK, sbi_hart_boot_data, task_ptr);
	OFFSET(BOOT_DATA_STACK, sbi_hart_boot_data, stack_ptr);
	OFFSET(BOOT_DATA_HARTID, sbi_hart_boot_data, hartid);
	DEFINE(BOOT_DATA_SIZE, sizeof(struct sbi_hart_boot_data));
	DEFINE(PT_SIZE, ALIGN(sizeof(struct pt_regs), 16));
	PT(EPC, epc); PT(RA, ra); PT(SP, sp); PT(GP, gp); PT(TP, tp);
	PT(T0, t0); PT(T1, t1); PT(T2, t2); PT(S0, s0); PT(S1, s1);
	PT(A0, a0); PT(A1, a1); PT(A2, a2); PT(A3, a3); PT(A4, a4); PT(A5, a5); PT(A6, a6); PT(A7, a7);
	PT(S2, s2); PT(S3, s3); PT(S4, s4); PT(S5, s5); PT(S6, s6); PT(S7, s7);
	PT(S8, s8); PT(S9, s9); PT(S10, s10); PT(S11, s11);
	PT(T3, t3); PT(T4, t4); PT(T5, t5); PT(T6, t6);
	PT(STATUS, status); PT(BADADDR, badaddr); PT(CAUSE, cause); PT(ORIG_A0, orig_a0);

	EXPORT(task_struct, pid);
	EXPORT(task_struct, stack_canary);
	EXPORT(task_struct, tgid);
	EXPORT(task_struct, comm);
	EXPORT(task_struct, tasks);
	EXPORT(task_struct, parent);
	EXPORT(task_struct, __state);
	EXPORT(task_struct, flags);
	EXPORT(task_struct, stack);
	EXPORT(task_struct, mm);
	EXPORT(task_struct, thread);
	EXPORT(task_struct, cgroup);
	EXPORT(task_struct, sched_task_group);
	EXPORT(task_struct, fs);
	OFFSET(__offset_fs_struct_root_mnt, fs_struct, root.mnt);
	EXPORT(vfsmount, mnt_sb);
	EXPORT(super_block, s_dev);
	EXPORT(super_block, s_type);
	EXPORT(file_system_type, name);
	EXPORT(cgroup, cpuset);
	EXPORT(cpuset, effective_cpus);
	EXPORT(task_group, shares);
	EXPORT(task_group, cfs_rq);
	EXPORT(task_group, autogroup);
	OFFSET(__offset_task_struct_cpu, task_struct, thread_info.cpu);
	OFFSET(__offset_task_struct_preempt_count, task_struct, thread_info.preempt_count);
	EXPORT(kernel_mapping, va_pa_offset);
	EXPORT(kernel_mapping, va_kernel_pa_offset);
	EXPORT(rq, cpu);
	EXPORT(rq, idle_time);
	EXPORT(rq, sd);
	EXPORT(root_domain, online);
	EXPORT(rq, cfs);
	EXPORT(rq, rt);
	EXPORT(rq, dl);
	EXPORT(rt_bandwidth, rt_period);
	EXPORT(rt_bandwidth, rt_runtime);
	EXPORT(sched_class, next);
	EXPORT(thread_struct, ra);
	EXPORT(thread_struct, sp);
	EXPORT(thread_struct, s);
	EXPORT(mm_struct, pgd);
	EXPORT(mm_struct, mmap);
	EXPORT(vm_area_struct, vm_start);
	EXPORT(vm_area_struct, vm_end);
	EXPORT(vm_area_struct, vm_flags);
	EXPORT(vm_area_struct, vm_list);
}
