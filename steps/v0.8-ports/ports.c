// Published ports: reading -p, opening the ports, serving them.

#include "ports.h"
#include "array.h"
#include "parse.h"
#include "tcp.h"
#include "udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	PATIENCE =
		10000, // milliseconds from the container's start, in which clients wait for it to listen
	// Milliseconds to pass on what the container sent before it ended: while nobody takes anything, and in all.
	LAST_PAUSE = 3000,
	LAST_WORDS = 60000,
};

// A port that -p asks for.
struct entry {
	struct port port;
	struct published published;
	STAILQ_ENTRY(entry) next;
};

static struct {
	STAILQ_HEAD(, entry) entries;
	int loop; // its descriptor
} ports = { .entries = STAILQ_HEAD_INITIALIZER(ports.entries), .loop = -1 };

// Reading -p
// -----------------------------------------------------------------------------------------------

static int parse_port(const char *text, in_port_t *port)
{
	uint64_t number;

	if (gcr_parse_number(text, 1, 65535, &number) == -1)
		return errno = EINVAL, -1;
	*port = htons((uint16_t)number);
	return 0;
}

// Reads an address as in 127.0.0.1, or in brackets as in [::1].
static int parse_socket_address(char *text, in_port_t port, struct sockaddr_storage *address)
{
	struct sockaddr_in *four = (struct sockaddr_in *)address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
	char *end = text + strlen(text) - 1;

	memset(address, 0, sizeof(*address));
	if (*text == '[' && *end == ']') {
		*end = '\0';
		six->sin6_family = AF_INET6;
		six->sin6_port = port;
		return inet_pton(AF_INET6, text + 1, &six->sin6_addr) == 1 ? 0 : -1;
	}
	four->sin_family = AF_INET;
	four->sin_port = port;
	return inet_pton(AF_INET, text, &four->sin_addr) == 1 ? 0 : -1;
}

// Cuts the text at its last mark. Returns what follows the mark, or NULL if there is none.
static char *cut_last(char *text, int mark)
{
	char *at = strrchr(text, mark);

	if (!at)
		return NULL;
	*at = '\0';
	return at + 1;
}

int ports_parse(const char *text, struct published *published)
{
	char copy[128], local[] = "127.0.0.1";
	in_port_t host;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		return errno = EINVAL, -1;
	const char *protocol = cut_last(copy, '/');
	const char *inside = cut_last(copy, ':');
	char *outside = cut_last(copy, ':');
	char *address = outside ? copy : local;

	published->type = protocol && strcmp(protocol, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	if ((protocol && published->type == SOCK_STREAM && strcmp(protocol, "tcp") != 0) ||
		!inside || parse_port(inside, &published->container) == -1 ||
		parse_port(outside ? outside : copy, &host) == -1 ||
		parse_socket_address(address, host, &published->host) == -1)
		return errno = EINVAL, -1;
	return 0;
}

static void publish(const char *value)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		die("-p %s: %s", value, strerror(errno));
	if (ports_parse(value, &entry->published) == -1)
		die_with(GCR_USAGE,
			"-p '%s': write [IP:]HOST:CONTAINER[/udp], as in 8080:80 or "
			"[::1]:5353:53/udp",
			value);
	STAILQ_INSERT_TAIL(&ports.entries, entry, next);
}

const struct gcr_option ports_options[] = {
	{ "publish", 'p', "PORTS", "[IP:]HOST:CONTAINER[/udp], as in 8080:80: publish a port",
		publish },
	{ 0 },
};

bool ports_any(void)
{
	return !STAILQ_EMPTY(&ports.entries);
}

// Opening the ports
// -----------------------------------------------------------------------------------------------

static const struct protocol {
	const char *suffix;
	int (*listen)(int fd, const struct sockaddr *address, socklen_t size);
	void (*ready)(struct watched *listener, uint32_t events);
} tcp = { "", tcp_listen, tcp_accept }, udp = { "/udp", udp_bind, udp_receive };

static const struct protocol *protocol_of(const struct published *published)
{
	return published->type == SOCK_STREAM ? &tcp : &udp;
}

// The name of a port, as in 127.0.0.1:5353/udp or [::1]:8080.
struct port_name {
	char text[INET6_ADDRSTRLEN + sizeof("[]:65535/udp")];
};

