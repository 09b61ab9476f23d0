/* The virtio bus: brings devices and drivers of one id together, and does the start-up of section 3.1.1. */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/virtio.h>

static LIST_HEAD(devices);
static LIST_HEAD(drivers);
static DEFINE_MUTEX(bus_lock);

static void add_status(struct virtio_device *vdev, u8 status)
{
	vdev->config->set_status(vdev, vdev->config->get_status(vdev) | status);
}

static int start_device(struct virtio_device *vdev, const struct virtio_driver *driver)
{
	u64 offered;
	int ret;

	add_status(vdev, VIRTIO_CONFIG_S_DRIVER);
	offered = vdev->config->get_features(vdev);
	if (!(offered >> VIRTIO_F_VERSION_1 & 1)) {
		add_status(vdev, VIRTIO_CONFIG_S_FAILED);
		return -ENODEV;
	}
	vdev->features = offered & (driver->features | 1UL << VIRTIO_F_VERSION_1);
	vdev->config->set_features(vdev, vdev->features);
	add_status(vdev, VIRTIO_CONFIG_S_FEATURES_OK);
	if (!(vdev->config->get_status(vdev) & VIRTIO_CONFIG_S_FEATURES_OK)) {
		add_status(vdev, VIRTIO_CONFIG_S_FAILED);
		return -ENODEV;
	}
	vdev->driver = driver;
	ret = driver->probe(vdev);
	if (ret) {
		vdev->driver = NULL;
		add_status(vdev, VIRTIO_CONFIG_S_FAILED);
		pr_err("%s: probe failed with error %d\n", driver->name, ret);
	}
	return ret;
}

int register_virtio_device(struct virtio_device *vdev)
{
	struct virtio_driver *driver;

	INIT_LIST_HEAD(&vdev->vqs);
	vdev->config->set_status(vdev, 0);
	add_status(vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	mutex_lock(&bus_lock);
	list_add_tail(&vdev->list, &devices);
	list_for_each_entry(driver, &drivers, list)
		if (driver->id == vdev->id && !vdev->driver)
			start_device(vdev, driver);
	mutex_unlock(&bus_lock);
	return 0;
}

int register_virtio_driver(struct virtio_driver *driver)
{
	struct virtio_device *vdev;

	mutex_lock(&bus_lock);
	list_add_tail(&driver->list, &drivers);
	list_for_each_entry(vdev, &devices, list)
		if (vdev->id == driver->id && !vdev->driver)
			start_device(vdev, driver);
	mutex_unlock(&bus_lock);
	return 0;
}
