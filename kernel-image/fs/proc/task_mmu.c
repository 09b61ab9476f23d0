/* /proc/PID/maps, cmdline and environ: what is in a process's memory. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "internal.h"

static const char *vma_name(struct mm_struct *mm, struct vm_area_struct *vma, char *buf)
{
	struct path *path;
	char *name;

	if (vma->vm_file) {
		path = &vma->vm_file->f_path;
		name = d_path(path, buf, PATH_MAX);
		return IS_ERR(name) ? "" : name;
	}
	if (vma->vm_start == mm->vdso)
		return "[vdso]";
	if (vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk && mm->start_brk != mm->brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return "";
}

static void show_vma(struct seq_file *m, struct mm_struct *mm, struct vm_area_struct *vma, char *buf)
{
	const struct inode *inode = vma->vm_file ? file_inode(vma->vm_file) : NULL;
	size_t start = m->count;
	const char *name = vma_name(mm, vma, buf);

	seq_printf(m, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", vma->vm_start, vma->vm_end,
		   vma->vm_flags & VM_READ ? 'r' : '-', vma->vm_flags & VM_WRITE ? 'w' : '-',
		   vma->vm_flags & VM_EXEC ? 'x' : '-', vma->vm_flags & VM_SHARED ? 's' : 'p',
		   inode ? vma->vm_pgoff << PAGE_SHIFT : 0, inode ? MAJOR(inode->i_sb->s_dev) : 0,
		   inode ? MINOR(inode->i_sb->s_dev) : 0, inode ? inode->i_ino : 0);
	while (*name && m->count < start + 73 && !m->overflow)
		seq_putc(m, ' ');
	seq_printf(m, "%s\n", name);
}

int proc_pid_maps(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct vm_area_struct *vma;
	char *buf;

	if (!mm)
		return 0;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (buf) {
		mmap_read_lock(mm);
		for_each_vma(mm, vma)
			show_vma(m, mm, vma, buf);
		mmap_read_unlock(mm);
		kfree(buf);
	}
	mmput(mm);
	return buf ? 0 : -ENOMEM;
}

static int show_memory(struct seq_file *m, struct mm_struct *mm, unsigned long start, unsigned long end)
{
	char buf[128];

	while (start < end && !m->overflow) {
		int len = access_process_vm(mm, start, buf, min_t(unsigned long, sizeof(buf), end - start), false);

		if (len <= 0)
			break;
		seq_write(m, buf, len);
		start += len;
	}
	return 0;
}

/* The program's own copy: it may rewrite its arguments. */
int proc_pid_cmdline(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm)
		return 0;
	show_memory(m, mm, mm->arg_start, mm->arg_end);
	mmput(mm);
	return 0;
}

int proc_pid_environ(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm)
		return 0;
	show_memory(m, mm, mm->env_start, mm->env_end);
	mmput(mm);
	return 0;
}
