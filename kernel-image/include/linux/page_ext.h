/* What is kept of each page beside struct page, if something asks for it at boot: who owns it. */
#ifndef _LINUX_PAGE_EXT_H
#define _LINUX_PAGE_EXT_H

struct page;

void page_ext_init(void);
extern bool page_owner_inited;
void __set_page_owner(struct page *page, unsigned int order);
void __reset_page_owner(struct page *page);

static inline void set_page_owner(struct page *page, unsigned int order)
{
	if (page_owner_inited)
		__set_page_owner(page, order);
}

static inline void reset_page_owner(struct page *page)
{
	if (page_owner_inited)
		__reset_page_owner(page);
}

#endif
