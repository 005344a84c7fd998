// Published ports: TCP.

#include "tcp.h"
#include "array.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <unistd.h>

enum {
	CHUNK = 512 * 1024, // bytes to pass on before another connection gets its turn
	RETRY = 100, // milliseconds until a failed call is tried again
	RETRIES = 64, // connections that are retried in one go, at most
	PIPES = 16, // at most; a side without a pipe passes data on by a copy
	OTHERS = 64 + 2 * PIPES, // descriptors that are not for sockets of connections
};

// One of the two ends of a connection, and what it has sent.
struct side {
	struct watched socket;
	struct connection *connection;
	struct side *peer;
	int pipe[2]; // holds what the peer has not taken yet
	size_t held; // bytes in the pipe; 0: there is no pipe
	bool blocked; // it has sent data that the peer does not take yet, and there is no pipe for them
	bool ended; // it sends no more, and the peer has been told
};

struct connection {
	struct side client, container;
	struct port *port;
	struct connections *state; // the queue that the connection is in
	int64_t retry,
		attempt; // times of loop_time(): of the next attempt to connect, and of the last one
	TAILQ_ENTRY(connection) neighbours;
};

TAILQ_HEAD(connections, connection);

static void retry_waiting(void *unused);

// All connections, and what they share.
static struct {
	struct connections connected, connecting,
		waiting; // all for RETRY, so they are in order of time
	struct timer retry; // for the first in waiting
	uint64_t count, most;
	int spare_pipes[8][2];
	size_t spares, pipes; // how many pipes are spare, and how many there are
} all = {
	.connected = TAILQ_HEAD_INITIALIZER(all.connected),
	.connecting = TAILQ_HEAD_INITIALIZER(all.connecting),
	.waiting = TAILQ_HEAD_INITIALIZER(all.waiting),
	.retry = { .expired = retry_waiting },
};

static void move_to(struct connection *connection, struct connections *state)
{
	if (connection->state)
		TAILQ_REMOVE(connection->state, connection, neighbours);
	TAILQ_INSERT_TAIL(state, connection, neighbours);
	connection->state = state;
}

static void wait_a_little(struct connection *connection)
{
	connection->retry = loop_time() + RETRY;
	move_to(connection, &all.waiting);
	loop_set_timer(&all.retry, connection->retry);
}

// Pipes
// -----------------------------------------------------------------------------------------------

