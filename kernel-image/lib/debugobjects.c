/* Object-state debugging: a hash of tracked objects, whose entries come from a static pool until there is slab. */
#include <linux/bug.h>
#include <linux/debugobjects.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define ODEBUG_HASH_BITS 8
#define ODEBUG_POOL_SIZE 128

struct debug_obj {
	struct hlist_node node;
	enum debug_obj_state state;
	const void *object;
};

static struct hlist_head obj_hash[1 << ODEBUG_HASH_BITS];
static struct debug_obj obj_static_pool[ODEBUG_POOL_SIZE];
static HLIST_HEAD(obj_pool);
static DEFINE_RAW_SPINLOCK(obj_lock);
static struct kmem_cache *obj_cache;
static int debug_objects_pool_size;
static bool debug_objects_enabled;

void __init debug_objects_early_init(void)
{
	for (int i = 0; i < ODEBUG_POOL_SIZE; i++)
		hlist_add_head(&obj_static_pool[i].node, &obj_pool);
	debug_objects_pool_size = ODEBUG_POOL_SIZE;
	debug_objects_enabled = true;
}

/* From here on the pool is kept filled from slab; entries are never given back. */
void __init debug_objects_mem_init(void)
{
	obj_cache = KMEM_CACHE(debug_obj, SLAB_PANIC);
}

static struct hlist_head *bucket(const void *addr)
{
	return &obj_hash[(unsigned long)addr * 0x61C8864680B583EBUL >> (64 - ODEBUG_HASH_BITS)];
}

static struct debug_obj *lookup_object(const void *addr)
{
	struct debug_obj *obj;

	hlist_for_each_entry(obj, bucket(addr), node)
		if (obj->object == addr)
			return obj;
	return NULL;
}

/* Outside of obj_lock: slab itself may come back here. */
static void fill_pool(void)
{
	struct debug_obj *obj;
	unsigned long flags;

	if (!obj_cache || READ_ONCE(debug_objects_pool_size) > ODEBUG_POOL_SIZE / 4)
		return;
	obj = kmem_cache_zalloc(obj_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!obj)
		return;
	raw_spin_lock_irqsave(&obj_lock, flags);
	hlist_add_head(&obj->node, &obj_pool);
	debug_objects_pool_size++;
	raw_spin_unlock_irqrestore(&obj_lock, flags);
}

static struct debug_obj *alloc_object(const void *addr)
{
	struct debug_obj *obj = hlist_entry_safe(obj_pool.first, struct debug_obj, node);

	if (!obj) {
		debug_objects_enabled = false;
		return NULL;
	}
	hlist_del_init(&obj->node);
	debug_objects_pool_size--;
	obj->object = addr;
	hlist_add_head(&obj->node, bucket(addr));
	return obj;
}

static void complain(const char *what, const char *type, const void *addr)
{
	pr_err("ODEBUG: %s object type: %s at %p\n", what, type, addr);
	WARN_ON(true);
}

/* Sets the state, and returns what is wrong with that, or NULL. wrong: the state that it must not come from. */
static const char *change_state(const void *addr, enum debug_obj_state wrong, const char *complaint,
				enum debug_obj_state state)
{
	struct debug_obj *obj = lookup_object(addr);
	const char *ret = NULL;

	if (!obj)
		obj = alloc_object(addr);
	else if (obj->state == wrong)
		ret = complaint;
	if (obj)
		obj->state = state;
	return ret;
}

static void track(const void *addr, const char *type, enum debug_obj_state wrong, const char *complaint,
		  enum debug_obj_state state)
{
	const char *error;
	unsigned long flags;

	if (!debug_objects_enabled)
		return;
	fill_pool();
	raw_spin_lock_irqsave(&obj_lock, flags);
	error = change_state(addr, wrong, complaint, state);
	raw_spin_unlock_irqrestore(&obj_lock, flags);
	if (error)
		complain(error, type, addr);
}

void debug_object_init(const void *addr, const char *type)
{
	track(addr, type, ODEBUG_STATE_ACTIVE, "init active", ODEBUG_STATE_INIT);
}

void debug_object_activate(const void *addr, const char *type)
{
	track(addr, type, ODEBUG_STATE_ACTIVE, "activate active", ODEBUG_STATE_ACTIVE);
}

void debug_object_deactivate(const void *addr, const char *type)
{
	track(addr, type, ODEBUG_STATE_INACTIVE, "deactivate inactive", ODEBUG_STATE_INACTIVE);
}

void debug_object_free(const void *addr, const char *type)
{
	struct debug_obj *obj;
	unsigned long flags;
	bool active = false;

	if (!debug_objects_enabled)
		return;
	raw_spin_lock_irqsave(&obj_lock, flags);
	obj = lookup_object(addr);
	if (obj) {
		active = obj->state == ODEBUG_STATE_ACTIVE;
		hlist_del_init(&obj->node);
		hlist_add_head(&obj->node, &obj_pool);
		debug_objects_pool_size++;
	}
	raw_spin_unlock_irqrestore(&obj_lock, flags);
	if (active)
		complain("free active", type, addr);
}
