/* Tests of object caches, kmalloc and vmalloc. */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#define OBJECTS 300

struct object {
	unsigned long id;
	char rest[72];
};

static struct slabinfo info_of(const char *name)
{
	struct slabinfo info, none = { 0 };

	for (unsigned int i = 0; get_slabinfo(i, &info); i++)
		if (!strcmp(info.name, name))
			return info;
	return none;
}

/* All are apart from each other, keep what is in them, and are counted. */
static void slab_test_cache(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("kunit_object", sizeof(struct object), 16, 0, NULL);
	struct object **objects = kunit_kzalloc(test, OBJECTS * sizeof(*objects), GFP_KERNEL);
	unsigned int wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_NOT_NULL(test, objects);
	for (int i = 0; i < OBJECTS; i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)objects[i], 16));
		memset(objects[i], i, sizeof(struct object));
		objects[i]->id = i;
	}
	KUNIT_EXPECT_EQ(test, info_of("kunit_object").active_objs, OBJECTS);
	for (int i = 0; i < OBJECTS; i++) {
		wrong += objects[i]->id != i;
		for (int j = 0; j < sizeof(objects[i]->rest); j++)
			wrong += objects[i]->rest[j] != (char)i;
		kmem_cache_free(cache, objects[i]);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, info_of("kunit_object").active_objs, 0);
	KUNIT_EXPECT_LE(test, info_of("kunit_object").num_objs, info_of("kunit_object").objperslab);
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_NULL(test, info_of("kunit_object").name);
}

static void constructed(void *object)
{
	((struct object *)object)->id = 42;
}

static void slab_test_constructor(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("kunit_ctor", sizeof(struct object), 8, 0, constructed);
	struct object *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_EQ(test, object->id, 42);
	kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
}

static void slab_test_zero(struct kunit *test)
{
	unsigned char *first = kmalloc(200, GFP_KERNEL), *second;
	unsigned int sum = 0;

	memset(first, 0xff, 200);
	kfree(first);
	second = kzalloc(200, GFP_KERNEL);
	for (int i = 0; i < 200; i++)
		sum += second[i];
	KUNIT_EXPECT_EQ(test, sum, 0);
	kfree(second);
}

static void kmalloc_test_sizes(struct kunit *test)
{
	for (size_t size = 1; size <= 40000; size = size * 3 / 2 + 1) {
		unsigned char *p = kmalloc(size, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_GE(test, ksize(p), size);
		p[0] = 1;
		p[size - 1] = 2;
		kfree(p);
	}
	kfree(NULL);
	KUNIT_EXPECT_NULL(test, kmalloc(1UL << 40, GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kcalloc(1UL << 33, 1UL << 33, GFP_KERNEL));
}

static void kmalloc_test_krealloc(struct kunit *test)
{
	char *p = krealloc(NULL, 10, GFP_KERNEL), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	strcpy(p, "kept on");
	q = krealloc(p, 3000, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_EXPECT_STREQ(test, q, "kept on");
	KUNIT_EXPECT_PTR_EQ(test, krealloc(q, 20, GFP_KERNEL), q);
	kfree(q);
}

static void vmalloc_test(struct kunit *test)
{
	unsigned long size = 5 * PAGE_SIZE + 100, sum = 0;
	unsigned char *p = vzalloc(size), *q = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, q);
	for (unsigned long i = 0; i < size; i++)
		sum += p[i];
	KUNIT_EXPECT_EQ(test, sum, 0);
	memset(p, 1, size);
	memset(q, 2, PAGE_SIZE);
	for (unsigned long i = 0; i < size; i++)
		sum += p[i];
	KUNIT_EXPECT_EQ(test, sum, size);
	vfree(p);
	vfree(q);
}

static struct kunit_case slab_test_cases[] = {
	KUNIT_CASE(slab_test_cache),
	KUNIT_CASE(slab_test_constructor),
	KUNIT_CASE(slab_test_zero),
	KUNIT_CASE(kmalloc_test_sizes),
	KUNIT_CASE(kmalloc_test_krealloc),
	KUNIT_CASE(vmalloc_test),
	{ },
};

static struct kunit_suite slab_suite = {
	.name = "slab",
	.test_cases = slab_test_cases,
};
kunit_test_suite(slab_suite);
