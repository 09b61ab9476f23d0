/* What the files of the decompressor tell each other. */
#pragma once

#include <linux/types.h>

/* The rest of a stream of bits, lowest bit of each byte first. */
struct bits {
	const u8 *next, *end;
	u64 hold;		/* bits taken from the bytes before `next` and not used yet */
	unsigned int count;	/* how many; bits above are 0 */
	unsigned int beyond;	/* how many of them lie behind the end */
};

/* Unpacks DEFLATE data (RFC 1951). Returns NULL, or what is wrong; *length is what was written. */
const char *inflate(struct bits *in, u8 *output, size_t room, size_t *length);

/* Unpacks a gzip member (RFC 1952) of exactly `output_len` bytes. Returns NULL, or what is wrong. */
const char *gunzip(u8 *output, size_t output_len, const u8 *input, size_t input_len);

/* Enters a kernel at `output`, or tells on the console why it cannot, and stops. */
void decompress_kernel(void *output, const void *input, size_t input_len, size_t output_len);
