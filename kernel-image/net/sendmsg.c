/* System calls that send and receive messages, and open files and credentials along with them. */
#include <linux/fdtable.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "internal.h"

struct user_msghdr {
	void __user *msg_name;
	int msg_namelen;
	struct iovec __user *msg_iov;
	size_t msg_iovlen;
	void __user *msg_control;
	size_t msg_controllen;
	unsigned int msg_flags;
};

struct cmsghdr {
	size_t cmsg_len;
	int cmsg_level, cmsg_type;
};

/* Files that a control message names by their descriptors. */
static int scm_send(const struct user_msghdr *hdr, struct msg *msg)
{
	size_t at = 0;

	while (hdr->msg_controllen - at >= sizeof(struct cmsghdr)) {
		struct cmsghdr cmsg;
		int fds[SCM_MAX_FD], count;

		if (copy_from_user(&cmsg, hdr->msg_control + at, sizeof(cmsg)))
			return -EFAULT;
		if (cmsg.cmsg_len < sizeof(cmsg) || cmsg.cmsg_len > hdr->msg_controllen - at)
			return -EINVAL;
		count = (cmsg.cmsg_len - sizeof(cmsg)) / sizeof(int);
		if (cmsg.cmsg_level != SOL_SOCKET || (cmsg.cmsg_type != SCM_RIGHTS && cmsg.cmsg_type != SCM_CREDENTIALS))
			return -EINVAL;
		if (cmsg.cmsg_type == SCM_RIGHTS) {
			if (count > SCM_MAX_FD || msg->fp)
				return -EINVAL;
			msg->fp = kzalloc(sizeof(*msg->fp), GFP_KERNEL);
			if (!msg->fp)
				return -ENOMEM;
			if (copy_from_user(fds, hdr->msg_control + at + sizeof(cmsg), count * sizeof(int)))
				return -EFAULT;
			for (int i = 0; i < count; i++) {
				msg->fp->fp[i] = fget(fds[i]);
				if (!msg->fp->fp[i])
					return -EBADF;
				msg->fp->count++;
			}
		}
		at = min(at + ALIGN(cmsg.cmsg_len, sizeof(long)), hdr->msg_controllen);
	}
	return 0;
}

static int put_cmsg(struct user_msghdr *hdr, size_t *at, int type, const void *data, size_t len)
{
	struct cmsghdr cmsg = { sizeof(cmsg) + len, SOL_SOCKET, type };

	if (copy_to_user(hdr->msg_control + *at, &cmsg, sizeof(cmsg)) ||
	    copy_to_user(hdr->msg_control + *at + sizeof(cmsg), data, len))
		return -EFAULT;
	*at = min(*at + ALIGN(cmsg.cmsg_len, sizeof(long)), hdr->msg_controllen);
	return 0;
}

/* Gives received files descriptors, as many as there is room to tell of. */
static int scm_recv(struct unix_sock *sk, struct user_msghdr *hdr, struct msg *msg, int flags)
{
	size_t at = 0, room;
	int fds[SCM_MAX_FD], count = 0, ret = 0;

	if (sk->passcred && hdr->msg_controllen >= sizeof(struct cmsghdr) + sizeof(msg->cred))
		ret = put_cmsg(hdr, &at, SCM_CREDENTIALS, &msg->cred, sizeof(msg->cred));
	room = hdr->msg_controllen - at > sizeof(struct cmsghdr) ?
	       (hdr->msg_controllen - at - sizeof(struct cmsghdr)) / sizeof(int) : 0;
	while (!ret && msg->fp && count < msg->fp->count && (size_t)count < room) {
		int fd = get_unused_fd_flags(flags & MSG_CMSG_CLOEXEC ? O_CLOEXEC : 0);

		if (fd < 0)
			break;
		fd_install(fd, get_file(msg->fp->fp[count]));
		fds[count++] = fd;
	}
	if (!ret && count)
		ret = put_cmsg(hdr, &at, SCM_RIGHTS, fds, count * sizeof(int));
	if (msg->fp && count < msg->fp->count)
		msg->flags |= MSG_CTRUNC;
	scm_destroy(msg->fp);
	hdr->msg_controllen = at;
	return ret;
}