// Returns -1 if there are PIPES already, or if there is no descriptor for one more.
static int take_pipe(int pipe[2])
{
	if (all.spares > 0) {
		memcpy(pipe, all.spare_pipes[--all.spares], sizeof(*all.spare_pipes));
		return 0;
	}
	if (all.pipes >= PIPES || pipe2(pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	all.pipes++;
	fcntl(pipe[1], F_SETPIPE_SZ, CHUNK); // may fail: a user's pipes have a limit (pipe(7))
	return 0;
}

static void close_pipe(const int pipe[2])
{
	close(pipe[0]);
	close(pipe[1]);
	all.pipes--;
}

// Takes an empty pipe back.
static void give_pipe_back(const int pipe[2])
{
	if (all.spares < COUNT(all.spare_pipes))
		memcpy(all.spare_pipes[all.spares++], pipe, sizeof(*all.spare_pipes));
	else
		close_pipe(pipe);
}

// The end of a connection
// -----------------------------------------------------------------------------------------------

// Lets the socket of a side end its connection in order. Otherwise its end is a reset (prepare_socket()), even if gcr is killed:
// a peer that has got half the data must not take them for the whole. Call this if the side has been sent everything.
static void close_without_reset(const struct side *side)
{
	struct linger linger = { 0 };

	setsockopt(side->socket.fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void close_side(const struct side *side)
{
	if (side->socket.fd != -1)
		close(side->socket.fd);
	if (side->held > 0)
		close_pipe(side->pipe);
}

static void drop_connection(struct connection *connection)
{
	close_side(&connection->client);
	close_side(&connection->container);
	TAILQ_REMOVE(connection->state, connection, neighbours);
	free(connection);
	all.count--;
}

static void finish_connection(struct connection *connection)
{
	close_without_reset(&connection->client);
	close_without_reset(&connection->container);
	drop_connection(connection);
}

// An open connection
// -----------------------------------------------------------------------------------------------

// Writes the bytes in the pipe to the peer, as many as the peer takes.
static int flush_pipe(struct side *from)
{
	while (from->held > 0) {
		ssize_t size = splice(from->pipe[0], NULL, from->peer->socket.fd, NULL, from->held,
			SPLICE_F_NONBLOCK);
		if (size == -1)
			return errno == EAGAIN ? 0 : -1;
		from->held -= (size_t)size;
	}
	give_pipe_back(from->pipe);
	return 0;
}

static void note_end(struct side *from)
{
	from->ended = true;
	shutdown(from->peer->socket.fd, SHUT_WR);
}

// Passes on what a side has sent, without a pipe. The data stay in the side's socket until the peer has taken them.
static int pass_copy_on_from(struct side *from)
{
	char data[16384];
	ssize_t size = recv(from->socket.fd, data, sizeof(data), MSG_PEEK);

	from->blocked = false;
	if (size == -1)
		return errno == EAGAIN ? 0 : -1;
	if (size == 0) {
		note_end(from);
		return 0;
	}
	ssize_t taken = send(from->peer->socket.fd, data, (size_t)size, 0);
	from->blocked = taken == -1 && errno == EAGAIN;
	if (taken == -1)
		return from->blocked ? 0 : -1;
	// MSG_TRUNC drops the bytes instead of reading them (tcp(7)).
	return recv(from->socket.fd, NULL, (size_t)taken, MSG_TRUNC) == taken ? 0 : -1;
}

// Passes on what a side has sent. The pipe is empty at first. So if splice() fails with EAGAIN, the socket has no data. And at
// the end of the data, everything before it has been passed on.
static int pass_on_from(struct side *from)
{
	if (take_pipe(from->pipe) == -1)
		return pass_copy_on_from(from);
	from->blocked = false;
	ssize_t size = splice(from->socket.fd, NULL, from->pipe[1], NULL, CHUNK, SPLICE_F_NONBLOCK);
	if (size > 0) {
		from->held = (size_t)size;
		return flush_pipe(from);
	}
	give_pipe_back(from->pipe);
	if (size == -1)
		return errno == EAGAIN ? 0 : -1;
	note_end(from);
	return 0;
}

// Passes more of a side's data on, now that its peer takes some.
static int go_on_from(struct side *from)
{
	return from->held > 0 ? flush_pipe(from) : pass_on_from(from);
}

// Whether the peer of a side has to take data before the side is read again.
static bool waits_for_peer(const struct side *side)
{
	return side->held > 0 || side->blocked;
}

// Returns the events that the loop waits for. A side that waits for its peer is not read; if it is reset meanwhile, the next read
// fails. A side that has ended can still be reset, so EPOLLERR is watched.
static uint32_t events_for(const struct side *side)
{
	bool reads = !side->ended && !waits_for_peer(side);

	return (reads ? EPOLLIN : 0) | (waits_for_peer(side->peer) ? EPOLLOUT : 0) |
	       (side->ended ? EPOLLERR : 0);
}

static void watch_both(struct connection *connection)
{
	struct side *client = &connection->client, *container = &connection->container;

	if (client->ended && container->ended)
		finish_connection(connection);
	else if (loop_watch(&client->socket, events_for(client)) == -1 ||
		 loop_watch(&container->socket, events_for(container)) == -1)
		drop_connection(connection);
}

static void side_is_ready(struct watched *socket, uint32_t events)
{
	struct side *side = (struct side *)socket;

	if (!(events & (EPOLLIN | EPOLLOUT)) ||
		(events & EPOLLOUT && go_on_from(side->peer) == -1) ||
		(events & EPOLLIN && pass_on_from(side) == -1))
		drop_connection(side->connection);
	else
		watch_both(side->connection);
}

// A new connection
// -----------------------------------------------------------------------------------------------

// Whether the container may have refused because it was still starting: it has not listened yet and still has time, or it has
// begun to listen after the attempt.
static bool was_too_early(const struct connection *connection)
{
	const struct port *port = connection->port;

	return port->listened ? connection->attempt <= port->listened
			      : loop_time() < port->patience;
}

// Tries later if the attempt was too early. Otherwise the container's refusal is the client's.
static void try_later(struct connection *connection)
{
	int *fd = &connection->container.socket.fd;

	if (*fd != -1)
		close(*fd);
	*fd = -1;
	connection->container.socket.events = 0;
	if (was_too_early(connection))
		wait_a_little(connection);
	else
		drop_connection(connection);
}

static void start_passing(struct connection *connection)
{
	connection->client.socket.ready = side_is_ready;
	connection->container.socket.ready = side_is_ready;
	if (!connection->port->listened)
		connection->port->listened = loop_time();
	move_to(connection, &all.connected);
	watch_both(connection);
}

static void container_has_answered(struct watched *socket, uint32_t events)
{
	struct side *side = (struct side *)socket;
	struct connection *connection = side->connection;
	int error = 0;
	socklen_t size = sizeof(error);

	(void)events;
	getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error)
		try_later(connection);
	else
		start_passing(connection);
}

// Sets the options that both sockets of a connection need. The client's socket inherits them from the listening one.
static int prepare_socket(int fd)
{
	const struct linger reset = { .l_onoff = 1 }; // see close_without_reset()
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) == -1 ||
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) == -1)
		return -1;
	// The sender has already collected small writes as it liked: do not delay them again.
	return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// Within one host there is no congestion. A congestion control that paces packets, as bbr does, would cost a third of the
// throughput.
static int never_pace(int fd)
{
	static const char simple[] = "reno"; // every kernel has it

	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, simple, strlen(simple));
}

