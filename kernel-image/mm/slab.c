/*
 * Object caches: slabs of equal objects, and kmalloc on top of a ladder of them.
 *
 * A slab is a block of pages whose first struct page holds the list of its
 * free objects, linked through the objects themselves. Slabs with free objects
 * are on the cache's partial list; full ones on none, they come back when an
 * object of theirs is freed. An empty slab returns its pages unless it is the
 * cache's only partial one. Freed objects are filled with junk, so that a use
 * after free shows.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>
#include <asm/stacktrace.h>

#define POISON_FREE 0x6b
#define MAX_POISON 256	/* of a large object only the beginning is spoilt */

struct kmem_cache {
	const char *name;
	unsigned int size;		/* of an object, aligned */
	unsigned int object_size;	/* as asked for */
	unsigned int order;
	unsigned int objects;		/* per slab */
	unsigned long nr_slabs, nr_active;
	spinlock_t lock;
	struct list_head partial;
	void (*ctor)(void *);
	struct list_head list;
};

static struct kmem_cache kmem_cache_cache;
static LIST_HEAD(slab_caches);
static DEFINE_SPINLOCK(slab_caches_lock);

static const unsigned int kmalloc_sizes[] = { 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096 };
static const char *const kmalloc_names[] = {
	"kmalloc-16", "kmalloc-32", "kmalloc-64", "kmalloc-96", "kmalloc-128", "kmalloc-192", "kmalloc-256",
	"kmalloc-512", "kmalloc-1k", "kmalloc-2k", "kmalloc-4k",
};
static struct kmem_cache kmalloc_caches[ARRAY_SIZE(kmalloc_sizes)];

static void setup_cache(struct kmem_cache *s, const char *name, unsigned int size, unsigned int align,
			void (*ctor)(void *))
{
	s->name = name;
	s->object_size = size;
	s->size = ALIGN(max_t(unsigned int, size, sizeof(void *)), max_t(unsigned int, align, sizeof(void *)));
	s->order = 0;
	while ((PAGE_SIZE << s->order) / s->size < 4 && s->order < 3)
		s->order++;
	s->objects = (PAGE_SIZE << s->order) / s->size;
	s->ctor = ctor;
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->partial);
	spin_lock(&slab_caches_lock);
	list_add_tail(&s->list, &slab_caches);
	spin_unlock(&slab_caches_lock);
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *))
{
	struct kmem_cache *s = kmem_cache_zalloc(&kmem_cache_cache, GFP_KERNEL);

	if (!s) {
		if (flags & SLAB_PANIC)
			panic("slab: no memory for cache %s", name);
		return NULL;
	}
	setup_cache(s, name, size, flags & SLAB_HWCACHE_ALIGN ? max_t(unsigned int, align, 64) : align, ctor);
	return s;
}

static struct page *new_slab(struct kmem_cache *s, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp & ~__GFP_ZERO, s->order);
	char *obj;

	if (!page)
		return NULL;
	for (unsigned int i = 0; i < 1U << s->order; i++) {
		__set_bit(PG_slab, &page[i].flags);
		page[i].slab_cache = s;
		page[i].freelist = page;	/* tail pages: the head; the head's is set below */
	}
	obj = page_address(page);
	page->freelist = obj;
	page->private = 0;
	for (unsigned int i = 0; i < s->objects; i++, obj += s->size)
		*(void **)obj = i + 1 < s->objects ? obj + s->size : NULL;
	__set_bit(PG_head, &page->flags);
	return page;
}

static void discard_slab(struct kmem_cache *s, struct page *page)
{
	for (unsigned int i = 0; i < 1U << s->order; i++)
		page[i].flags = 0;
	__free_pages(page, s->order);
}

static struct page *slab_head(const void *obj)
{
	struct page *page = virt_to_page(obj);

	return test_bit(PG_head, &page->flags) ? page : page->freelist;
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	unsigned long flags;
	struct page *page;
	void *obj;

	spin_lock_irqsave(&s->lock, flags);
	page = list_first_entry_or_null(&s->partial, struct page, lru);
	if (!page) {
		spin_unlock_irqrestore(&s->lock, flags);
		page = new_slab(s, gfp);
		if (!page)
			return NULL;
		spin_lock_irqsave(&s->lock, flags);
		list_add(&page->lru, &s->partial);
		s->nr_slabs++;
	}
	obj = page->freelist;
	page->freelist = *(void **)obj;
	page->private++;
	s->nr_active++;
	if (!page->freelist)
		list_del_init(&page->lru);
	spin_unlock_irqrestore(&s->lock, flags);

	if (gfp & __GFP_ZERO)
		memset(obj, 0, s->size);
	if (s->ctor)
		s->ctor(obj);
	return obj;
}

