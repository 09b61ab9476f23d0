/*
 * The virtio block device (section 5.2): /dev/vda and further.
 *
 * A request is three descriptors: the header, the data, the status byte. Its
 * sender sleeps until the interrupt has found it in the used ring. vblk->lock
 * (interrupts off) covers the ring.
 */
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/virtio.h>
#include <linux/wait.h>

#define VIRTIO_BLK_F_RO		5
#define VIRTIO_BLK_F_FLUSH	9
#define VIRTIO_BLK_T_IN		0
#define VIRTIO_BLK_T_OUT	1
#define VIRTIO_BLK_T_FLUSH	4
#define VIRTIO_BLK_S_OK		0
#define VIRTIO_BLK_S_UNSUPP	2

#define VIRTBLK_MAJOR		254
#define PART_BITS		4
#define MAX_DISKS		26

struct virtio_blk {
	struct virtio_device *vdev;
	struct virtqueue *vq;
	spinlock_t lock;
	wait_queue_head_t room;
	struct block_device bdev;
	char name[8];
};

struct virtblk_req {
	struct {
		u32 type;
		u32 ioprio;
		u64 sector;
	} out_hdr;
	u8 status;
	struct completion done;
};

static unsigned int nr_disks;

static void virtblk_done(struct virtqueue *vq)
{
	struct virtio_blk *vblk = virtqueue_device(vq)->priv;
	struct virtblk_req *req;
	unsigned long flags;

	spin_lock_irqsave(&vblk->lock, flags);
	while ((req = virtqueue_get_buf(vq)))
		complete(&req->done);
	spin_unlock_irqrestore(&vblk->lock, flags);
	wake_up(&vblk->room);
}

static int try_add(struct virtio_blk *vblk, const struct virtio_buf *bufs, unsigned int count, struct virtblk_req *req)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&vblk->lock, flags);
	ret = virtqueue_add(vblk->vq, bufs, count, req);
	if (!ret)
		virtqueue_kick(vblk->vq);
	spin_unlock_irqrestore(&vblk->lock, flags);
	return ret;
}

static int virtblk_request(struct virtio_blk *vblk, u32 type, u64 sector, void *buf, size_t len)
{
	struct virtblk_req *req = kzalloc(sizeof(*req), GFP_KERNEL);
	struct virtio_buf bufs[3];
	unsigned int count = 0;
	u8 status;

	if (!req)
		return -ENOMEM;
	req->out_hdr.type = type;
	req->out_hdr.sector = sector;
	req->status = 0xff;
	init_completion(&req->done);
	bufs[count++] = (struct virtio_buf){ &req->out_hdr, sizeof(req->out_hdr), false };
	if (len)
		bufs[count++] = (struct virtio_buf){ buf, len, type == VIRTIO_BLK_T_IN };
	bufs[count++] = (struct virtio_buf){ &req->status, sizeof(req->status), true };
	wait_event(vblk->room, !try_add(vblk, bufs, count, req));
	wait_for_completion(&req->done);
	status = req->status;
	kfree(req);
	return status == VIRTIO_BLK_S_OK ? 0 : status == VIRTIO_BLK_S_UNSUPP ? -EOPNOTSUPP : -EIO;
}

static int virtblk_rw(struct block_device *bdev, u64 sector, void *buf, size_t len, bool write)
{
	return virtblk_request(bdev->bd_private, write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN, sector, buf, len);
}

static int virtblk_flush(struct block_device *bdev)
{
	struct virtio_blk *vblk = bdev->bd_private;

	if (!virtio_has_feature(vblk->vdev, VIRTIO_BLK_F_FLUSH))
		return 0;
	return virtblk_request(vblk, VIRTIO_BLK_T_FLUSH, 0, NULL, 0);
}

static const struct block_device_operations virtblk_fops = {
	.rw = virtblk_rw,
	.flush = virtblk_flush,
};

static int virtblk_probe(struct virtio_device *vdev)
{
	struct virtio_blk *vblk;
	u64 capacity;
	int ret;

	if (nr_disks == MAX_DISKS)
		return -ENOSPC;
	vblk = kzalloc(sizeof(*vblk), GFP_KERNEL);
	if (!vblk)
		return -ENOMEM;
	vblk->vdev = vdev;
	vdev->priv = vblk;
	spin_lock_init(&vblk->lock);
	init_waitqueue_head(&vblk->room);
	vblk->vq = virtio_find_vq(vdev, 0, virtblk_done);
	if (IS_ERR(vblk->vq)) {
		ret = PTR_ERR(vblk->vq);
		kfree(vblk);
		return ret;
	}
	vdev->config->get(vdev, 0, &capacity, sizeof(capacity));
	vblk->bdev.bd_dev = MKDEV(VIRTBLK_MAJOR, nr_disks << PART_BITS);
	vblk->bdev.bd_nr_sectors = capacity;
	vblk->bdev.bd_read_only = virtio_has_feature(vdev, VIRTIO_BLK_F_RO);
	vblk->bdev.bd_ops = &virtblk_fops;
	vblk->bdev.bd_private = vblk;
	snprintf(vblk->name, sizeof(vblk->name), "vd%c", 'a' + nr_disks);
	/* From here on the device works. */
	vdev->config->set_status(vdev, vdev->config->get_status(vdev) | VIRTIO_CONFIG_S_DRIVER_OK);
	vblk->bdev.bd_name = vblk->name;
	ret = add_disk(&vblk->bdev);
	if (ret)
		return ret;
	pr_info("virtio_blk: [%s] %lu 512-byte logical blocks\n", vblk->name, vblk->bdev.bd_nr_sectors);
	nr_disks++;
	return 0;
}

static struct virtio_driver virtio_blk = {
	.name = "virtio_blk",
	.id = VIRTIO_ID_BLOCK,
	.features = 1UL << VIRTIO_BLK_F_RO | 1UL << VIRTIO_BLK_F_FLUSH,
	.probe = virtblk_probe,
};

static int __init virtio_blk_init(void)
{
	return register_virtio_driver(&virtio_blk);
}
device_initcall(virtio_blk_init);
