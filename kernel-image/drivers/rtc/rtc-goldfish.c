/* The goldfish real-time clock, as far as the system's own clock is set by it when it is found. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/timekeeping.h>
#include <asm/io.h>

#define TIMER_TIME_LOW	0x00	/* read first: it latches the high half */
#define TIMER_TIME_HIGH	0x04

static int goldfish_rtc_probe(struct platform_device *pdev)
{
	void *base = of_iomap(pdev->of_node, 0);
	struct timespec64 now;
	u64 ns;

	if (!base)
		return -ENOMEM;
	ns = readl(base + TIMER_TIME_LOW);
	ns |= (u64)readl(base + TIMER_TIME_HIGH) << 32;
	now = ns_to_timespec64(ns);
	pr_debug("goldfish_rtc: setting system clock to %ld seconds since 1970\n", now.tv_sec);
	return do_settimeofday64(&now);
}

static const struct of_device_id goldfish_rtc_of_match[] = {
	{ .compatible = "google,goldfish-rtc" },
	{ },
};

static struct platform_driver goldfish_rtc = {
	.name = "goldfish_rtc",
	.of_match_table = goldfish_rtc_of_match,
	.probe = goldfish_rtc_probe,
};

static int __init goldfish_rtc_init(void)
{
	return platform_driver_register(&goldfish_rtc);
}
device_initcall(goldfish_rtc_init);
