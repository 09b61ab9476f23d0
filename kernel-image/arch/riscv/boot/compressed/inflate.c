/*
 * Unpacks DEFLATE data (RFC 1951).
 *
 * A Huffman code is a table of the symbols in the order of their codes, and the
 * number of codes of each length: that is all a canonical code needs (section
 * 3.2.2). Codes of up to FAST_BITS bits are also found at once, in a table that
 * is indexed with the next bits of the stream.
 */
#include <linux/compiler.h>
#include <linux/string.h>
#include "misc.h"

#define MAX_BITS	15
#define FAST_BITS	10
#define FAST_SIZE	(1 << FAST_BITS)

#define LITERALS	288
#define DISTANCES	32
#define END_OF_BLOCK	256
#define FIRST_LENGTH	257

struct huffman {
	u16 count[MAX_BITS + 1];
	u16 symbol[LITERALS];
	u16 fast[FAST_SIZE];	/* symbol << 4 | length; 0 for none */
};

static const u8 length_order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };

static const u16 length_base[29] = {
	3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
};
static const u8 length_extra[29] = {
	0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
};
static const u16 distance_base[30] = {
	1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
	8193, 12289, 16385, 24577,
};
static const u8 distance_extra[30] = {
	0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
};

/* At least 32 bits are there afterwards; behind the end they are 0. */
static __always_inline void refill(struct bits *in)
{
	if (in->count >= 32)
		return;
	for (; in->count <= 56; in->count += 8) {
		if (in->next < in->end)
			in->hold |= (u64)*in->next++ << in->count;
		else
			in->beyond += 8;
	}
}

static __always_inline void drop(struct bits *in, unsigned int count)
{
	in->hold >>= count;
	in->count -= count;
}

static __always_inline unsigned int take(struct bits *in, unsigned int count)
{
	unsigned int value;

	refill(in);
	value = in->hold & ((1u << count) - 1);
	drop(in, count);
	return value;
}

/* Whether bits were used that the stream does not have. */
static __always_inline bool overrun(const struct bits *in)
{
	return in->beyond > in->count;
}

static unsigned int reverse(unsigned int code, unsigned int length)
{
	unsigned int result = 0;

	for (; length; length--, code >>= 1)
		result = result << 1 | (code & 1);
	return result;
}

/*
 * Makes the code whose symbols have codes of these lengths, 0 for none. A code
 * that leaves bit patterns without a symbol is an error, unless it has one
 * symbol or none.
 */
static bool build(struct huffman *h, const u8 *lengths, unsigned int n)
{
	unsigned int next[MAX_BITS + 2], offset[MAX_BITS + 2];
	int left = 1;

	memset(h, 0, sizeof(*h));
	for (unsigned int i = 0; i < n; i++)
		h->count[lengths[i]]++;
	h->count[0] = 0;
	next[1] = offset[1] = 0;
	for (int length = 1; length <= MAX_BITS; length++) {
		left = 2 * left - h->count[length];
		if (left < 0)
			return false;
		offset[length + 1] = offset[length] + h->count[length];
		next[length + 1] = (next[length] + h->count[length]) << 1;
	}
	if (left > 0 && (offset[MAX_BITS + 1] > 1 || h->count[1] != offset[MAX_BITS + 1]))
		return false;
	for (unsigned int i = 0; i < n; i++) {
		unsigned int length = lengths[i], code;

		if (!length)
			continue;
		h->symbol[offset[length]++] = i;
		code = next[length]++;
		if (length <= FAST_BITS)
			for (unsigned int at = reverse(code, length); at < FAST_SIZE; at += 1 << length)
				h->fast[at] = i << 4 | length;
	}
	return true;
}

/*
 * Bit by bit: `first` is the first code of the length, `index` its place among the symbols. As an entry of `fast`, 0
 * where the bits are no code.
 */
static unsigned int find_slowly(u64 bits, const struct huffman *h)
{
	int code = 0, first = 0, index = 0;

	for (int length = 1; length <= MAX_BITS; length++) {
		int count = h->count[length];

		code |= bits >> (length - 1) & 1;
		if (code - first < count)
			return h->symbol[index + code - first] << 4 | length;
		index += count;
		first = (first + count) << 1;
		code <<= 1;
	}
	return 0;
}

/* The next symbol; -1 where there is none of this code. */
static __always_inline int decode(struct bits *in, const struct huffman *h)
{
	unsigned int entry;

	refill(in);
	entry = h->fast[in->hold & (FAST_SIZE - 1)];
	if (!entry)
		entry = find_slowly(in->hold, h);
	if (!entry)
		return -1;
	drop(in, entry & 15);
	return entry >> 4;
}

