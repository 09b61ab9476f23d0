/* Shared by the files of the driver core. */
#ifndef _BASE_H
#define _BASE_H

struct device;

void bus_add_device(struct device *dev);
void bus_remove_device(struct device *dev);

int device_modalias(struct device *dev, char *buf, size_t size);

#endif
