/* Sockets as files: making them, their names, connections and options. */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "internal.h"

#define SOCK_TYPE_MASK	0xf
#define FIONREAD	0x541b
#define SO_TYPE		3
#define SO_ERROR	4
#define SO_SNDBUF	7
#define SO_RCVBUF	8
#define SO_PASSCRED	16
#define SO_PEERCRED	17
#define SO_ACCEPTCONN	30
#define SO_PROTOCOL	38
#define SO_DOMAIN	39

static struct vfsmount *sock_mnt;

static ssize_t sock_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct msg msg = { .iter = *to, .flags = iocb->ki_filp->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0 };
	ssize_t ret = unix_recvmsg(iocb->ki_filp->private_data, &msg);

	scm_destroy(msg.fp);
	return ret;
}

static ssize_t sock_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct msg msg = { .iter = *from, .flags = iocb->ki_filp->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0 };

	return unix_sendmsg(iocb->ki_filp->private_data, &msg);
}

static __poll_t sock_poll(struct file *file, poll_table *table)
{
	return unix_poll(file->private_data, file, table);
}

static long sock_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct unix_sock *sk = file->private_data;

	return cmd == FIONREAD ? put_user((int)READ_ONCE(sk->queued), (int __user *)arg) : -ENOTTY;
}

static int sock_close(struct inode *inode, struct file *file)
{
	unix_release(file->private_data);
	return 0;
}

static const struct file_operations socket_file_ops = {
	.read_iter = sock_read_iter,
	.write_iter = sock_write_iter,
	.poll = sock_poll,
	.unlocked_ioctl = sock_ioctl,
	.release = sock_close,
};

/* NULL: the file is something else. */
struct unix_sock *unix_sock_of(const struct file *file)
{
	return file->f_op == &socket_file_ops ? file->private_data : NULL;
}

/* Takes the socket over, also when it fails. */
static struct file *sock_alloc_file(struct unix_sock *sk, int flags)
{
	struct inode *inode = new_inode(sock_mnt->mnt_sb);
	struct file *file = ERR_PTR(-ENFILE);
	char name[32];

	if (inode) {
		inode->i_mode = S_IFSOCK | 0777;
		snprintf(name, sizeof(name), "socket:[%lu]", inode->i_ino);
		file = alloc_file_pseudo(inode, sock_mnt, name, O_RDWR | (flags & O_NONBLOCK), &socket_file_ops);
		iput(inode);
	}
	if (IS_ERR(file))
		unix_release(sk);
	else
		file->private_data = sk;
	return file;
}

