/* What the system calls on sockets share. */
#ifndef _NET_INTERNAL_H
#define _NET_INTERNAL_H

#include <linux/net.h>

struct unix_sock *sockfd_lookup(int fd, struct file **file);
int read_address(const void *user, int len, struct unix_address *addr);
int write_address(const struct unix_address *addr, void *user, int *user_len);

#endif
