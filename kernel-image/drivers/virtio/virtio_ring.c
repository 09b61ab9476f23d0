/* Split virtqueues: descriptors out to the device, and back when it has used them. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "virtio_ring.h"

static void free_ring(struct virtqueue *vq)
{
	kfree(vq->desc);
	kfree(vq->avail);
	kfree(vq->used);
	kfree(vq);
}

struct virtqueue *virtio_find_vq(struct virtio_device *vdev, unsigned int index, vq_callback_t *callback)
{
	struct virtqueue *vq = kzalloc(sizeof(*vq), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!vq)
		return ERR_PTR(-ENOMEM);
	vq->vdev = vdev;
	vq->index = index;
	vq->num = VRING_SIZE;
	vq->callback = callback;
	vq->desc = kcalloc(VRING_SIZE, sizeof(*vq->desc), GFP_KERNEL);
	vq->avail = kzalloc(sizeof(*vq->avail), GFP_KERNEL);
	vq->used = kzalloc(sizeof(*vq->used), GFP_KERNEL);
	if (vq->desc && vq->avail && vq->used)
		ret = vdev->config->setup_vq(vdev, vq);
	if (ret) {
		free_ring(vq);
		return ERR_PTR(ret);
	}
	vq->num_free = vq->num;
	for (unsigned int i = 0; i < vq->num; i++)
		vq->desc[i].next = i + 1;
	list_add_tail(&vq->list, &vdev->vqs);
	return vq;
}

struct virtio_device *virtqueue_device(const struct virtqueue *vq)
{
	return vq->vdev;
}

int virtqueue_add(struct virtqueue *vq, const struct virtio_buf *bufs, unsigned int count, void *data)
{
	u16 head = vq->free_head, i = head;

	if (vq->num_free < count)
		return -ENOSPC;
	for (unsigned int n = 0; n < count; n++) {
		struct vring_desc *desc = &vq->desc[i];

		desc->addr = __pa(bufs[n].addr);
		desc->len = bufs[n].len;
		desc->flags = (bufs[n].write ? VRING_DESC_F_WRITE : 0) | (n + 1 < count ? VRING_DESC_F_NEXT : 0);
		i = desc->next;
	}
	vq->free_head = i;
	vq->num_free -= count;
	vq->data[head] = data;
	vq->avail->ring[vq->avail->idx % vq->num] = head;
	/* The entry is there before the index tells of it. */
	smp_wmb();
	WRITE_ONCE(vq->avail->idx, vq->avail->idx + 1);
	return 0;
}

/* writel orders the index before the notification. */
void virtqueue_kick(struct virtqueue *vq)
{
	smp_mb();
	vq->vdev->config->notify(vq);
}

static void free_chain(struct virtqueue *vq, u16 head)
{
	u16 i = head;
	unsigned int count = 1;

	while (vq->desc[i].flags & VRING_DESC_F_NEXT) {
		i = vq->desc[i].next;
		count++;
	}
	vq->desc[i].next = vq->free_head;
	vq->free_head = head;
	vq->num_free += count;
}

/* The data of a chain that the device is done with, or NULL. */
void *virtqueue_get_buf(struct virtqueue *vq)
{
	u16 head;

	if (vq->last_used_idx == READ_ONCE(vq->used->idx))
		return NULL;
	smp_rmb();
	head = vq->used->ring[vq->last_used_idx % vq->num].id;
	vq->last_used_idx++;
	if (head >= vq->num || !vq->data[head])
		panic("virtio: the device returned descriptor %u, which it did not have", head);
	free_chain(vq, head);
	return xchg(&vq->data[head], NULL);
}

void vring_interrupt(struct virtqueue *vq)
{
	if (vq->callback)
		vq->callback(vq);
}
