// Published ports (-p): clients of a port on the host reach a port of the container. gcr's own process relays their data,
// without privilege. The host's firewall stays as it is. When gcr ends, however it ends, the port is closed.

#ifndef PORTS_H
#define PORTS_H

#include "cli.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

extern const struct gcr_option ports_options[];

// One -p: the address and port to listen on, and the container's port.
struct published {
	struct sockaddr_storage host; // a sockaddr_in or sockaddr_in6
	in_port_t container; // in network byte order, as in sockaddr_in
	int type; // SOCK_STREAM or SOCK_DGRAM
};

// Reads [IP:]HOST:CONTAINER[/tcp|/udp], as in 8080:80 or [::1]:5353:53/udp. Without IP, gcr listens on 127.0.0.1. Errors:
// EINVAL.
int ports_parse(const char *text, struct published *published);

// Returns whether any port is published.
bool ports_any(void);

// Listens at all published ports, or dies with one line that says what to do. Call it before the fork: a failure then leaves nothing
// half-made.
void ports_listen(void);

// In the parent, once the container's address is known: prepares to serve. Returns a descriptor for gcr_wait_serving(), which is
// readable while ports_serve() has something to do, or -1 if no port is published. Dies on failure.
int ports_start(struct in_addr container);

// Handles what is ready, up to a limit. Never blocks.
void ports_serve(void);

// After the container's end: passes on what it had sent, for at most a minute, and closes everything.
void ports_end(void);

#endif
