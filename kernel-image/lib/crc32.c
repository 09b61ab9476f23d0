/* The CRC of Ethernet and zip files (polynomial 0x04c11db7, least significant bit first), by a table of 16 entries. */
#include <linux/crc32.h>
#include <linux/module.h>

#define POLYNOMIAL 0xedb88320

static u32 table[16];

u32 crc32_le(u32 crc, const unsigned char *p, size_t len)
{
	while (len--) {
		crc ^= *p++;
		crc = table[crc & 15] ^ crc >> 4;
		crc = table[crc & 15] ^ crc >> 4;
	}
	return crc;
}
EXPORT_SYMBOL(crc32_le);

static int __init crc32_init(void)
{
	for (u32 i = 0; i < 16; i++) {
		u32 crc = i;

		for (int bit = 0; bit < 4; bit++)
			crc = crc & 1 ? POLYNOMIAL ^ crc >> 1 : crc >> 1;
		table[i] = crc;
	}
	return 0;
}
module_init(crc32_init);

static void __exit crc32_exit(void)
{
}
module_exit(crc32_exit);

MODULE_DESCRIPTION("CRC32 calculations");
MODULE_LICENSE("MIT");
