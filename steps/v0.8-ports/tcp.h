// Published ports: TCP. A connection has a socket to the client and one to the container, with pipes between them (splice(2)).

#ifndef TCP_H
#define TCP_H

#include "port.h"

#include <stdbool.h>
#include <sys/socket.h>

// Makes a socket listen at the address. Errors: setsockopt(2), bind(2), listen(2).
int tcp_listen(int fd, const struct sockaddr *address, socklen_t size);

// Sets the most connections that there may be, from the number of descriptors that this process may have open.
void tcp_limit(uint64_t descriptors);

// Accepts a client. The loop calls it for a port's listener. If the container has not listened yet, the client waits, up to the
// port's patience. Later, a client that the container refuses is reset at once.
void tcp_accept(struct watched *listener, uint32_t events);

// Returns whether the container may have sent data that is not passed on yet.
bool tcp_is_busy(void);

// Closes all connections.
void tcp_close_all(void);

#endif
