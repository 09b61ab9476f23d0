/* malloc(): a first-fit list of free blocks in address order, neighbours merged on free(). */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct block {
	size_t size;		/* of the whole block, header included */
	struct block *next;	/* only while free */
};

#define ALIGN		16
#define CHUNK		8192	/* the least that is asked of the kernel at once */

static struct block *free_list;

void free(void *memory)
{
	struct block *block, *prev = NULL, *next = free_list;

	if (!memory)
		return;
	block = (struct block *)((char *)memory - ALIGN);
	while (next && next < block) {
		prev = next;
		next = next->next;
	}
	block->next = next;
	if (next && (char *)block + block->size == (char *)next) {
		block->size += next->size;
		block->next = next->next;
	}
	if (!prev) {
		free_list = block;
	} else if ((char *)prev + prev->size == (char *)block) {
		prev->size += block->size;
		prev->next = block->next;
	} else {
		prev->next = block;
	}
}

static int grow(size_t size)
{
	size_t want = (size + CHUNK - 1) & ~(size_t)(CHUNK - 1);
	struct block *block = sbrk(want);

	if (block == (void *)-1)
		return -1;
	block->size = want;
	free((char *)block + ALIGN);
	return 0;
}

void *malloc(size_t size)
{
	if (size > SIZE_MAX / 2) {
		errno = ENOMEM;
		return NULL;
	}
	size = (size + 2 * ALIGN - 1) & ~(size_t)(ALIGN - 1);
	do {
		for (struct block **link = &free_list, *block; (block = *link); link = &block->next) {
			if (block->size < size)
				continue;
			if (block->size - size >= 2 * ALIGN) {
				struct block *rest = (struct block *)((char *)block + size);

				rest->size = block->size - size;
				rest->next = block->next;
				block->size = size;
				*link = rest;
			} else {
				*link = block->next;
			}
			return (char *)block + ALIGN;
		}
	} while (grow(size) == 0);
	return NULL;
}

void *calloc(size_t count, size_t size)
{
	void *memory;

	if (size && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	memory = malloc(count * size);
	return memory ? memset(memory, 0, count * size) : NULL;
}

void *realloc(void *old, size_t size)
{
	size_t had = old ? ((struct block *)((char *)old - ALIGN))->size - ALIGN : 0;
	void *memory;

	if (old && size <= had)
		return old;
	memory = malloc(size);
	if (!memory)
		return NULL;
	if (old) {
		memcpy(memory, old, had);
		free(old);
	}
	return memory;
}
