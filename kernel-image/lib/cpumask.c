/* Lists of CPUs as text: single ones and ranges, "1,3-5". */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/string.h>

int cpulist_parse(const char *s, struct cpumask *mask)
{
	char *p = (char *)s;

	cpumask_clear(mask);
	if (!*p)
		return 0;
	for (;; p++) {
		char *start = p;
		unsigned long first = simple_strtoul(p, &p, 10), last = first;

		if (p == start)
			return -EINVAL;
		if (*p == '-') {
			start = ++p;
			last = simple_strtoul(p, &p, 10);
			if (p == start)
				return -EINVAL;
		}
		if (last < first || last >= NR_CPUS)
			return -ERANGE;
		for (unsigned long cpu = first; cpu <= last; cpu++)
			cpumask_set_cpu(cpu, mask);
		if (*p != ',')
			return *p ? -EINVAL : 0;
	}
}

int cpumask_print_list(char *buf, size_t size, const struct cpumask *mask)
{
	unsigned int first = cpumask_first(mask);
	int len = scnprintf(buf, size, "%s", "");

	while (first < NR_CPUS) {
		unsigned int last = first;

		while (last + 1 < NR_CPUS && cpumask_test_cpu(last + 1, mask))
			last++;
		len += scnprintf(buf + len, size - len, "%s%u", len ? "," : "", first);
		if (last > first)
			len += scnprintf(buf + len, size - len, "-%u", last);
		first = cpumask_next(last, mask);
	}
	return len;
}
