/* Virtio over memory-mapped registers (section 4.2), version 2. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <asm/io.h>
#include "virtio_ring.h"

#define VIRTIO_MMIO_MAGIC_VALUE		0x000
#define VIRTIO_MMIO_VERSION		0x004
#define VIRTIO_MMIO_DEVICE_ID		0x008
#define VIRTIO_MMIO_DEVICE_FEATURES	0x010
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL	0x014
#define VIRTIO_MMIO_DRIVER_FEATURES	0x020
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL	0x024
#define VIRTIO_MMIO_QUEUE_SEL		0x030
#define VIRTIO_MMIO_QUEUE_NUM_MAX	0x034
#define VIRTIO_MMIO_QUEUE_NUM		0x038
#define VIRTIO_MMIO_QUEUE_READY		0x044
#define VIRTIO_MMIO_QUEUE_NOTIFY	0x050
#define VIRTIO_MMIO_INTERRUPT_STATUS	0x060
#define VIRTIO_MMIO_INTERRUPT_ACK	0x064
#define VIRTIO_MMIO_STATUS		0x070
#define VIRTIO_MMIO_QUEUE_DESC		0x080
#define VIRTIO_MMIO_QUEUE_DRIVER	0x090
#define VIRTIO_MMIO_QUEUE_DEVICE	0x0a0
#define VIRTIO_MMIO_CONFIG		0x100

#define MAGIC 0x74726976		/* "virt" */
#define INT_VRING 1

struct virtio_mmio_device {
	struct virtio_device vdev;
	void __iomem *base;
	int irq;
};

static u32 vm_read(struct virtio_device *vdev, unsigned int reg)
{
	return readl(container_of(vdev, struct virtio_mmio_device, vdev)->base + reg);
}

static void vm_write(struct virtio_device *vdev, unsigned int reg, u32 value)
{
	writel(value, container_of(vdev, struct virtio_mmio_device, vdev)->base + reg);
}

static void vm_write64(struct virtio_device *vdev, unsigned int reg, u64 value)
{
	vm_write(vdev, reg, value);
	vm_write(vdev, reg + 4, value >> 32);
}

/* In 32-bit words, as all drivers here read whole fields. */
static void vm_get(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len)
{
	for (unsigned int i = 0; i < len; i += 4)
		*(u32 *)((char *)buf + i) = vm_read(vdev, VIRTIO_MMIO_CONFIG + offset + i);
}

static u8 vm_get_status(struct virtio_device *vdev)
{
	return vm_read(vdev, VIRTIO_MMIO_STATUS);
}

static void vm_set_status(struct virtio_device *vdev, u8 status)
{
	vm_write(vdev, VIRTIO_MMIO_STATUS, status);
}

static u64 vm_get_features(struct virtio_device *vdev)
{
	u64 features;

	vm_write(vdev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	features = (u64)vm_read(vdev, VIRTIO_MMIO_DEVICE_FEATURES) << 32;
	vm_write(vdev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	return features | vm_read(vdev, VIRTIO_MMIO_DEVICE_FEATURES);
}

static void vm_set_features(struct virtio_device *vdev, u64 features)
{
	vm_write(vdev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	vm_write(vdev, VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
	vm_write(vdev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	vm_write(vdev, VIRTIO_MMIO_DRIVER_FEATURES, features);
}

static int vm_setup_vq(struct virtio_device *vdev, struct virtqueue *vq)
{
	u32 max;

	vm_write(vdev, VIRTIO_MMIO_QUEUE_SEL, vq->index);
	if (vm_read(vdev, VIRTIO_MMIO_QUEUE_READY))
		return -ENOENT;
	max = vm_read(vdev, VIRTIO_MMIO_QUEUE_NUM_MAX);
	if (!max)
		return -ENOENT;
	vq->num = min_t(u32, vq->num, max);
	vm_write(vdev, VIRTIO_MMIO_QUEUE_NUM, vq->num);
	vm_write64(vdev, VIRTIO_MMIO_QUEUE_DESC, __pa(vq->desc));
	vm_write64(vdev, VIRTIO_MMIO_QUEUE_DRIVER, __pa(vq->avail));
	vm_write64(vdev, VIRTIO_MMIO_QUEUE_DEVICE, __pa(vq->used));
	vm_write(vdev, VIRTIO_MMIO_QUEUE_READY, 1);
	return 0;
}

static void vm_notify(struct virtqueue *vq)
{
	vm_write(vq->vdev, VIRTIO_MMIO_QUEUE_NOTIFY, vq->index);
}

static const struct virtio_config_ops virtio_mmio_config_ops = {
	.get = vm_get,
	.get_status = vm_get_status,
	.set_status = vm_set_status,
	.get_features = vm_get_features,
	.set_features = vm_set_features,
	.setup_vq = vm_setup_vq,
	.notify = vm_notify,
};

static irqreturn_t vm_interrupt(int irq, void *opaque)
{
	struct virtio_mmio_device *vm_dev = opaque;
	struct virtqueue *vq;
	u32 status = readl(vm_dev->base + VIRTIO_MMIO_INTERRUPT_STATUS);

	if (!status)
		return IRQ_NONE;
	writel(status, vm_dev->base + VIRTIO_MMIO_INTERRUPT_ACK);
	if (status & INT_VRING)
		list_for_each_entry(vq, &vm_dev->vdev.vqs, list)
			vring_interrupt(vq);
	return IRQ_HANDLED;
}

/* A slot without a device has id 0. */
static int virtio_mmio_probe(struct platform_device *pdev)
{
	struct virtio_mmio_device *vm_dev = kzalloc(sizeof(*vm_dev), GFP_KERNEL);
	int ret = -ENODEV;
	u32 version;

	if (!vm_dev)
		return -ENOMEM;
	vm_dev->base = of_iomap(pdev->of_node, 0);
	if (!vm_dev->base || readl(vm_dev->base + VIRTIO_MMIO_MAGIC_VALUE) != MAGIC)
		goto fail;
	vm_dev->vdev.id = readl(vm_dev->base + VIRTIO_MMIO_DEVICE_ID);
	if (!vm_dev->vdev.id)
		goto fail;
	version = readl(vm_dev->base + VIRTIO_MMIO_VERSION);
	if (version != 2) {
		pr_err("virtio-mmio: %s has version %u, only 2 is supported\n", pdev->of_node->full_name, version);
		goto fail;
	}
	vm_dev->vdev.config = &virtio_mmio_config_ops;
	INIT_LIST_HEAD(&vm_dev->vdev.vqs);
	ret = vm_dev->irq = of_irq_get(pdev->of_node, 0);
	if (ret < 0)
		goto fail;
	ret = request_irq(vm_dev->irq, vm_interrupt, IRQF_SHARED, pdev->of_node->full_name, vm_dev);
	if (ret)
		goto fail;
	return register_virtio_device(&vm_dev->vdev);
fail:
	if (vm_dev->base)
		iounmap(vm_dev->base);
	kfree(vm_dev);
	return ret;
}

static const struct of_device_id virtio_mmio_match[] = {
	{ .compatible = "virtio,mmio" },
	{ },
};

static struct platform_driver virtio_mmio_driver = {
	.name = "virtio-mmio",
	.of_match_table = virtio_mmio_match,
	.probe = virtio_mmio_probe,
};

static int __init virtio_mmio_init(void)
{
	return platform_driver_register(&virtio_mmio_driver);
}
device_initcall(virtio_mmio_init);
