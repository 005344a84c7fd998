// Published ports: connections. Each has a socket of the client's and one to the container, with pipes between them
// (splice(2)).

#ifndef TCP_H
#define TCP_H

#include "port.h"

#include <stdbool.h>
#include <sys/socket.h>

// Has a socket listen. Errors: setsockopt(2), bind(2), listen(2).
int tcp_listen(int fd, const struct sockaddr *address, socklen_t size);

// Tells how many descriptors this process may have open. So many connections there are at most.
void tcp_limit(uint64_t descriptors);

// Takes a client: what a port's listener calls. A client whom the container does not answer waits for a while.
void tcp_accept(struct watched *listener, uint32_t events);

// Whether the container may have sent something that has not been passed on.
bool tcp_is_busy(void);

// Closes all connections.
void tcp_close_all(void);

#endif
