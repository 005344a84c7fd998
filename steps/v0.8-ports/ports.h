// Published ports (-p): what connects to a port of the host's reaches one of the container's. gcr's own process passes it on,
// with no privilege. The host's firewall stays as it is, and when gcr ends, however it ends, the port is closed.

#ifndef PORTS_H
#define PORTS_H

#include "cli.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

extern const struct gcr_option ports_options[];

// What -p says: where to listen, and which port of the container's that leads to.
struct published {
	struct sockaddr_storage host; // a sockaddr_in or sockaddr_in6
	in_port_t container; // in network byte order, as in sockaddr_in
	int type; // SOCK_STREAM or SOCK_DGRAM
};

// Reads [IP:]HOST:CONTAINER[/tcp|/udp], as in 8080:80 or [::1]:5353:53/udp. Without IP it is 127.0.0.1. Errors: EINVAL if it
// is none.
int ports_parse(const char *text, struct published *published);

// Whether there are any.
bool ports_any(void);

// Opens all of them, or dies with one line that says what to do. It comes before the fork, so that nothing is half-made then.
void ports_open(void);

// In the parent, once the container's address is known: gets ready to serve. Returns a descriptor for gcr_wait_serving(), which
// is readable when ports_serve() has something to do. -1 if none are published. Dies where it fails.
int ports_start(struct in_addr container);

// Does some of what there is to do, and never blocks.
void ports_serve(void);

// After the container's end: passes on what that has sent, for a second at most, and closes everything.
void ports_end(void);

#endif
