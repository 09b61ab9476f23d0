/* Object caches and kmalloc. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/types.h>

#define SLAB_HWCACHE_ALIGN 0x2000
#define SLAB_PANIC 0x40000

struct kmem_cache;

void kmem_cache_init(void);
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *));
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);
void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *s, void *obj);
void kmem_cache_destroy(struct kmem_cache *s);	/* whose objects have all come back; NULL is nothing */

#define KMEM_CACHE(type, flags) \
	kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), flags, NULL)

void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void *kcalloc(size_t n, size_t size, gfp_t gfp);
void *krealloc(const void *p, size_t size, gfp_t gfp);
size_t ksize(const void *p);
void kfree(const void *p);

void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void *module_alloc(unsigned long size);	/* of the modules' area; writable, not executable yet */
void vfree(const void *addr);
void vmalloc_init(void);

/* For /proc/slabinfo: the caches in order; NULL ends. */
struct slabinfo {
	const char *name;
	unsigned long active_objs, num_objs, objsize, objperslab, pagesperslab;
};
bool get_slabinfo(unsigned int index, struct slabinfo *info);

#endif
