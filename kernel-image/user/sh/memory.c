/* Memory that lives as long as one command: a stack of chunks, released down to a mark. */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 4000

struct chunk { struct chunk *below; size_t size; _Alignas(16) char data[]; };

static struct chunk *top;
static size_t used;

void out_of_memory(void)
{
	fprintf(stderr, "sh: out of memory\n");
	exit(2);
}

void *take(size_t size)
{
	char *memory;

	size = (size + 15) & ~(size_t)15;
	if (!top || used + size > top->size) {
		size_t want = size > CHUNK ? size : CHUNK;
		struct chunk *chunk = malloc(sizeof(*chunk) + want);

		if (!chunk)
			out_of_memory();
		chunk->below = top;
		chunk->size = want;
		top = chunk;
		used = 0;
	}
	memory = top->data + used;
	used += size;
	return memset(memory, 0, size);
}

char *take_string(const char *s, size_t len)
{
	char *copy = take(len + 1);

	return memcpy(copy, s, len);
}

struct mark memory_mark(void)
{
	return (struct mark){ top, used };
}

void memory_release(struct mark mark)
{
	while (top != mark.chunk) {
		struct chunk *below = top->below;

		free(top);
		top = below;
	}
	used = mark.used;
}

void append(struct buffer *b, char c)
{
	if (b->len + 2 > b->capacity) {
		b->capacity = b->capacity ? b->capacity * 2 : 64;
		b->data = realloc(b->data, b->capacity);
		if (!b->data)
			out_of_memory();
	}
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void append_string(struct buffer *b, const char *s)
{
	while (*s)
		append(b, *s++);
}
