/*
 * Random numbers: a ChaCha20 stream whose key is made of the boot loader's seed and of measured times.
 *
 * After each request part of the stream becomes the next key, so that what was
 * handed out cannot be computed from a later state.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/random.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/timex.h>

static u32 crng_key[8];
static DEFINE_SPINLOCK(crng_lock);

static u32 rotl(u32 x, int n)
{
	return x << n | x >> (32 - n);
}

#define QUARTER_ROUND(a, b, c, d) do {		\
	a += b; d = rotl(d ^ a, 16);		\
	c += d; b = rotl(b ^ c, 12);		\
	a += b; d = rotl(d ^ a, 8);		\
	c += d; b = rotl(b ^ c, 7);		\
} while (0)

/* RFC 8439, section 2.3, with a zero nonce. */
static void chacha20_block(const u32 key[8], u32 counter, u32 out[16])
{
	u32 x[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

	memcpy(x + 4, key, 32);
	x[12] = counter;
	memcpy(out, x, 64);
	for (int i = 0; i < 10; i++) {
		QUARTER_ROUND(x[0], x[4], x[8], x[12]);
		QUARTER_ROUND(x[1], x[5], x[9], x[13]);
		QUARTER_ROUND(x[2], x[6], x[10], x[14]);
		QUARTER_ROUND(x[3], x[7], x[11], x[15]);
		QUARTER_ROUND(x[0], x[5], x[10], x[15]);
		QUARTER_ROUND(x[1], x[6], x[11], x[12]);
		QUARTER_ROUND(x[2], x[7], x[8], x[13]);
		QUARTER_ROUND(x[3], x[4], x[9], x[14]);
	}
	for (int i = 0; i < 16; i++)
		out[i] += x[i];
}

/* Each 32 bytes are added to the key, which is then stirred. */
void add_device_randomness(const void *buf, size_t len)
{
	u32 words[8], block[16];
	unsigned long flags;

	spin_lock_irqsave(&crng_lock, flags);
	for (size_t done = 0; done < len; done += sizeof(words)) {
		memset(words, 0, sizeof(words));
		memcpy(words, (const char *)buf + done, min_t(size_t, len - done, sizeof(words)));
		for (int i = 0; i < 8; i++)
			crng_key[i] ^= words[i];
		chacha20_block(crng_key, len - done, block);
		memcpy(crng_key, block, sizeof(crng_key));
	}
	spin_unlock_irqrestore(&crng_lock, flags);
}

void get_random_bytes(void *buf, size_t len)
{
	u32 key[8], block[16];
	unsigned long flags;
	u32 counter = 1;

	/* Block 0: half of it is the next key, half this request's. */
	spin_lock_irqsave(&crng_lock, flags);
	crng_key[0] ^= (u32)get_cycles();
	chacha20_block(crng_key, 0, block);
	memcpy(crng_key, block, sizeof(crng_key));
	memcpy(key, block + 8, sizeof(key));
	spin_unlock_irqrestore(&crng_lock, flags);
	for (size_t done = 0; done < len; done += sizeof(block)) {
		chacha20_block(key, counter++, block);
		memcpy((char *)buf + done, block, min_t(size_t, len - done, sizeof(block)));
	}
	memset(block, 0, sizeof(block));
}

u32 get_random_u32(void)
{
	u32 value;

	get_random_bytes(&value, sizeof(value));
	return value;
}

static int __init random_seed_init(void)
{
	u64 now = get_cycles();
	const void *seed;
	int len;

	seed = of_chosen ? of_get_property(of_chosen, "rng-seed", &len) : NULL;
	if (seed)
		add_device_randomness(seed, len);
	add_device_randomness(&now, sizeof(now));
	return 0;
}
early_initcall(random_seed_init);