static int sock_map_fd(struct unix_sock *sk, int flags)
{
	struct file *file = sock_alloc_file(sk, flags);
	int fd;

	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = get_unused_fd_flags(flags);
	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

/* The socket behind a descriptor; *file is to be put back afterwards. */
struct unix_sock *sockfd_lookup(int fd, struct file **file)
{
	*file = fget(fd);
	if (!*file)
		return ERR_PTR(-EBADF);
	if ((*file)->f_op == &socket_file_ops)
		return (*file)->private_data;
	fput(*file);
	return ERR_PTR(-ENOTSOCK);
}

static int check_type(int family, int type, int protocol)
{
	if (type & ~(SOCK_TYPE_MASK | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	if (family != AF_UNIX)
		return -EAFNOSUPPORT;
	if (protocol && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	type &= SOCK_TYPE_MASK;
	return type == SOCK_STREAM || type == SOCK_DGRAM || type == SOCK_SEQPACKET ? 0 : -ESOCKTNOSUPPORT;
}

SYSCALL_DEFINE3(socket, int, family, int, type, int, protocol)
{
	int ret = check_type(family, type, protocol);
	struct unix_sock *sk;

	if (ret)
		return ret;
	sk = unix_create(type & SOCK_TYPE_MASK);
	return sk ? sock_map_fd(sk, type) : -ENOMEM;
}

SYSCALL_DEFINE4(socketpair, int, family, int, type, int, protocol, int __user *, user)
{
	int ret = check_type(family, type, protocol), fd[2];
	struct unix_sock *a, *b;

	if (ret)
		return ret;
	a = unix_create(type & SOCK_TYPE_MASK);
	b = unix_create(type & SOCK_TYPE_MASK);
	if (!a || !b) {
		kfree(a);
		kfree(b);
		return -ENOMEM;
	}
	unix_socketpair(a, b);
	fd[0] = sock_map_fd(a, type);
	fd[1] = sock_map_fd(b, type);
	ret = fd[0] < 0 ? fd[0] : fd[1] < 0 ? fd[1] : copy_to_user(user, fd, sizeof(fd)) ? -EFAULT : 0;
	for (int i = 0; ret && i < 2; i++)
		if (fd[i] >= 0)
			close_fd(fd[i]);
	return ret;
}

int read_address(const void __user *user, int len, struct unix_address *addr)
{
	*addr = (struct unix_address){ .len = len };
	if (len < (int)sizeof(addr->name.sun_family) || len > (int)sizeof(addr->name))
		return -EINVAL;
	if (copy_from_user(&addr->name, user, len))
		return -EFAULT;
	if (addr->name.sun_family != AF_UNIX && addr->name.sun_family)
		return -EINVAL;
	if (addr->name.sun_path[0]) {	/* a path ends with 0, whether or not that was counted */
		if (addr->len == sizeof(addr->name) && addr->name.sun_path[sizeof(addr->name.sun_path) - 1])
			return -EINVAL;
		addr->len = sizeof(addr->name.sun_family) + strlen(addr->name.sun_path) + 1;
	}
	return 0;
}

/* As much as there is room for; the length is always the true one. */
int write_address(const struct unix_address *addr, void __user *user, int __user *user_len)
{
	int room;

	if (!user)
		return 0;
	if (get_user(room, user_len) || room < 0)
		return room < 0 ? -EINVAL : -EFAULT;
	return copy_to_user(user, &addr->name, min(room, addr->len)) || put_user(addr->len, user_len) ? -EFAULT : 0;
}

SYSCALL_DEFINE3(bind, int, fd, const void __user *, user, int, len)
{
	struct unix_address addr;
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	int ret;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	ret = read_address(user, len, &addr) ?: unix_bind(sk, &addr);
	fput(file);
	return ret;
}

SYSCALL_DEFINE2(listen, int, fd, int, backlog)
{
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	int ret;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	ret = unix_listen(sk, backlog);
	fput(file);
	return ret;
}

SYSCALL_DEFINE3(connect, int, fd, const void __user *, user, int, len)
{
	struct unix_address addr;
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	int ret;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	ret = read_address(user, len, &addr) ?: unix_connect(sk, &addr, file->f_flags & O_NONBLOCK);
	fput(file);
	return ret;
}

SYSCALL_DEFINE4(accept4, int, fd, void __user *, user, int __user *, user_len, int, flags)
{
	struct unix_address addr;
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file), *end;
	int ret;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	end = flags & ~(O_CLOEXEC | O_NONBLOCK) ? ERR_PTR(-EINVAL) : unix_accept(sk, file->f_flags & O_NONBLOCK);
	fput(file);
	if (IS_ERR(end))
		return PTR_ERR(end);
	ret = unix_getname(end, &addr, true) ?: write_address(&addr, user, user_len);
	if (ret) {
		unix_release(end);
		return ret;
	}
	return sock_map_fd(end, flags);
}

SYSCALL_DEFINE3(accept, int, fd, void __user *, user, int __user *, user_len)
{
	return sys_accept4(fd, (unsigned long)user, (unsigned long)user_len, 0, 0, 0);
}

static int do_getname(int fd, void __user *user, int __user *user_len, bool peer)
{
	struct unix_address addr;
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	int ret;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	ret = unix_getname(sk, &addr, peer) ?: write_address(&addr, user, user_len);
	fput(file);
	return ret;
}

SYSCALL_DEFINE3(getsockname, int, fd, void __user *, user, int __user *, len)
{
	return do_getname(fd, user, len, false);
}

SYSCALL_DEFINE3(getpeername, int, fd, void __user *, user, int __user *, len)
{
	return do_getname(fd, user, len, true);
}

SYSCALL_DEFINE2(shutdown, int, fd, int, how)
{
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	int ret;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	ret = how < 0 || how > 2 ? -EINVAL : unix_shutdown(sk, how);
	fput(file);
	return ret;
}

static int sock_getsockopt(struct unix_sock *sk, int option)
{
	switch (option) {
	case SO_TYPE:
		return sk->type;
	case SO_SNDBUF:
	case SO_RCVBUF:
		return UNIX_MAX_QUEUED;
	case SO_PASSCRED:
		return sk->passcred;
	case SO_ACCEPTCONN:
		return sk->state == LISTENING;
	case SO_DOMAIN:
		return AF_UNIX;
	case SO_ERROR:
	case SO_PROTOCOL:
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

SYSCALL_DEFINE5(getsockopt, int, fd, int, level, int, option, void __user *, user, int __user *, user_len)
{
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	int len, value, ret = -EFAULT;
	const void *from = &value;
	int size = sizeof(value);

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	if (get_user(len, user_len))
		goto out;
	value = level != SOL_SOCKET ? -EOPNOTSUPP : len < 0 ? -EINVAL : option == SO_PEERCRED ? 0 : sock_getsockopt(sk, option);
	if (value >= 0 && option == SO_PEERCRED) {
		from = &sk->peercred;
		size = sizeof(sk->peercred);
	}
	ret = value < 0 ? value : copy_to_user(user, from, min(len, size)) || put_user(min(len, size), user_len) ? -EFAULT : 0;
out:
	fput(file);
	return ret;
}

/* Sizes of buffers are a wish; they are what they are. */
SYSCALL_DEFINE5(setsockopt, int, fd, int, level, int, option, const void __user *, user, int, len)
{
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	int value, ret = 0;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	if (level != SOL_SOCKET)
		ret = -EOPNOTSUPP;
	else if (len < (int)sizeof(value) || copy_from_user(&value, user, sizeof(value)))
		ret = len < (int)sizeof(value) ? -EINVAL : -EFAULT;
	else if (option == SO_PASSCRED)
		sk->passcred = value;
	else if (option != SO_SNDBUF && option != SO_RCVBUF)
		ret = -ENOPROTOOPT;
	fput(file);
	return ret;
}

static struct file_system_type sock_fs_type = {
	.name = "sockfs",
	.fs_flags = FS_SINGLE,
	.fill_super = pseudo_fill_super,
};

static int __init sock_init(void)
{
	int ret = register_filesystem(&sock_fs_type);

	if (ret)
		return ret;
	sock_mnt = kern_mount(&sock_fs_type);
	return PTR_ERR_OR_ZERO(sock_mnt);
}
core_initcall(sock_init);
