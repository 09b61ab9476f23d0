/*
 * ELF core files: a header, a program header for the notes and one for each mapping, the notes (registers of each
 * thread, the process, its signal, the auxiliary vector, which file is mapped where), and the memory itself.
 *
 * What can be had from the files again is left out: of a mapping that only reads its file, at most the first page is
 * written, if it is an ELF header: that tells a debugger which file it was.
 */
#include <linux/binfmts.h>
#include <linux/coredump.h>
#include <linux/cred.h>
#include <linux/elf.h>
#include <linux/elfcore.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/switch_to.h>

/* Grows as it is written to. */
struct note_buffer {
	char *data;
	size_t size, room;
	bool failed;
};

static void put_bytes(struct note_buffer *b, const void *bytes, size_t size)
{
	if (b->size + size > b->room) {
		size_t room = max(2 * b->room, b->size + size);
		char *data = kmalloc(room, GFP_KERNEL);

		if (!data) {
			b->failed = true;
			return;
		}
		memcpy(data, b->data, b->size);
		kfree(b->data);
		b->data = data;
		b->room = room;
	}
	memcpy(b->data + b->size, bytes, size);
	b->size += size;
}

/* Its name here, what it describes until end_note. Gives where it begins. */
static size_t begin_note(struct note_buffer *b, u32 type)
{
	struct elf64_note note = { sizeof("CORE"), 0, type };
	size_t at = b->size;

	put_bytes(b, &note, sizeof(note));
	put_bytes(b, "CORE\0\0\0", ALIGN(sizeof("CORE"), 4));
	return at;
}

static void end_note(struct note_buffer *b, size_t at)
{
	size_t size = b->size - at - sizeof(struct elf64_note) - ALIGN(sizeof("CORE"), 4);

	put_bytes(b, "\0\0\0", ALIGN(size, 4) - size);
	if (!b->failed)
		((struct elf64_note *)(b->data + at))->n_descsz = size;
}

static void put_note(struct note_buffer *b, u32 type, const void *desc, size_t size)
{
	size_t at = begin_note(b, type);

	put_bytes(b, desc, size);
	end_note(b, at);
}

static void put_time(long to[2], u64 ns)
{
	to[0] = ns / NSEC_PER_SEC;
	to[1] = ns % NSEC_PER_SEC / NSEC_PER_USEC;
}

static void put_prstatus(struct note_buffer *b, struct task_struct *p, const siginfo_t *info)
{
	struct elf_prstatus status = {
		.si_signo = info->si_signo, .si_code = info->si_code, .pr_cursig = info->si_signo,
		.pr_sigpend = p->pending.signal.sig[0], .pr_sighold = p->blocked.sig[0],
		.pr_pid = p->pid, .pr_ppid = p->real_parent->tgid,
		.pr_pgrp = pid_nr(task_pgrp(p->group_leader)), .pr_sid = pid_nr(task_session(p->group_leader)),
		.pr_fpvalid = (task_pt_regs(p)->status & SR_FS) != 0,
	};

	put_time(status.pr_utime, p->utime);
	put_time(status.pr_stime, p->stime);
	put_time(status.pr_cutime, p->signal->cutime);
	put_time(status.pr_cstime, p->signal->cstime);
	memcpy(status.pr_reg, task_pt_regs(p), sizeof(status.pr_reg));
	put_note(b, NT_PRSTATUS, &status, sizeof(status));
}

static void put_fpregs(struct note_buffer *b, struct task_struct *p)
{
	unsigned long fpregs[ELF_NFPREG];

	if (!(task_pt_regs(p)->status & SR_FS))
		return;
	memcpy(fpregs, p->thread.fstate.f, 32 * sizeof(long));
	fpregs[32] = p->thread.fstate.fcsr;
	put_note(b, NT_PRFPREG, fpregs, sizeof(fpregs));
}

static void put_prpsinfo(struct note_buffer *b)
{
	struct mm_struct *mm = current->mm;
	struct elf_prpsinfo info = {
		.pr_sname = 'R', .pr_nice = task_nice(current), .pr_flag = current->flags,
		.pr_uid = current_cred()->uid, .pr_gid = current_cred()->gid,
		.pr_pid = current->tgid, .pr_ppid = current->real_parent->tgid,
		.pr_pgrp = pid_nr(task_pgrp(current->group_leader)),
		.pr_sid = pid_nr(task_session(current->group_leader)),
	};
	int len = access_process_vm(mm, mm->arg_start, info.pr_psargs,
				    min_t(size_t, mm->arg_end - mm->arg_start, ELF_PRARGSZ - 1), false);

	for (int i = 0; i < len - 1; i++)
		if (!info.pr_psargs[i])
			info.pr_psargs[i] = ' ';
	strscpy(info.pr_fname, current->comm, sizeof(info.pr_fname));
	put_note(b, NT_PRPSINFO, &info, sizeof(info));
}

static void put_auxv(struct note_buffer *b)
{
	const unsigned long *auxv = current->mm->saved_auxv;
	size_t words = 0;

	while (auxv[words] != AT_NULL)
		words += 2;
	put_note(b, NT_AUXV, auxv, (words + 2) * sizeof(*auxv));
}