static ssize_t send_msg(int fd, const struct user_msghdr *hdr, struct msg *msg, int flags)
{
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	ssize_t ret;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	msg->flags = flags | (file->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
	ret = hdr->msg_name ? read_address(hdr->msg_name, hdr->msg_namelen, &msg->addr) : 0;
	if (!ret)
		ret = scm_send(hdr, msg);
	if (!ret)
		ret = unix_sendmsg(sk, msg);
	scm_destroy(msg->fp);
	fput(file);
	return ret;
}

static ssize_t recv_msg(int fd, struct user_msghdr *hdr, struct msg *msg, int flags)
{
	struct file *file;
	struct unix_sock *sk = sockfd_lookup(fd, &file);
	ssize_t ret;
	int err;

	if (IS_ERR(sk))
		return PTR_ERR(sk);
	msg->flags = flags | (file->f_flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
	ret = unix_recvmsg(sk, msg);
	err = ret < 0 ? 0 : scm_recv(sk, hdr, msg, flags);
	fput(file);
	return err ? err : ret;
}

static int one_buffer(struct iov_iter *iter, struct iovec *iov, void __user *buf, size_t len)
{
	*iov = (struct iovec){ buf, min_t(size_t, len, MAX_RW_COUNT) };
	if (!access_ok(buf, iov->iov_len))
		return -EFAULT;
	iov_iter_init(iter, true, iov, 1, iov->iov_len);
	return 0;
}

SYSCALL_DEFINE6(sendto, int, fd, void __user *, buf, size_t, len, int, flags, void __user *, addr, int, addr_len)
{
	struct user_msghdr hdr = { .msg_name = addr, .msg_namelen = addr_len };
	struct msg msg = { .flags = 0 };
	struct iovec iov;

	return one_buffer(&msg.iter, &iov, buf, len) ?: send_msg(fd, &hdr, &msg, flags);
}

SYSCALL_DEFINE6(recvfrom, int, fd, void __user *, buf, size_t, len, int, flags, void __user *, addr, int __user *, addr_len)
{
	struct user_msghdr hdr = { .msg_controllen = 0 };
	struct msg msg = { .flags = 0 };
	struct iovec iov;
	ssize_t ret = one_buffer(&msg.iter, &iov, buf, len) ?: recv_msg(fd, &hdr, &msg, flags);
	int err = ret < 0 ? 0 : write_address(&msg.addr, addr, addr_len);

	return err ? err : ret;
}

SYSCALL_DEFINE3(sendmsg, int, fd, const struct user_msghdr __user *, user, int, flags)
{
	struct msg msg = { .flags = 0 };
	struct user_msghdr hdr;
	struct iovec *iov;
	ssize_t ret;

	if (copy_from_user(&hdr, user, sizeof(hdr)))
		return -EFAULT;
	ret = import_iovec(hdr.msg_iov, hdr.msg_iovlen, &iov, &msg.iter);
	if (ret)
		return ret;
	ret = send_msg(fd, &hdr, &msg, flags);
	kfree(iov);
	return ret;
}

SYSCALL_DEFINE3(recvmsg, int, fd, struct user_msghdr __user *, user, int, flags)
{
	struct msg msg = { .flags = 0 };
	struct user_msghdr hdr;
	struct iovec *iov;
	ssize_t ret;
	int err;

	if (copy_from_user(&hdr, user, sizeof(hdr)))
		return -EFAULT;
	ret = import_iovec(hdr.msg_iov, hdr.msg_iovlen, &iov, &msg.iter);
	if (ret)
		return ret;
	ret = recv_msg(fd, &hdr, &msg, flags);
	kfree(iov);
	if (ret < 0)
		return ret;
	err = hdr.msg_name && put_user(hdr.msg_namelen, &user->msg_namelen) ? -EFAULT :
	      write_address(&msg.addr, hdr.msg_name, &user->msg_namelen);
	if (err || put_user(hdr.msg_controllen, &user->msg_controllen) || put_user((unsigned int)msg.flags, &user->msg_flags))
		return err ? err : -EFAULT;
	return ret;
}
