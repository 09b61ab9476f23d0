/* ELF programs: static executables and static position-independent ones, with an optional interpreter. */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/elf.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/hwcap.h>

#define ELF_ET_DYN_BASE	0x2aaaaaa000UL	/* two thirds up: below the mmap area, above any fixed program */
#define MAX_PHNUM	(65536 / sizeof(struct elf64_phdr))

/* Where an object lies once it is mapped. */
struct elf_image {
	unsigned long load_bias;
	unsigned long entry;
	unsigned long phdr_addr;
	unsigned long start_code, end_code, start_data, end_data, brk;
};

static int elf_check_header(const struct elf64_hdr *hdr)
{
	if (memcmp(hdr->e_ident, ELFMAG, SELFMAG) || hdr->e_ident[EI_CLASS] != ELFCLASS64 ||
	    hdr->e_ident[EI_DATA] != ELFDATA2LSB || hdr->e_machine != EM_RISCV)
		return -ENOEXEC;
	if (hdr->e_type != ET_EXEC && hdr->e_type != ET_DYN)
		return -ENOEXEC;
	if (hdr->e_phentsize != sizeof(struct elf64_phdr) || !hdr->e_phnum || hdr->e_phnum > MAX_PHNUM)
		return -ENOEXEC;
	return 0;
}

static struct elf64_phdr *load_elf_phdrs(const struct elf64_hdr *hdr, struct file *file)
{
	size_t size = hdr->e_phnum * sizeof(struct elf64_phdr);
	struct elf64_phdr *phdrs = kmalloc(size, GFP_KERNEL);
	loff_t pos = hdr->e_phoff;
	ssize_t ret;

	if (!phdrs)
		return ERR_PTR(-ENOMEM);
	ret = pos < 0 ? -ENOEXEC : kernel_read(file, phdrs, size, &pos);
	if (ret != (ssize_t)size) {
		kfree(phdrs);
		return ERR_PTR(ret < 0 ? ret : -ENOEXEC);
	}
	return phdrs;
}

/* A segment must lie in user space, in the file, and its address and offset must agree within a page. */
static int elf_check_segments(const struct elf64_hdr *hdr, const struct elf64_phdr *phdrs, struct file *file,
			      unsigned long *total)
{
	unsigned long lowest = ~0UL, highest = 0;

	for (int i = 0; i < hdr->e_phnum; i++) {
		const struct elf64_phdr *p = &phdrs[i];

		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_filesz > p->p_memsz || p->p_memsz > TASK_SIZE || p->p_vaddr > TASK_SIZE - p->p_memsz)
			return -ENOEXEC;
		if ((p->p_vaddr - p->p_offset) & ~PAGE_MASK)
			return -ENOEXEC;
		if (p->p_filesz > (u64)file_inode(file)->i_size || p->p_offset > file_inode(file)->i_size - p->p_filesz)
			return -ENOEXEC;
		lowest = min(lowest, (unsigned long)(p->p_vaddr & PAGE_MASK));
		highest = max(highest, (unsigned long)PAGE_ALIGN(p->p_vaddr + p->p_memsz));
	}
	if (lowest >= highest)
		return -ENOEXEC;
	*total = highest - lowest;
	return 0;
}

static int make_prot(u32 p_flags)
{
	return (p_flags & PF_R ? PROT_READ : 0) | (p_flags & PF_W ? PROT_WRITE : 0) | (p_flags & PF_X ? PROT_EXEC : 0);
}

