/* Password hashes: "$5$[rounds=N$]SALT$HASH", the SHA-256-crypt scheme that glibc also reads. */
#include "sha256.h"
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST		32
#define SALT_MAX	16
#define KEY_MAX		128
#define ROUNDS_DEFAULT	5000
#define ROUNDS_MIN	1000
#define ROUNDS_MAX	999999999

/* Adds the first len bytes of the digest repeated without end. */
static void add_repeated(struct sha256 *s, const uint8_t *digest, size_t len)
{
	for (; len > DIGEST; len -= DIGEST)
		sha256_add(s, digest, DIGEST);
	sha256_add(s, digest, len);
}

static void digest_key(const char *key, size_t key_len, const char *salt, size_t salt_len, uint8_t out[DIGEST])
{
	uint8_t alternate[DIGEST];
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, key, key_len);
	sha256_add(&s, salt, salt_len);
	sha256_add(&s, key, key_len);
	sha256_end(&s, alternate);

	sha256_init(&s);
	sha256_add(&s, key, key_len);
	sha256_add(&s, salt, salt_len);
	add_repeated(&s, alternate, key_len);
	for (size_t bits = key_len; bits; bits >>= 1) {
		if (bits & 1)
			sha256_add(&s, alternate, DIGEST);
		else
			sha256_add(&s, key, key_len);
	}
	sha256_end(&s, out);
}

/* The byte sequences P and S of the scheme: a text hashed `times` times, stretched to its length. */
static void stretch(const char *text, size_t len, size_t times, char *out)
{
	uint8_t digest[DIGEST];
	struct sha256 s;

	sha256_init(&s);
	while (times--)
		sha256_add(&s, text, len);
	sha256_end(&s, digest);
	for (size_t i = 0; i < len; i++)
		out[i] = digest[i % DIGEST];
}

/* Three bytes become four characters, least significant six bits first. */
static char *encode(char *out, unsigned int bits, int chars)
{
	while (chars--) {
		*out++ = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[bits & 63];
		bits >>= 6;
	}
	return out;
}

static void encode_digest(char *out, const uint8_t d[DIGEST])
{
	for (int i = 0; i < 10; i++) {
		int a = i * 21 % 30, b = (a + 10) % 30, c = (a + 20) % 30;

		out = encode(out, d[a] << 16 | d[b] << 8 | d[c], 4);
	}
	out = encode(out, d[31] << 8 | d[30], 3);
	*out = '\0';
}

char *crypt(const char *key, const char *setting)
{
	static char result[128];
	char p[KEY_MAX], salt_bytes[SALT_MAX], rounds_text[32] = "";
	size_t key_len = strlen(key), salt_len;
	unsigned long rounds = ROUNDS_DEFAULT;
	uint8_t digest[DIGEST];
	struct sha256 s;
	const char *salt;

	if (strncmp(setting, "$5$", 3) || key_len > KEY_MAX)
		return NULL;
	salt = setting + 3;
	if (!strncmp(salt, "rounds=", 7)) {
		char *end;

		rounds = strtoul(salt + 7, &end, 10);
		rounds = rounds < ROUNDS_MIN ? ROUNDS_MIN : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
		if (*end != '$')
			return NULL;
		snprintf(rounds_text, sizeof(rounds_text), "rounds=%lu$", rounds);
		salt = end + 1;
	}
	salt_len = strcspn(salt, "$");
	if (salt_len > SALT_MAX)
		salt_len = SALT_MAX;

	digest_key(key, key_len, salt, salt_len, digest);
	stretch(key, key_len, key_len, p);
	stretch(salt, salt_len, 16 + digest[0], salt_bytes);
	for (unsigned long round = 0; round < rounds; round++) {
		sha256_init(&s);
		sha256_add(&s, round & 1 ? p : (char *)digest, round & 1 ? key_len : DIGEST);
		if (round % 3)
			sha256_add(&s, salt_bytes, salt_len);
		if (round % 7)
			sha256_add(&s, p, key_len);
		sha256_add(&s, round & 1 ? (char *)digest : p, round & 1 ? DIGEST : key_len);
		sha256_end(&s, digest);
	}
	encode_digest(result + snprintf(result, sizeof(result), "$5$%s%.*s$", rounds_text, (int)salt_len, salt),
		      digest);
	return result;
}
