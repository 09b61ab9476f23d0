/* The gzip file format (RFC 1952): what stands around the compressed data, and its checksum. */
#include "misc.h"

#define FHCRC		0x02
#define FEXTRA		0x04
#define FNAME		0x08
#define FCOMMENT	0x10
#define RESERVED	0xe0

#define HEADER_SIZE	10
#define TRAILER_SIZE	8
#define CRC32_POLY_LE	0xedb88320

static u32 get_le32(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

static const u8 *skip_string(const u8 *p, const u8 *end)
{
	while (p < end && *p)
		p++;
	return p + 1;
}

/* The first byte of the compressed data; NULL where the header is not one or runs over the end. */
static const u8 *skip_header(const u8 *p, const u8 *end)
{
	u8 flags = p[3];

	if (p[0] != 0x1f || p[1] != 0x8b || p[2] != 8 || (flags & RESERVED))
		return NULL;
	p += HEADER_SIZE;
	if ((flags & FEXTRA) && p + 2 <= end)
		p += 2 + (p[0] | p[1] << 8);
	if (flags & FNAME)
		p = skip_string(p, end);
	if (flags & FCOMMENT)
		p = skip_string(p, end);
	if (flags & FHCRC)
		p += 2;
	return p < end ? p : NULL;
}

static u32 crc32(const u8 *p, size_t length)
{
	u64 crc = ~0u;		/* as wide as a register, so that nothing has to be cut off */
	u32 table[256];

	for (u32 i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? CRC32_POLY_LE : 0);
	}
	while (length--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~(u32)crc;
}

const char *gunzip(u8 *output, size_t output_len, const u8 *input, size_t input_len)
{
	struct bits in = { .end = input + input_len - TRAILER_SIZE };
	const char *problem;
	size_t length;

	if (input_len <= HEADER_SIZE + TRAILER_SIZE)
		return "out of data";
	in.next = skip_header(input, in.end);
	if (!in.next)
		return "bad gzip magic numbers";
	problem = inflate(&in, output, output_len, &length);
	if (problem)
		return problem;
	if (length != output_len || get_le32(in.end + 4) != (u32)length)
		return "length error";
	if (crc32(output, length) != get_le32(in.end))
		return "crc error";
	return NULL;
}
