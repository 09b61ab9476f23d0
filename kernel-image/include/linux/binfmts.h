/* Binary formats, and the state of one exec on its way to one of them. */
#ifndef _LINUX_BINFMTS_H
#define _LINUX_BINFMTS_H

#include <linux/fs.h>
#include <linux/list.h>

#define BINPRM_BUF_SIZE	128
#define MAX_ARG_STRLEN	(32 * 4096)
#define MAX_ARG_STRINGS	0x7fffffff
#define MAX_BINFMT_DEPTH 5

struct coredump_params;
struct cred;
struct mm_struct;
struct page;
struct pt_regs;
struct vm_area_struct;

struct linux_binprm {
	struct vm_area_struct *vma;	/* the new stack */
	struct mm_struct *mm;
	unsigned long p;		/* top of the arguments on it, growing down */
	unsigned long exec_name;	/* where on it the file name lies, for AT_EXECFN */
	unsigned long argmin;		/* how far down p may go */
	struct file *file;
	struct file *interpreter;	/* set by a handler that wants another file tried */
	struct cred *cred;
	int argc, envc;
	const char *filename;		/* as the caller gave it, or made from a descriptor */
	char fd_name[24];
	const char *interp;		/* the file really executed */
	char *interp_copy;
	int secureexec;
	bool point_of_no_return;
	bool guarded;			/* cred_guard_mutex is held */
	bool unsafe;			/* set-ID bits do not count */
	bool not_readable;
	char buf[BINPRM_BUF_SIZE];
};

struct linux_binfmt {
	struct list_head lh;
	int (*load_binary)(struct linux_binprm *bprm);
	bool (*core_dump)(struct coredump_params *cprm);	/* false: not, or not all, written */
	unsigned long min_coredump;	/* bytes: a smaller limit means that nothing is to be written */
};

void register_binfmt(struct linux_binfmt *fmt);

int prepare_bprm_creds(struct linux_binprm *bprm);
void check_unsafe_exec(struct linux_binprm *bprm);
void would_dump(struct linux_binprm *bprm, struct file *file);
int prepare_binprm(struct linux_binprm *bprm);
int copy_string_kernel(const char *arg, struct linux_binprm *bprm);
int bprm_change_interp(const char *interp, struct linux_binprm *bprm);
int remove_arg_zero(struct linux_binprm *bprm);
int begin_new_exec(struct linux_binprm *bprm);
int setup_arg_pages(struct linux_binprm *bprm, unsigned long stack_top);
int arch_setup_additional_pages(void);
bool elf_core_dump(struct coredump_params *cprm);
void set_binfmt(struct linux_binfmt *new);	/* who will dump the core of the new program */
struct file *open_exec(const char *name);

int kernel_execve(const char *filename, const char *const *argv, const char *const *envp);

#endif
