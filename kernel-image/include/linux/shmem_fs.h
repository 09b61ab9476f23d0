/* Memory that several processes share: nameless files on an internal tmpfs. */
#ifndef _LINUX_SHMEM_FS_H
#define _LINUX_SHMEM_FS_H

#include <linux/fs.h>

void shmem_init(void);
struct file *shmem_file_setup(const char *name, loff_t size);

#endif
