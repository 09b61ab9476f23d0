/* Virtio devices, their queues and their drivers (Virtual I/O Device specification, version 1.1). */
#ifndef _LINUX_VIRTIO_H
#define _LINUX_VIRTIO_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define VIRTIO_ID_BLOCK 2

#define VIRTIO_CONFIG_S_ACKNOWLEDGE	1
#define VIRTIO_CONFIG_S_DRIVER		2
#define VIRTIO_CONFIG_S_DRIVER_OK	4
#define VIRTIO_CONFIG_S_FEATURES_OK	8
#define VIRTIO_CONFIG_S_FAILED		128

#define VIRTIO_F_VERSION_1		32

struct virtio_device;
struct virtqueue;

typedef void vq_callback_t(struct virtqueue *vq);

/* The transport. */
struct virtio_config_ops {
	void (*get)(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len);
	u8 (*get_status)(struct virtio_device *vdev);
	void (*set_status)(struct virtio_device *vdev, u8 status);
	u64 (*get_features)(struct virtio_device *vdev);
	void (*set_features)(struct virtio_device *vdev, u64 features);
	int (*setup_vq)(struct virtio_device *vdev, struct virtqueue *vq);
	void (*notify)(struct virtqueue *vq);
};

struct virtio_device {
	u32 id;
	u64 features;			/* agreed upon */
	const struct virtio_config_ops *config;
	const struct virtio_driver *driver;
	struct list_head vqs;
	struct list_head list;
	void *priv;
};

struct virtio_driver {
	const char *name;
	u32 id;
	u64 features;			/* that it understands */
	int (*probe)(struct virtio_device *vdev);
	struct list_head list;
};

static inline bool virtio_has_feature(const struct virtio_device *vdev, unsigned int bit)
{
	return vdev->features >> bit & 1;
}

int register_virtio_device(struct virtio_device *vdev);
int register_virtio_driver(struct virtio_driver *driver);

/* A piece of kernel memory that the device reads, or (write) fills. */
struct virtio_buf {
	void *addr;
	u32 len;
	bool write;
};

struct virtio_device *virtqueue_device(const struct virtqueue *vq);
struct virtqueue *virtio_find_vq(struct virtio_device *vdev, unsigned int index, vq_callback_t *callback);
/* Both are called with a lock of the driver's held. add fails with -ENOSPC when the ring is full. */
int virtqueue_add(struct virtqueue *vq, const struct virtio_buf *bufs, unsigned int count, void *data);
void *virtqueue_get_buf(struct virtqueue *vq);
void virtqueue_kick(struct virtqueue *vq);
void vring_interrupt(struct virtqueue *vq);

#endif