static void connect_container(struct connection *connection)
{
	struct watched *container = &connection->container.socket;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1) {
		wait_a_little(connection); // other connections will end
		return;
	}
	move_to(connection, &all.connecting);
	connection->attempt = loop_time();
	container->fd = fd;
	if (prepare_socket(fd) == -1 || never_pace(fd) == -1 ||
		loop_connect(fd, &connection->port->container) == -1 ||
		loop_watch(container, EPOLLOUT) == -1)
		try_later(connection);
}

static void client_has_left(struct watched *socket, uint32_t events)
{
	(void)events;
	drop_connection(((struct side *)socket)->connection);
}

static void begin_connection(struct port *port, int client)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection) {
		close(client);
		return;
	}
	*connection = (struct connection){
		.client = { { client, 0, client_has_left }, connection, &connection->container },
		.container = { { -1, 0, container_has_answered }, connection, &connection->client },
		.port = port,
	};
	all.count++;
	move_to(connection, &all.connecting);
	if (loop_watch(&connection->client.socket, EPOLLERR) == -1)
		drop_connection(connection);
	else
		connect_container(connection);
}

static void listen_again(void *port)
{
	loop_watch(&((struct port *)port)->listener, EPOLLIN);
}

// Accepts no client for a while, until descriptors may be free again.
static void pause_listening(struct port *port)
{
	port->pause.expired = listen_again;
	port->pause.owner = port;
	loop_watch(&port->listener, EPOLLERR);
	loop_set_timer(&port->pause, loop_time() + RETRY);
}

void tcp_accept(struct watched *listener, uint32_t events)
{
	int client = -1;

	(void)events;
	if (all.count < all.most)
		client = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client != -1) {
		begin_connection((struct port *)listener, client);
	} else if (all.count >= all.most || errno != EAGAIN) {
		pause_listening((struct port *)listener);
	}
}

static bool is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;

	if (address->sa_family == AF_INET)
		return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

int tcp_listen(int fd, const struct sockaddr *address, socklen_t size)
{
	const int on = 1;

	// Otherwise the remains of an earlier gcr's connections would keep the port taken.
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
		prepare_socket(fd) == -1 || (is_loopback(address) && never_pace(fd) == -1) ||
		bind(fd, address, size) == -1)
		return -1;
	return listen(fd, SOMAXCONN);
}

void tcp_limit(uint64_t descriptors)
{
	// A connection takes two sockets. Pipes are few, so clients that are idle or do not read cannot take all descriptors.
	all.most = 1 + (descriptors > OTHERS ? (descriptors - OTHERS) / 2 : 0);
}

static void retry_waiting(void *unused)
{
	int64_t now = loop_time();
	struct connection *first = TAILQ_FIRST(&all.waiting);

	(void)unused;
	for (int i = 0; i < RETRIES && first && first->retry <= now; i++) {
		connect_container(first);
		first = TAILQ_FIRST(&all.waiting);
	}
	if (first)
		loop_set_timer(&all.retry, first->retry);
}

bool tcp_is_busy(void)
{
	for (struct connection *one = TAILQ_FIRST(&all.connected); one;
		one = TAILQ_NEXT(one, neighbours))
		if (!one->container.ended)
			return true;
	return false;
}

static void drop_all(struct connections *state)
{
	struct connection *one;

	while ((one = TAILQ_FIRST(state))) {
		if (one->container.ended)
			close_without_reset(&one->client);
		drop_connection(one);
	}
}

void tcp_close_all(void)
{
	drop_all(&all.connected);
	drop_all(&all.connecting);
	drop_all(&all.waiting);
}
