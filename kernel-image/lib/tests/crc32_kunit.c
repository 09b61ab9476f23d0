/* Tests of CRC32, as a module that needs another. */
#include <kunit/test.h>
#include <linux/crc32.h>
#include <linux/module.h>
#include <linux/random.h>

static u32 bit_by_bit(u32 crc, const unsigned char *p, size_t len)
{
	for (; len--; p++)
		for (int bit = 0; bit < 8; bit++)
			crc = (crc ^ *p >> bit) & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
	return crc;
}

static void crc32_test_check_value(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ~crc32_le(~0U, (const unsigned char *)"123456789", 9), 0xcbf43926);
	KUNIT_EXPECT_EQ(test, crc32_le(0x1234, NULL, 0), 0x1234);
}

static void crc32_test_random(struct kunit *test)
{
	unsigned char *data = kunit_kzalloc(test, 512, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, data);
	get_random_bytes(data, 512);
	for (size_t len = 0; len <= 512; len += 31)
		KUNIT_EXPECT_EQ(test, crc32_le(len, data, len), bit_by_bit(len, data, len));
}

static void crc32_test_in_pieces(struct kunit *test)
{
	const unsigned char *text = (const unsigned char *)"in pieces or at once";
	u32 whole = crc32_le(~0U, text, 20);

	for (size_t cut = 0; cut <= 20; cut++)
		KUNIT_EXPECT_EQ(test, crc32_le(crc32_le(~0U, text, cut), text + cut, 20 - cut), whole);
}

static struct kunit_case crc32_test_cases[] = {
	KUNIT_CASE(crc32_test_check_value),
	KUNIT_CASE(crc32_test_random),
	KUNIT_CASE(crc32_test_in_pieces),
	{ },
};

static struct kunit_suite crc32_suite = {
	.name = "crc32",
	.test_cases = crc32_test_cases,
};
kunit_test_suite(crc32_suite);

static void __exit crc32_kunit_exit(void)
{
}
module_exit(crc32_kunit_exit);

MODULE_DESCRIPTION("Tests of crc32");
MODULE_LICENSE("MIT");