static struct port_name name_of(const struct published *published)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)&published->host;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&published->host;
	struct port_name name;
	char address[INET6_ADDRSTRLEN];

	if (four->sin_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, address, sizeof(address));
	else
		inet_ntop(AF_INET6, &six->sin6_addr, address, sizeof(address));
	snprintf(name.text, sizeof(name.text),
		four->sin_family == AF_INET ? "%s:%u%s" : "[%s]:%u%s", address,
		ntohs(four->sin_port), protocol_of(published)->suffix);
	return name;
}

static const struct {
	int error;
	const char *text;
} causes[] = {
	{ EADDRINUSE, "another program has this port (ss -tulnp tells which): take another one" },
	{ EACCES, "only root may take it: take one from 1024 on, as in 8080:80, or sudo "
		  "sysctl net.ipv4.ip_unprivileged_port_start=80" },
	{ EADDRNOTAVAIL, "the host has no such address (ip address shows which it has)" },
};

static noreturn void die_of_port(const struct published *published)
{
	const char *text = strerror(errno);

	for (size_t i = 0; i < COUNT(causes); i++)
		if (causes[i].error == errno)
			text = causes[i].text;
	die("-p: %s: %s", name_of(published).text, text);
}

static void listen_at(struct port *port, const struct published *published)
{
	const struct protocol *protocol = protocol_of(published);
	const struct sockaddr *address = (const struct sockaddr *)&published->host;
	bool is_six = address->sa_family == AF_INET6;
	socklen_t size = is_six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	const int on = 1;

	gcr_explain(name_of(published).text, "a published port; if it is taken, nothing starts");
	int fd = socket(address->sa_family, published->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	// Otherwise [::] would take the port of 0.0.0.0 as well.
	if (fd == -1 ||
		(is_six && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == -1) ||
		protocol->listen(fd, address, size) == -1)
		die_of_port(published);
	port->listener = (struct watched){ fd, 0, protocol->ready };
}

void ports_listen(void)
{
	for (struct entry *entry = STAILQ_FIRST(&ports.entries); entry;
		entry = STAILQ_NEXT(entry, next))
		listen_at(&entry->port, &entry->published);
}

// Serving the ports
// -----------------------------------------------------------------------------------------------

// Raises the limit on descriptors as far as this process may, and tells tcp.c.
static int raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	tcp_limit(limit.rlim_max);
	return 0;
}

int ports_start(struct in_addr container)
{
	if (!ports_any())
		return -1;
	signal(SIGPIPE, SIG_IGN); // a write to a closed socket fails with EPIPE instead
	TRY(raise_limit(), "two descriptors for each connection");
	ports.loop = TRY(loop_open(), "one loop for all connections");
	for (struct entry *entry = STAILQ_FIRST(&ports.entries); entry;
		entry = STAILQ_NEXT(entry, next)) {
		entry->port.container =
			(struct sockaddr_in){ AF_INET, entry->published.container, container };
		entry->port.patience = loop_time() + PATIENCE;
		TRY(loop_watch(&entry->port.listener, EPOLLIN), "wait for clients of the port");
		gcr_log("[port] %s leads to port %u", name_of(&entry->published).text,
			ntohs(entry->published.container));
	}
	return ports.loop;
}

void ports_serve(void)
{
	loop_serve();
}

static void close_port(struct port *port)
{
	loop_watch(&port->listener, 0);
	close(port->listener.fd);
	port->listener.fd = -1;
}

static void close_ports(int type)
{
	for (struct entry *entry = STAILQ_FIRST(&ports.entries); entry;
		entry = STAILQ_NEXT(entry, next))
		if (entry->published.type == type)
			close_port(&entry->port);
}

// What comes from clients is of no interest now. But the container's last answers leave by these sockets.
static void ignore_datagrams(void)
{
	for (struct entry *entry = STAILQ_FIRST(&ports.entries); entry;
		entry = STAILQ_NEXT(entry, next))
		if (entry->published.type == SOCK_DGRAM)
			loop_watch(&entry->port.listener, 0);
}

void ports_end(void)
{
	struct pollfd ready = { ports.loop, POLLIN, 0 };
	int64_t now = loop_time(), end = now + LAST_WORDS, pause_end = now + LAST_PAUSE;

	close_ports(SOCK_STREAM);
	ignore_datagrams();
	for (bool more = true; now < end && now < pause_end && (more || tcp_is_busy());
		now = loop_time()) {
		if (!more)
			poll(&ready, 1, (int)(pause_end - now));
		more = loop_serve();
		if (more)
			pause_end = loop_time() + LAST_PAUSE;
	}
	tcp_close_all();
	close_ports(SOCK_DGRAM);
}
