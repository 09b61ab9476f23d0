/* Sockets between processes: pairs, streams and datagrams by name, files and credentials that travel along. */
#include "check.h"
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static char buf[300000];

static socklen_t address(struct sockaddr_un *sa, const char *path)
{
	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	strcpy(sa->sun_path + (*path == '@'), path + (*path == '@'));
	return offsetof(struct sockaddr_un, sun_path) + strlen(path) + (*path != '@');
}

static void pairs(void)
{
	int s[2], status, waiting;
	ssize_t total = 0, got;

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0, "socketpair");
	write(s[0], "one", 3);
	write(s[0], "two", 3);
	check(ioctl(s[1], FIONREAD, &waiting) == 0 && waiting == 6 && recv(s[1], buf, 4, MSG_PEEK) == 4 &&
	      read(s[1], buf, sizeof(buf)) == 6 && !memcmp(buf, "onetwo", 6), "a stream has no bounds");
	check(recv(s[1], buf, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN, "MSG_DONTWAIT");
	if (fork() == 0) {
		close(s[0]);
		for (int i = 0; i < 300000; i++)
			buf[i] = i * 7;
		_exit(write(s[1], buf, 300000) != 300000);
	}
	close(s[1]);
	while ((got = read(s[0], buf + total, sizeof(buf) - total)) > 0)
		total += got;
	wait(&status);
	for (got = 0; got < 300000 && buf[got] == (char)(got * 7); got++)
		;
	check(exited(status, 0) && total == 300000 && got == 300000, "more than fits at once arrives whole, then the end");
	signal(SIGPIPE, SIG_IGN);
	check(write(s[0], "x", 1) == -1 && errno == EPIPE, "nobody is left to read");
	close(s[0]);
	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s);
	send(s[0], "first", 5, 0);
	send(s[0], "second", 6, 0);
	check(recv(s[1], buf, 3, 0) == 3 && recv(s[1], buf, 10, 0) == 6 && !memcmp(buf, "second", 6), "packets keep their bounds");
	check(shutdown(s[0], SHUT_WR) == 0 && recv(s[1], buf, 1, 0) == 0 && send(s[1], "back", 4, 0) == 4 && recv(s[0], buf, 9, 0) == 4, "shutdown");
	close(s[0]);
	close(s[1]);
}

static void streams(const char *path)
{
	struct sockaddr_un sa, peer;
	socklen_t len = address(&sa, path), peer_len = sizeof(peer);
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0), accepted = -1, status;
	struct pollfd p = { server, POLLIN };
	struct ucred cred;
	socklen_t cred_len = sizeof(cred);
	struct stat st;

	check(connect(client, (void *)&sa, len) == -1 && (errno == ENOENT || errno == ECONNREFUSED), "nobody is at %s", path);
	check(bind(server, (void *)&sa, len) == 0 && connect(client, (void *)&sa, len) == -1 && errno == ECONNREFUSED, "bound, not listening");
	check(listen(server, 5) == 0 && poll(&p, 1, 0) == 0, "listening");
	if (*path == '/')
		check(stat(path, &st) == 0 && S_ISSOCK(st.st_mode) && open(path, O_RDWR) == -1 && errno == ENXIO, "the name is a socket");
	if (fork() == 0) {
		int me = socket(AF_UNIX, SOCK_STREAM, 0);

		if (connect(me, (void *)&sa, len) || write(me, "ping", 4) != 4 || read(me, buf, 10) != 4)
			_exit(1);
		_exit(memcmp(buf, "pong", 4));
	}
	check(poll(&p, 1, -1) == 1 && (accepted = accept4(server, (void *)&peer, &peer_len, SOCK_CLOEXEC)) >= 0 && peer_len == 2, "accept");
	check(getsockopt(accepted, SOL_SOCKET, SO_PEERCRED, &cred, &cred_len) == 0 && cred.pid > getpid() && cred.uid == getuid(), "SO_PEERCRED");
	peer_len = sizeof(peer);
	check(getsockname(accepted, (void *)&peer, &peer_len) == 0 && peer_len == len && !memcmp(&peer, &sa, len), "getsockname");
	check(read(accepted, buf, 10) == 4 && write(accepted, "pong", 4) == 4, "talk");
	wait(&status);
	check(exited(status, 0) && read(accepted, buf, 1) == 0, "and hang up");
	check(bind(client, (void *)&sa, len) == -1 && errno == EADDRINUSE, "the name is taken");
	close(accepted);
	close(client);
	close(server);
	unlink(path);
}

static void datagrams(void)
{
	struct sockaddr_un a, b, from;
	socklen_t a_len = address(&a, "/tmp/a"), b_len = address(&b, "@b"), from_len = sizeof(from);
	int one = socket(AF_UNIX, SOCK_DGRAM, 0), two = socket(AF_UNIX, SOCK_DGRAM, 0);

	bind(one, (void *)&a, a_len);
	bind(two, (void *)&b, b_len);
	check(sendto(one, "hi", 2, 0, (void *)&b, b_len) == 2 && recvfrom(two, buf, 10, 0, (void *)&from, &from_len) == 2 &&
	      from_len == a_len && !strcmp(from.sun_path, "/tmp/a"), "a datagram and where it came from");
	check(connect(two, (void *)&a, a_len) == 0 && send(two, "", 0, 0) == 0 && recv(one, buf, 5, 0) == 0, "an empty one");
	check(send(one, "x", 1, 0) == -1 && errno == ENOTCONN, "nobody to send to");
	close(one);
	check(send(two, "x", 1, 0) == -1 && errno == ECONNREFUSED, "nobody there any more");
	close(two);
	unlink("/tmp/a");
}

static void passengers(void)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = { 0 }, c = 'f';
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int s[2], fd[2], got[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	pipe(fd);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), fd, sizeof(fd));
	check(sendmsg(s[0], &msg, 0) == 1, "files are sent");
	close(fd[0]);
	close(fd[1]);
	c = 0;
	memset(control, 0, sizeof(control));
	check(recvmsg(s[1], &msg, MSG_CMSG_CLOEXEC) == 1 && c == 'f' && cmsg->cmsg_type == SCM_RIGHTS && cmsg->cmsg_len == CMSG_LEN(sizeof(fd)), "and received");
	memcpy(got, CMSG_DATA(cmsg), sizeof(got));
	check(write(got[1], "through", 7) == 7 && read(got[0], buf, 10) == 7 && fcntl(got[0], F_GETFD) == FD_CLOEXEC, "and they work");
	memcpy(CMSG_DATA(cmsg), s, sizeof(s));
	msg.msg_controllen = sizeof(control);
	check(sendmsg(s[0], &msg, 0) == 1 && close(s[0]) == 0 && close(s[1]) == 0, "sockets that nobody receives");
}

int main(void)
{
	check(socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EAFNOSUPPORT, "there is no network");
	pairs();
	streams("/tmp/socket");
	streams("@abstract");
	datagrams();
	passengers();
	return finish();
}
