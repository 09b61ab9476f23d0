/*
 * The test finisher of the virt board (sifive,test1): /dev/sifive_test ends the machine with an exit status.
 *
 *   echo pass > /dev/sifive_test      status 0
 *   echo fail 3 > /dev/sifive_test    status 3
 *   echo reset > /dev/sifive_test     starts it again
 */
#include <linux/err.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <asm/io.h>

#define FINISHER_FAIL 0x3333
#define FINISHER_PASS 0x5555
#define FINISHER_RESET 0x7777
#define MAX_STATUS 0xffff

static void __iomem *finisher;

static int finish(const char *text)
{
	unsigned int status;

	if (!strcmp(text, "pass")) {
		writel(FINISHER_PASS, finisher);
	} else if (!strcmp(text, "reset")) {
		writel(FINISHER_RESET, finisher);
	} else if (!strncmp(text, "fail ", 5)) {
		int err = kstrtouint(text + 5, 10, &status);

		if (err || status > MAX_STATUS)
			return err ? err : -ERANGE;
		writel(FINISHER_FAIL | status << 16, finisher);
	} else {
		return -EINVAL;
	}
	return 0;
}

static ssize_t sifive_test_write(struct kiocb *iocb, struct iov_iter *from)
{
	char text[32];
	size_t len = iov_iter_count(from);
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_iter(text, len, from) != len)
		return -EFAULT;
	text[len] = '\0';
	err = finish(strim(text));
	return err ? err : (ssize_t)len;
}

static const struct file_operations sifive_test_fops = {
	.owner = THIS_MODULE,
	.llseek = noop_llseek,
	.write_iter = sifive_test_write,
};

static struct miscdevice sifive_test_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sifive_test",
	.fops = &sifive_test_fops,
};

static int sifive_test_probe(struct platform_device *pdev)
{
	int err;

	finisher = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(finisher))
		return PTR_ERR(finisher);
	err = misc_register(&sifive_test_misc);
	if (err)
		iounmap(finisher);
	return err;
}

static void sifive_test_remove(struct platform_device *pdev)
{
	misc_deregister(&sifive_test_misc);
	iounmap(finisher);
}

static const struct of_device_id sifive_test_of_match[] = {
	{ .compatible = "sifive,test1" },
	{ },
};

static struct platform_driver sifive_test_driver = {
	.name = "sifive_test",
	.of_match_table = sifive_test_of_match,
	.probe = sifive_test_probe,
	.remove = sifive_test_remove,
};

static int __init sifive_test_init(void)
{
	return platform_driver_register(&sifive_test_driver);
}
module_init(sifive_test_init);

static void __exit sifive_test_exit(void)
{
	platform_driver_unregister(&sifive_test_driver);
}
module_exit(sifive_test_exit);

MODULE_ALIAS("of:N*T*Csifive,test1");
MODULE_DESCRIPTION("Ends the machine with an exit status");
MODULE_LICENSE("MIT");
