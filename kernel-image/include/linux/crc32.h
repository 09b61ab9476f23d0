/* CRC32; a module has it. */
#ifndef _LINUX_CRC32_H
#define _LINUX_CRC32_H

#include <linux/types.h>

/* Goes on from crc; neither it nor the result is inverted. */
u32 crc32_le(u32 crc, const unsigned char *p, size_t len);

#endif
