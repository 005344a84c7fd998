// Published ports: UDP.

#include "udp.h"
#include "fd.h"

#include <errno.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <unistd.h>

enum {
	SESSIONS = 1024, // at most; a new one then ends the one that is idle for longest
	IDLE = 60000, // milliseconds without a datagram, after which a session ends
};

// The host's address to which a client sends, as a control message (IP_PKTINFO in ip(7), IPV6_PKTINFO in ipv6(7)).
struct local {
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	size_t size;
};

// A client, and its socket to the container: answers on this socket are for this client.
struct session {
	struct watched socket;
	const struct port *port;
	struct sockaddr_storage client;
	struct local local;
	int64_t used; // time of the last datagram, of loop_time()
	TAILQ_ENTRY(session) neighbours;
};

static void end_idle_sessions(void *unused);

// All sessions, and what they share.
static struct {
	TAILQ_HEAD(sessions, session) sessions; // last used first
	unsigned count;
	struct timer idle; // for the session that is idle for longest
	char data[65536]; // no datagram is longer
} all = {
	.sessions = TAILQ_HEAD_INITIALIZER(all.sessions),
	.idle = { .expired = end_idle_sessions },
};

static void note_use(struct session *session)
{
	TAILQ_REMOVE(&all.sessions, session, neighbours);
	TAILQ_INSERT_HEAD(&all.sessions, session, neighbours);
	session->used = loop_time();
}

static void end_session(struct session *session)
{
	TAILQ_REMOVE(&all.sessions, session, neighbours);
	close(session->socket.fd);
	free(session);
	all.count--;
}

// Passes the container's answer on.
static void pass_answer_on(struct watched *socket, uint32_t events)
{
	struct session *session = (struct session *)socket;
	ssize_t size = recv(socket->fd, all.data, sizeof(all.data), 0);

	(void)events;
	if (size == -1)
		return; // no process listens (ECONNREFUSED in udp(7)): the client gets no answer
	struct iovec text = { all.data, (size_t)size };
	struct msghdr message = { &session->client, sizeof(session->client), &text, 1,
		session->local.control, session->local.size };
	sendmsg(session->port->listener.fd, &message, 0);
	note_use(session);
}

static struct session *find_session(const struct port *port, const struct sockaddr_storage *client)
{
	for (struct session *one = TAILQ_FIRST(&all.sessions); one;
		one = TAILQ_NEXT(one, neighbours))
		if (one->port == port && memcmp(&one->client, client, sizeof(*client)) == 0)
			return one;
	return NULL;
}

// Opens a socket to the container. If there is no descriptor for it, the session that is idle for longest ends.
static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd != -1 || errno != EMFILE || TAILQ_EMPTY(&all.sessions))
		return fd;
	end_session(TAILQ_LAST(&all.sessions, sessions));
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static struct session *begin_session(const struct port *port, const struct sockaddr_storage *client)
{
	struct session *session = calloc(1, sizeof(*session));
	int fd = open_socket();

	if (session)
		*session = (struct session){ { fd, 0, pass_answer_on }, port, *client };
	if (!session || fd == -1 || loop_connect(fd, &port->container) == -1 ||
		loop_watch(&session->socket, EPOLLIN) == -1) {
		gcr_cleanup_close(&fd);
		free(session);
		return NULL;
	}
	if (all.count++ == SESSIONS)
		end_session(TAILQ_LAST(&all.sessions, sessions));
	TAILQ_INSERT_HEAD(&all.sessions, session, neighbours);
	loop_set_timer(&all.idle, loop_time() + IDLE);
	return session;
}

// Removes the interface from a control message: the routes decide which way the reply goes.
static void forget_interface(struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);

	if (control && control->cmsg_level == IPPROTO_IP)
		((struct in_pktinfo *)CMSG_DATA(control))->ipi_ifindex = 0;
	else if (control)
		((struct in6_pktinfo *)CMSG_DATA(control))->ipi6_ifindex = 0;
}

void udp_receive(struct watched *listener, uint32_t events)
{
	const struct port *port = (struct port *)listener;
	struct sockaddr_storage client = { 0 };
	struct local local;
	struct iovec text = { all.data, sizeof(all.data) };
	struct msghdr message = { &client, sizeof(client), &text, 1, local.control,
		sizeof(local.control) };
	ssize_t size = recvmsg(listener->fd, &message, 0);

	(void)events;
	if (size == -1)
		return;
	struct session *session = find_session(port, &client);
	if (!session)
		session = begin_session(port, &client);
	if (!session)
		return; // without a free descriptor the datagram is lost, which UDP allows
	forget_interface(&message);
	local.size = message.msg_controllen;
	session->local = local;
	note_use(session);
	// The first send() may only report that an earlier datagram was refused. Then send this one again.
	if (send(session->socket.fd, all.data, (size_t)size, 0) == -1 && errno == ECONNREFUSED)
		send(session->socket.fd, all.data, (size_t)size, 0);
}

int udp_bind(int fd, const struct sockaddr *address, socklen_t size)
{
	bool is_six = address->sa_family == AF_INET6;
	const int on = 1;

	if (setsockopt(fd, is_six ? IPPROTO_IPV6 : IPPROTO_IP,
		    is_six ? IPV6_RECVPKTINFO : IP_PKTINFO, &on, sizeof(on)) == -1)
		return -1;
	return bind(fd, address, size);
}

static void end_idle_sessions(void *unused)
{
	int64_t now = loop_time();
	struct session *oldest;

	(void)unused;
	while ((oldest = TAILQ_LAST(&all.sessions, sessions)) && oldest->used + IDLE <= now)
		end_session(oldest);
	if (oldest)
		loop_set_timer(&all.idle, oldest->used + IDLE);
}