/* Count and page size; start, end and page of the file for each mapping of one; then the names in the same order. */
static void put_files(struct note_buffer *b, const struct coredump_params *cprm)
{
	size_t at = begin_note(b, NT_FILE);
	char *path = kmalloc(PATH_MAX, GFP_KERNEL), *name;
	unsigned long head[2] = { 0, 1 };

	b->failed |= !path;
	for (int i = 0; i < cprm->vma_count; i++)
		head[0] += cprm->vma_meta[i].file != NULL;
	put_bytes(b, head, sizeof(head));
	for (int i = 0; i < cprm->vma_count; i++) {
		const struct core_vma_metadata *m = &cprm->vma_meta[i];

		if (m->file)
			put_bytes(b, (unsigned long[]){ m->start, m->end, m->pgoff << PAGE_SHIFT }, 3 * sizeof(long));
	}
	for (int i = 0; path && i < cprm->vma_count; i++) {
		if (!cprm->vma_meta[i].file)
			continue;
		name = d_path(&cprm->vma_meta[i].file->f_path, path, PATH_MAX);
		if (IS_ERR(name))
			name = "";
		put_bytes(b, name, strlen(name) + 1);
	}
	kfree(path);
	end_note(b, at);
}

/* The thread that died first: that is the one which a debugger shows. */
static void put_notes(struct note_buffer *b, struct coredump_params *cprm)
{
	struct core_thread *thread = cprm->threads;

	put_prstatus(b, thread->task, cprm->siginfo);
	put_prpsinfo(b);
	put_note(b, NT_SIGINFO, cprm->siginfo, sizeof(*cprm->siginfo));
	put_auxv(b);
	put_files(b, cprm);
	put_fpregs(b, thread->task);
	while ((thread = thread->next)) {
		put_prstatus(b, thread->task, cprm->siginfo);
		put_fpregs(b, thread->task);
	}
}

static bool begins_with_elf_header(const struct core_vma_metadata *m)
{
	char magic[SELFMAG];

	return !m->pgoff && access_process_vm(current->mm, m->start, magic, SELFMAG, false) == SELFMAG &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

/* How much of a mapping is to be written, bytes. */
static unsigned long vma_dump_size(const struct core_vma_metadata *m)
{
	if (m->flags & VM_DONTDUMP || !(m->flags & VM_READ))
		return 0;
	if (!m->file || (m->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		return m->end - m->start;
	return begins_with_elf_header(m) ? PAGE_SIZE : 0;
}

static u32 segment_flags(unsigned long vm_flags)
{
	return (vm_flags & VM_READ ? PF_R : 0) | (vm_flags & VM_WRITE ? PF_W : 0) | (vm_flags & VM_EXEC ? PF_X : 0);
}

static void put_headers(struct note_buffer *b, const struct coredump_params *cprm, size_t notes)
{
	struct elf64_hdr hdr = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_CORE, .e_machine = EM_RISCV, .e_version = 1,
		.e_flags = EF_RISCV_RVC | EF_RISCV_FLOAT_ABI_DOUBLE,
		.e_phoff = sizeof(hdr), .e_ehsize = sizeof(hdr), .e_phentsize = sizeof(struct elf64_phdr),
		.e_phnum = cprm->vma_count + 1,
	};
	u64 offset = sizeof(hdr) + (cprm->vma_count + 1) * sizeof(struct elf64_phdr);
	struct elf64_phdr phdr = { .p_type = PT_NOTE, .p_offset = offset, .p_filesz = notes, .p_align = 4 };

	put_bytes(b, &hdr, sizeof(hdr));
	put_bytes(b, &phdr, sizeof(phdr));
	offset = PAGE_ALIGN(offset + notes);
	for (int i = 0; i < cprm->vma_count; i++) {
		const struct core_vma_metadata *m = &cprm->vma_meta[i];

		phdr = (struct elf64_phdr){
			.p_type = PT_LOAD, .p_flags = segment_flags(m->flags), .p_offset = offset, .p_vaddr = m->start,
			.p_filesz = m->dump_size, .p_memsz = m->end - m->start, .p_align = PAGE_SIZE,
		};
		put_bytes(b, &phdr, sizeof(phdr));
		offset += m->dump_size;
	}
}

noinline bool elf_core_dump(struct coredump_params *cprm)
{
	struct note_buffer headers = { 0 }, notes = { 0 };
	bool done;

	preempt_disable();
	fstate_save(current, task_pt_regs(current));
	preempt_enable();
	for (int i = 0; i < cprm->vma_count; i++)
		cprm->vma_meta[i].dump_size = vma_dump_size(&cprm->vma_meta[i]);
	put_notes(&notes, cprm);
	put_headers(&headers, cprm, notes.size);
	done = !notes.failed && !headers.failed && cprm->vma_count + 1 < PN_XNUM &&
	       dump_emit(cprm, headers.data, headers.size) && dump_emit(cprm, notes.data, notes.size) &&
	       dump_skip(cprm, PAGE_ALIGN(cprm->pos) - cprm->pos);
	for (int i = 0; done && i < cprm->vma_count; i++)
		done = dump_user_range(cprm, &cprm->vma_meta[i]);
	kfree(headers.data);
	kfree(notes.data);
	return done;
}