/* Clears from the end of the file's bytes to the end of their page, then adds the pages that are all zero. */
static int map_bss(const struct elf64_phdr *p, unsigned long bias)
{
	unsigned long file_end = bias + p->p_vaddr + p->p_filesz;
	unsigned long mem_end = bias + p->p_vaddr + p->p_memsz;
	unsigned long zero_end = PAGE_ALIGN(file_end);	/* loaders use the rest of the page, and rely on zeroes */
	unsigned long ret;

	if (p->p_filesz && file_end < zero_end && (p->p_flags & PF_W) &&
	    clear_user((void __user *)file_end, zero_end - file_end))
		return -EFAULT;
	file_end = p->p_filesz ? PAGE_ALIGN(file_end) : file_end & PAGE_MASK;
	if (PAGE_ALIGN(mem_end) <= file_end)
		return 0;
	ret = vm_mmap(NULL, file_end, PAGE_ALIGN(mem_end) - file_end, make_prot(p->p_flags),
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	return IS_ERR_VALUE(ret) ? (int)ret : 0;
}

static int map_segment(struct file *file, const struct elf64_phdr *p, unsigned long bias)
{
	unsigned long start = (bias + p->p_vaddr) & PAGE_MASK;
	unsigned long end = bias + p->p_vaddr + p->p_filesz;

	if (p->p_filesz) {
		unsigned long ret = vm_mmap(file, start, PAGE_ALIGN(end) - start, make_prot(p->p_flags),
					    MAP_PRIVATE | MAP_FIXED, p->p_offset & PAGE_MASK);

		if (IS_ERR_VALUE(ret))
			return (int)ret;
	}
	return p->p_memsz > p->p_filesz ? map_bss(p, bias) : 0;
}

static int map_elf_image(struct file *file, const struct elf64_hdr *hdr, const struct elf64_phdr *phdrs,
			 unsigned long bias, struct elf_image *image)
{
	memset(image, 0, sizeof(*image));
	image->load_bias = bias;
	image->entry = bias + hdr->e_entry;
	image->start_code = ~0UL;
	for (int i = 0; i < hdr->e_phnum; i++) {
		const struct elf64_phdr *p = &phdrs[i];
		unsigned long start = bias + p->p_vaddr;
		int ret;

		if (p->p_type != PT_LOAD)
			continue;
		ret = map_segment(file, p, bias);
		if (ret)
			return ret;
		if (hdr->e_phoff >= p->p_offset && hdr->e_phoff < p->p_offset + p->p_filesz)
			image->phdr_addr = start + hdr->e_phoff - p->p_offset;
		image->start_code = min(image->start_code, start);
		image->start_data = max(image->start_data, start);
		if (p->p_flags & PF_X)
			image->end_code = max(image->end_code, start + p->p_filesz);
		image->end_data = max(image->end_data, start + p->p_filesz);
		image->brk = max(image->brk, start + p->p_memsz);
	}
	return image->entry < TASK_SIZE ? 0 : -ENOEXEC;
}

static unsigned long random_base(unsigned long base)
{
	return base + (get_random_u32() & 0xfff) * PAGE_SIZE;
}

/* Maps the object that PT_INTERP names wherever there is room. */
static int load_elf_interp(struct file *file, struct elf_image *image)
{
	struct elf64_hdr hdr;
	struct elf64_phdr *phdrs;
	unsigned long total = 0, base;
	loff_t pos = 0;
	int ret;

	if (kernel_read(file, &hdr, sizeof(hdr), &pos) != sizeof(hdr) || elf_check_header(&hdr))
		return -ENOEXEC;
	phdrs = load_elf_phdrs(&hdr, file);
	if (IS_ERR(phdrs))
		return PTR_ERR(phdrs);
	ret = elf_check_segments(&hdr, phdrs, file, &total);
	if (!ret) {
		base = hdr.e_type == ET_DYN ? vm_mmap(NULL, 0, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0) : 0;
		ret = IS_ERR_VALUE(base) ? (int)base : map_elf_image(file, &hdr, phdrs, base, image);
	}
	kfree(phdrs);
	return ret;
}

static struct file *open_interp(const struct elf64_hdr *hdr, const struct elf64_phdr *phdrs, struct file *file)
{
	struct file *interp;
	char *name;
	loff_t pos;
	int i;

	for (i = 0; i < hdr->e_phnum && phdrs[i].p_type != PT_INTERP; i++)
		;
	if (i == hdr->e_phnum)
		return NULL;
	if (phdrs[i].p_filesz < 2 || phdrs[i].p_filesz > PATH_MAX)
		return ERR_PTR(-ENOEXEC);
	name = kzalloc(phdrs[i].p_filesz + 1, GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	pos = phdrs[i].p_offset;
	if (kernel_read(file, name, phdrs[i].p_filesz, &pos) != (ssize_t)phdrs[i].p_filesz)
		interp = ERR_PTR(-ENOEXEC);
	else
		interp = open_exec(name);
	kfree(name);
	return interp;
}

/*
 * The stack that a program starts with, from sp upwards: argc, the pointers of
 * argv and 0, those of envp and 0, the auxiliary vector; above them the strings.
 */
static noinline int create_elf_tables(struct linux_binprm *bprm, const struct elf64_hdr *hdr, const struct elf_image *image,
			     unsigned long interp_base, unsigned long *sp_out)
{
	struct mm_struct *mm = current->mm;
	const struct cred *cred = current_cred();
	unsigned long p = bprm->p, random_addr, sp, pos = mm->arg_start;
	unsigned long auxv[2 * 20], *aux = auxv;
	unsigned char random_bytes[16];
	size_t words;

	get_random_bytes(random_bytes, sizeof(random_bytes));
	random_addr = p - sizeof(random_bytes);
	if (copy_to_user((void __user *)random_addr, random_bytes, sizeof(random_bytes)))
		return -EFAULT;

#define NEW_AUX_ENT(id, value) (*aux++ = (id), *aux++ = (value))
	NEW_AUX_ENT(AT_HWCAP, elf_hwcap);
	NEW_AUX_ENT(AT_PAGESZ, PAGE_SIZE);
	NEW_AUX_ENT(AT_CLKTCK, USER_HZ);
	NEW_AUX_ENT(AT_PHDR, image->phdr_addr);
	NEW_AUX_ENT(AT_PHENT, sizeof(struct elf64_phdr));
	NEW_AUX_ENT(AT_PHNUM, hdr->e_phnum);
	NEW_AUX_ENT(AT_BASE, interp_base);
	NEW_AUX_ENT(AT_FLAGS, 0);
	NEW_AUX_ENT(AT_ENTRY, image->entry);
	NEW_AUX_ENT(AT_UID, cred->uid);
	NEW_AUX_ENT(AT_EUID, cred->euid);
	NEW_AUX_ENT(AT_GID, cred->gid);
	NEW_AUX_ENT(AT_EGID, cred->egid);
	NEW_AUX_ENT(AT_SECURE, bprm->secureexec);
	NEW_AUX_ENT(AT_RANDOM, random_addr);
	NEW_AUX_ENT(AT_EXECFN, bprm->exec_name);
	NEW_AUX_ENT(AT_NULL, 0);
#undef NEW_AUX_ENT

	words = 1 + bprm->argc + 1 + bprm->envc + 1 + (aux - auxv);
	sp = (random_addr - words * sizeof(long)) & ~15UL;
	*sp_out = sp;
	if (put_user((unsigned long)bprm->argc, (unsigned long __user *)sp))
		return -EFAULT;
	sp += sizeof(long);
	for (int i = 0; i < bprm->argc + bprm->envc + 2; i++, sp += sizeof(long)) {
		bool end = i == bprm->argc || i == bprm->argc + bprm->envc + 1;

		if (i == bprm->argc)
			mm->arg_end = mm->env_start = pos;
		if (put_user(end ? 0 : pos, (unsigned long __user *)sp))
			return -EFAULT;
		for (char c = 1; !end && c; pos++)
			if (get_user(c, (char __user *)pos))
				return -EFAULT;
	}
	mm->env_end = pos;
	if (copy_to_user((void __user *)sp, auxv, (aux - auxv) * sizeof(*auxv)))
		return -EFAULT;
	memcpy(mm->saved_auxv, auxv, (aux - auxv) * sizeof(*auxv));
	return 0;
}

/* After the point of no return: maps everything and enters the program. */
static int start_elf(struct linux_binprm *bprm, const struct elf64_hdr *hdr, const struct elf64_phdr *phdrs,
		     struct file *interpreter)
{
	struct mm_struct *mm = current->mm;
	struct elf_image image, interp = { 0 };
	unsigned long bias = 0, sp;
	int ret;

	mm->arg_start = bprm->p;
	ret = setup_arg_pages(bprm, STACK_TOP);
	if (ret)
		return ret;
	if (hdr->e_type == ET_DYN)
		bias = random_base(ELF_ET_DYN_BASE);
	ret = map_elf_image(bprm->file, hdr, phdrs, bias, &image);
	if (!ret && interpreter)
		ret = load_elf_interp(interpreter, &interp);
	if (ret)
		return ret;
	ret = arch_setup_additional_pages();
	if (ret)
		return ret;
	mm->start_code = image.start_code;
	mm->end_code = image.end_code;
	mm->start_data = image.start_data;
	mm->end_data = image.end_data;
	mm->start_brk = mm->brk = PAGE_ALIGN(image.brk);
	ret = create_elf_tables(bprm, hdr, &image, interp.load_bias, &sp);
	if (ret)
		return ret;
	mm->start_stack = sp;
	start_thread(task_pt_regs(current), interpreter ? interp.entry : image.entry, sp);
	return 0;
}

static noinline int load_elf_binary(struct linux_binprm *bprm);

static struct linux_binfmt elf_format = {
	.load_binary = load_elf_binary,
	.core_dump = elf_core_dump,
	.min_coredump = PAGE_SIZE,
};

static noinline int load_elf_binary(struct linux_binprm *bprm)
{
	const struct elf64_hdr *hdr = (const struct elf64_hdr *)bprm->buf;
	struct file *interpreter = NULL;
	struct elf64_phdr *phdrs;
	unsigned long total;
	int ret = elf_check_header(hdr);

	if (ret)
		return ret;
	phdrs = load_elf_phdrs(hdr, bprm->file);
	if (IS_ERR(phdrs))
		return PTR_ERR(phdrs);
	ret = elf_check_segments(hdr, phdrs, bprm->file, &total);
	if (!ret) {
		interpreter = open_interp(hdr, phdrs, bprm->file);
		if (IS_ERR(interpreter)) {
			ret = PTR_ERR(interpreter);
			interpreter = NULL;
		} else if (interpreter) {
			would_dump(bprm, interpreter);
		}
	}
	if (!ret)
		ret = begin_new_exec(bprm);
	if (!ret) {
		set_binfmt(&elf_format);
		ret = start_elf(bprm, hdr, phdrs, interpreter);
	}
	if (interpreter)
		fput(interpreter);
	kfree(phdrs);
	return ret;
}

static int __init init_elf_binfmt(void)
{
	register_binfmt(&elf_format);
	return 0;
}
core_initcall(init_elf_binfmt);
