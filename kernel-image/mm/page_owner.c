/*
 * page_owner=on: notes for each page who allocated it, and /proc/page_owner sums up by caller.
 *
 * The notes are beside struct page, in page_ext, which only takes memory if
 * they are wanted. Pages from before page_ext_init have none.
 */
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page_ext.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/io.h>
#include <asm/stacktrace.h>

#define DEPTH 4
#define MAX_CALLERS 256

struct page_ext {
	unsigned long stack[DEPTH];	/* [0] is 0: not allocated since */
	unsigned int order;
	pid_t pid;
};

bool page_owner_inited;
static bool page_owner_enabled __initdata;
static struct page_ext *page_ext;

static int __init early_page_owner_param(char *str)
{
	page_owner_enabled = !strcmp(str, "on");
	return 0;
}
early_param("page_owner", early_page_owner_param);

void __set_page_owner(struct page *page, unsigned int order)
{
	struct page_ext *ext = &page_ext[page - mem_map];

	memset(ext->stack, 0, sizeof(ext->stack));
	stack_trace_save(ext->stack, DEPTH, 1);
	ext->order = order;
	ext->pid = current->pid;
}

void __reset_page_owner(struct page *page)
{
	page_ext[page - mem_map].stack[0] = 0;
}

struct caller {
	unsigned long stack[DEPTH];
	unsigned long pages, blocks;
	pid_t pid;			/* the last one */
};

static int page_owner_show(struct seq_file *m, void *v)
{
	struct caller *callers = vzalloc(MAX_CALLERS * sizeof(*callers));
	unsigned int n = 0;

	if (!callers)
		return -ENOMEM;
	for (unsigned long i = 0; i < max_low_pfn - min_low_pfn; i++) {
		struct page_ext ext = page_ext[i];
		unsigned int c = 0;

		if (!ext.stack[0])
			continue;
		while (c < n && memcmp(callers[c].stack, ext.stack, sizeof(ext.stack)))
			c++;
		if (c == MAX_CALLERS)
			continue;
		memcpy(callers[c].stack, ext.stack, sizeof(ext.stack));
		callers[c].pages += 1UL << ext.order;
		callers[c].blocks++;
		callers[c].pid = ext.pid;
		n = max(n, c + 1);
	}
	for (unsigned int c = 0; c < n; c++) {
		seq_printf(m, "%lu pages in %lu blocks, last by pid %d:", callers[c].pages, callers[c].blocks, callers[c].pid);
		for (int i = 0; i < DEPTH && callers[c].stack[i]; i++)
			seq_printf(m, " %pS", (void *)callers[c].stack[i]);
		seq_putc(m, '\n');
	}
	vfree(callers);
	return 0;
}

void __init page_ext_init(void)
{
	unsigned long size = (max_low_pfn - min_low_pfn) * sizeof(*page_ext);

	if (!page_owner_enabled)
		return;
	page_ext = vzalloc(size);
	if (!page_ext) {
		pr_warn("page_owner: no memory, off\n");
		return;
	}
	proc_create_single("page_owner", 0400, page_owner_show);
	page_owner_inited = true;
	pr_info("page_owner: on, %luK\n", size / 1024);
}
