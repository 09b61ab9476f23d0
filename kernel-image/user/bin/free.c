/* free: used and free memory, from /proc/meminfo. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tool.h>

static char *meminfo;

static unsigned long field(const char *name)
{
	char *at = strstr(meminfo, name);

	return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

int main(int argc, char **argv)
{
	unsigned long total, free_kb, cache, available, swap, swap_free, unit = 1;
	int c;

	while ((c = getopt(argc, argv, "kmb", "free [-bkm]")) != -1)
		unit = c == 'm' ? 1024 : c == 'b' ? 0 : 1;
	if (optind < argc)
		usage("free [-bkm]");
	meminfo = slurp("/proc/meminfo", NULL);
	if (!meminfo)
		die("/proc/meminfo");
	total = field("MemTotal:");
	free_kb = field("MemFree:");
	cache = field("\nBuffers:") + field("\nCached:") + field("SReclaimable:");
	available = strstr(meminfo, "MemAvailable:") ? field("MemAvailable:") : free_kb + cache;
	swap = field("SwapTotal:");
	swap_free = field("SwapFree:");
#define SCALE(kb) (unit ? (kb) / unit : (kb) * 1024)
	printf("%20s%12s%12s%12s%12s%12s\n", "total", "used", "free", "shared", "buff/cache", "available");
	printf("Mem: %15lu%12lu%12lu%12lu%12lu%12lu\n", SCALE(total), SCALE(total - available), SCALE(free_kb),
	       SCALE(field("Shmem:")), SCALE(cache), SCALE(available));
	printf("Swap:%15lu%12lu%12lu\n", SCALE(swap), SCALE(swap - swap_free), SCALE(swap_free));
	return 0;
}
