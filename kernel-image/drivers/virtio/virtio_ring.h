/* The split virtqueue in memory (section 2.6). */
#ifndef _DRIVERS_VIRTIO_VIRTIO_RING_H
#define _DRIVERS_VIRTIO_VIRTIO_RING_H

#include <linux/virtio.h>

#define VRING_SIZE		64
#define VRING_DESC_F_NEXT	1
#define VRING_DESC_F_WRITE	2

struct vring_desc {
	u64 addr;
	u32 len;
	u16 flags;
	u16 next;
};

struct vring_avail {
	u16 flags;
	u16 idx;
	u16 ring[VRING_SIZE];
	u16 used_event;
};

struct vring_used_elem {
	u32 id;
	u32 len;
};

struct vring_used {
	u16 flags;
	u16 idx;
	struct vring_used_elem ring[VRING_SIZE];
	u16 avail_event;
};

struct virtqueue {
	struct virtio_device *vdev;
	unsigned int index;
	unsigned int num;		/* descriptors: at most VRING_SIZE, and what the device allows */
	vq_callback_t *callback;
	struct list_head list;
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	u16 free_head;
	unsigned int num_free;
	u16 last_used_idx;
	void *data[VRING_SIZE];		/* by the head of the chain */
};

#endif