void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp)
{
	return kmem_cache_alloc(s, gfp | __GFP_ZERO);
}

void kmem_cache_free(struct kmem_cache *s, void *obj)
{
	struct page *page, *empty = NULL;
	unsigned long flags;

	if (!obj)
		return;
	page = slab_head(obj);
	BUG_ON(!test_bit(PG_slab, &page->flags) || page->slab_cache != s);
	memset(obj, POISON_FREE, min_t(unsigned int, s->size, MAX_POISON));

	spin_lock_irqsave(&s->lock, flags);
	if (!page->freelist)
		list_add(&page->lru, &s->partial);
	*(void **)obj = page->freelist;
	page->freelist = obj;
	s->nr_active--;
	if (--page->private == 0 && !list_is_singular(&s->partial)) {
		list_del(&page->lru);
		s->nr_slabs--;
		empty = page;
	}
	spin_unlock_irqrestore(&s->lock, flags);
	if (empty)
		discard_slab(s, empty);
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	struct page *page, *next;

	if (!s)
		return;
	if (s->nr_active) {
		pr_err("slab: cache %s still has %lu objects when it is destroyed\n", s->name, s->nr_active);
		dump_stack();
		return;
	}
	spin_lock(&slab_caches_lock);
	list_del(&s->list);
	spin_unlock(&slab_caches_lock);
	list_for_each_entry_safe(page, next, &s->partial, lru)
		discard_slab(s, page);
	kmem_cache_free(&kmem_cache_cache, s);
}

void __init kmem_cache_init(void)
{
	setup_cache(&kmem_cache_cache, "kmem_cache", sizeof(struct kmem_cache), 8, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(kmalloc_sizes); i++)
		setup_cache(&kmalloc_caches[i], kmalloc_names[i], kmalloc_sizes[i], 8, NULL);
}

/* Beyond the largest cache kmalloc hands out whole pages; the head remembers the order. */
static void *kmalloc_large(size_t size, gfp_t gfp)
{
	unsigned int order = ilog2(max_t(size_t, DIV_ROUND_UP(size, PAGE_SIZE) * 2 - 1, 1));
	struct page *page = alloc_pages(gfp, order);

	if (!page)
		return NULL;
	page->private = order;
	return page_address(page);
}

void *kmalloc(size_t size, gfp_t gfp)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kmalloc_sizes); i++)
		if (size <= kmalloc_sizes[i])
			return kmem_cache_alloc(&kmalloc_caches[i], gfp);
	return kmalloc_large(size, gfp);
}

void *kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return size && n > SIZE_MAX / size ? NULL : kzalloc(n * size, gfp);
}

size_t ksize(const void *p)
{
	struct page *page = virt_to_page(p);

	return test_bit(PG_slab, &page->flags) ? page->slab_cache->size : PAGE_SIZE << page->private;
}

void kfree(const void *p)
{
	struct page *page;

	if (!p)
		return;
	page = virt_to_page(p);
	if (test_bit(PG_slab, &page->flags))
		kmem_cache_free(page->slab_cache, (void *)p);
	else
		__free_pages(page, page->private);
}

void *krealloc(const void *p, size_t size, gfp_t gfp)
{
	void *new;

	if (p && size <= ksize(p))
		return (void *)p;
	new = kmalloc(size, gfp);
	if (new && p) {
		memcpy(new, p, ksize(p));
		kfree(p);
	}
	return new;
}

static struct kmem_cache *nth_cache(unsigned int index)
{
	struct kmem_cache *s;

	list_for_each_entry(s, &slab_caches, list)
		if (index-- == 0)
			return s;
	return NULL;
}

bool get_slabinfo(unsigned int index, struct slabinfo *info)
{
	struct kmem_cache *s;

	spin_lock(&slab_caches_lock);
	s = nth_cache(index);
	if (s)
		*info = (struct slabinfo){
			.name = s->name,
			.active_objs = s->nr_active,
			.num_objs = s->nr_slabs * s->objects,
			.objsize = s->size,
			.objperslab = s->objects,
			.pagesperslab = 1UL << s->order,
		};
	spin_unlock(&slab_caches_lock);
	return s;
}

void si_meminfo(struct sysinfo_mem *val)
{
	struct kmem_cache *s;

	*val = (struct sysinfo_mem){ .totalram = totalram_pages(), .freeram = nr_free_pages(),
				     .cached = contig_page_data.lruvec.nr_pages, .dirty = nr_dirty_pages() };
	spin_lock(&slab_caches_lock);
	list_for_each_entry(s, &slab_caches, list)
		val->slab += s->nr_slabs << s->order;
	spin_unlock(&slab_caches_lock);
}