/* Section 3.2.7: the lengths of the two codes are themselves written in a code. */
static const char *read_codes(struct bits *in, struct huffman *literal, struct huffman *distance)
{
	u8 lengths[LITERALS + DISTANCES] = { 0 };
	unsigned int literals = take(in, 5) + 257;
	unsigned int distances = take(in, 5) + 1;
	unsigned int n = take(in, 4) + 4, i;

	if (literals > 286 || distances > 30)
		return "invalid compressed format: too many symbols";
	for (i = 0; i < n; i++)
		lengths[length_order[i]] = take(in, 3);
	if (!build(literal, lengths, 19))
		return "invalid compressed format: code lengths set";
	for (i = 0; i < literals + distances;) {
		int symbol = decode(in, literal);
		unsigned int times = 1;
		u8 length = symbol;

		if (symbol < 0 || overrun(in))
			return "invalid compressed format: code lengths";
		if (symbol >= 16) {
			if (symbol == 16 && i == 0)
				return "invalid compressed format: nothing to repeat";
			length = symbol == 16 ? lengths[i - 1] : 0;
			times = symbol == 16 ? 3 + take(in, 2) : symbol == 17 ? 3 + take(in, 3) : 11 + take(in, 7);
		}
		if (i + times > literals + distances)
			return "invalid compressed format: too many lengths";
		while (times--)
			lengths[i++] = length;
	}
	if (!lengths[END_OF_BLOCK] || !build(literal, lengths, literals))
		return "invalid compressed format: literal/lengths set";
	if (!build(distance, lengths + literals, distances))
		return "invalid compressed format: distances set";
	return NULL;
}

/* Section 3.2.6. */
static void fixed_codes(struct huffman *literal, struct huffman *distance)
{
	u8 lengths[LITERALS];

	for (unsigned int i = 0; i < LITERALS; i++)
		lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	build(literal, lengths, LITERALS);
	memset(lengths, 5, DISTANCES);
	build(distance, lengths, DISTANCES);
}

/* Section 3.2.3: literals, and pairs of a length and a distance back. */
static const char *inflate_codes(struct bits *from, const struct huffman *literal, const struct huffman *distance,
				 u8 *output, size_t room, size_t *length_out)
{
	struct bits in = *from;		/* in registers */
	size_t at = *length_out;

	for (;;) {
		int symbol = decode(&in, literal);
		unsigned int length, back;

		if (overrun(&in))
			return "out of data";
		if (symbol >= 0 && symbol < END_OF_BLOCK) {
			if (at == room)
				return "length error";
			output[at++] = symbol;
			continue;
		}
		if (symbol == END_OF_BLOCK) {
			*from = in;
			*length_out = at;
			return NULL;
		}
		if (symbol < 0 || symbol - FIRST_LENGTH >= 29)
			return "invalid compressed format: literal/length code";
		symbol -= FIRST_LENGTH;
		length = length_base[symbol] + take(&in, length_extra[symbol]);
		symbol = decode(&in, distance);
		if (symbol < 0 || symbol >= 30)
			return "invalid compressed format: distance code";
		back = distance_base[symbol] + take(&in, distance_extra[symbol]);
		if (back > at)
			return "invalid compressed format: distance too far back";
		if (length > room - at)
			return "length error";
		for (u8 *to = output + at, *last = to + length; to < last; to++)
			*to = *(to - back);
		at += length;
	}
}

/* Section 3.2.4: bytes as they are, from the next whole byte on. */
static const char *inflate_stored(struct bits *in, u8 *output, size_t room, size_t *at)
{
	unsigned int length, complement;

	drop(in, in->count & 7);
	length = take(in, 16);
	complement = take(in, 16);
	if (overrun(in))
		return "out of data";
	if (length != (complement ^ 0xffff))
		return "invalid compressed format: stored block length";
	if (length > room - *at)
		return "length error";
	while (length--)
		output[(*at)++] = take(in, 8);
	return overrun(in) ? "out of data" : NULL;
}

const char *inflate(struct bits *in, u8 *output, size_t room, size_t *length)
{
	struct huffman literal, distance;
	const char *problem;
	bool last;

	*length = 0;
	do {
		last = take(in, 1);
		switch (take(in, 2)) {
		case 0:
			problem = inflate_stored(in, output, room, length);
			break;
		case 1:
			fixed_codes(&literal, &distance);
			problem = inflate_codes(in, &literal, &distance, output, room, length);
			break;
		case 2:
			problem = read_codes(in, &literal, &distance);
			if (!problem)
				problem = inflate_codes(in, &literal, &distance, output, room, length);
			break;
		default:
			problem = "invalid compressed format: block type";
		}
	} while (!problem && !last);
	return problem;
}
