// Published ports: what -p says, listening, and the loop.

#include "ports.h"
#include "proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	TURNS = 32, // of ports_serve(), at most
	LAST_WORDS = 1000, // milliseconds for what the container sent before its end
};

static STAILQ_HEAD(, port) ports = STAILQ_HEAD_INITIALIZER(ports);

void ports_publish(const char *value)
{
	struct port *port = calloc(1, sizeof(*port));

	if (!port)
		die("-p %s: %s", value, strerror(errno));
	if (gcr_parse_published(value, &port->published) == -1)
		die_with(GCR_USAGE,
			"-p '%s': write [IP:]HOST:CONTAINER[/udp], as in 8080:80 or "
			"[::1]:5353:53/udp",
			value);
	STAILQ_INSERT_TAIL(&ports, port, next);
}

bool ports_any(void)
{
	return !STAILQ_EMPTY(&ports);
}

// Opening them
// -----------------------------------------------------------------------------------------------

static const struct protocol {
	const char *suffix;
	int (*listen)(int fd, const struct sockaddr *address, socklen_t size);
	void (*ready)(struct watched *listener, uint32_t events);
} tcp = { "", tcp_listen, tcp_accept }, udp = { "/udp", udp_bind, udp_receive };

static const struct protocol *protocol_of(const struct port *port)
{
	return port->published.type == SOCK_STREAM ? &tcp : &udp;
}

// As in 127.0.0.1:5353/udp or [::1]:8080. The text is good until the next call.
static const char *name_of(const struct port *port)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)&port->published.host;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&port->published.host;
	static char text[INET6_ADDRSTRLEN + sizeof("[]:65535/udp")];
	char address[INET6_ADDRSTRLEN];

	if (four->sin_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, address, sizeof(address));
	else
		inet_ntop(AF_INET6, &six->sin6_addr, address, sizeof(address));
	snprintf(text, sizeof(text), four->sin_family == AF_INET ? "%s:%u%s" : "[%s]:%u%s", address,
		ntohs(four->sin_port), protocol_of(port)->suffix);
	return text;
}

static const struct {
	int error;
	const char *text;
} causes[] = {
	{ EADDRINUSE, "another program has this port (ss -tulnp tells which): take another one" },
	{ EACCES, "only root's may be that low: take one from 1024 on, as in 8080:80, or sudo "
		  "sysctl net.ipv4.ip_unprivileged_port_start=80" },
	{ EADDRNOTAVAIL, "the host has no such address (ip address tells which it has)" },
};

static noreturn void die_of_port(const struct port *port)
{
	const char *text = strerror(errno);

	for (size_t i = 0; i < COUNT(causes); i++)
		if (causes[i].error == errno)
			text = causes[i].text;
	die("-p: %s: %s", name_of(port), text);
}

static void open_port(struct port *port)
{
	const struct sockaddr *address = (const struct sockaddr *)&port->published.host;
	bool is_six = address->sa_family == AF_INET6;
	socklen_t size = is_six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	const int on = 1;
	int fd = socket(address->sa_family, port->published.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	gcr_explain(name_of(port), "a published port: if it is taken, nothing starts");
	// [::] is not 0.0.0.0, too.
	if (fd == -1 ||
		(is_six && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == -1) ||
		protocol_of(port)->listen(fd, address, size) == -1)
		die_of_port(port);
	port->listener = (struct watched){ fd, 0, protocol_of(port)->ready };
}

void ports_open(void)
{
	for (struct port *port = STAILQ_FIRST(&ports); port; port = STAILQ_NEXT(port, next))
		open_port(port);
}

// The loop
// -----------------------------------------------------------------------------------------------

static void wake(struct watched *timer, uint32_t events);

static int epoll = -1;
static struct watched timer = { -1, 0, wake }; // timerfd_create(2)
static int64_t wake_time; // 0: never
static struct in_addr container;

int loop_watch(struct watched *watched, uint32_t events)
{
	int operation = !watched->events ? EPOLL_CTL_ADD : events ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
	struct epoll_event event = { events, { watched } };

	if (events == watched->events)
		return 0;
	if (epoll_ctl(epoll, operation, watched->fd, &event) == -1)
		return -1;
	watched->events = events;
	return 0;
}

int64_t loop_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void loop_wake(int64_t time)
{
	struct itimerspec at = { .it_value = { time / 1000, time % 1000 * 1000000 } };

	if (wake_time && wake_time <= time)
		return;
	wake_time = time;
	timerfd_settime(timer.fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void wake(struct watched *watched, uint32_t events)
{
	uint64_t expirations;
	ssize_t ignored = read(watched->fd, &expirations, sizeof(expirations));

	(void)ignored;
	(void)events;
	wake_time = 0;
	for (struct port *port = STAILQ_FIRST(&ports); port; port = STAILQ_NEXT(port, next))
		loop_watch(&port->listener, EPOLLIN);
	tcp_wake();
	udp_wake();
}

int port_connect(const struct port *port, int fd)
{
	struct sockaddr_in address = { AF_INET, port->published.container, container };
	int result = connect(fd, (struct sockaddr *)&address, sizeof(address));

	return result == -1 && errno == EINPROGRESS ? 0 : result;
}

// Takes as many descriptors as this process may have, and returns how many that are.
static int raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	limit.rlim_cur = limit.rlim_max;
	tcp_limit(limit.rlim_max);
	return setrlimit(RLIMIT_NOFILE, &limit);
}

int ports_start(struct in_addr address)
{
	if (!ports_any())
		return -1;
	container = address;
	signal(SIGPIPE, SIG_IGN); // that a peer has gone is seen anyway
	TRY(raise_limit(), "two descriptors for each connection");
	epoll = TRY(epoll_create1(EPOLL_CLOEXEC), "one loop for all connections");
	timer.fd = TRY(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "to try again");
	TRY(loop_watch(&timer, EPOLLIN), "when it is time");
	for (struct port *port = STAILQ_FIRST(&ports); port; port = STAILQ_NEXT(port, next)) {
		TRY(loop_watch(&port->listener, EPOLLIN), "who comes to the port");
		gcr_log("[port] %s leads to port %u", name_of(port),
			ntohs(port->published.container));
	}
	return epoll;
}

void ports_serve(void)
{
	struct epoll_event event;

	// One at a time: what it frees is not among those to come.
	for (int i = 0; i < TURNS && epoll_wait(epoll, &event, 1, 0) == 1; i++) {
		struct watched *watched = event.data.ptr;
		watched->ready(watched, event.events);
	}
}

static void close_ports(void)
{
	for (struct port *port = STAILQ_FIRST(&ports); port; port = STAILQ_NEXT(port, next)) {
		close(port->listener.fd);
		port->listener.fd = -1;
	}
}

void ports_end(void)
{
	struct pollfd ready = { epoll, POLLIN, 0 };
	int64_t now = loop_time(), end = now + LAST_WORDS;

	close_ports();
	for (; tcp_busy() && now < end; now = loop_time()) {
		poll(&ready, 1, (int)(end - now));
		ports_serve();
	}
	tcp_end();
}
