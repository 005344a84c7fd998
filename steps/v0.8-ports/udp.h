// Published ports: UDP. Each client has a socket to the container, so answers on that socket are for this client.

#ifndef UDP_H
#define UDP_H

#include "port.h"

#include <sys/socket.h>

// Binds a socket to the address. Errors: setsockopt(2), bind(2).
int udp_bind(int fd, const struct sockaddr *address, socklen_t size);

// Passes a datagram on. The loop calls it for a port's listener.
void udp_receive(struct watched *listener, uint32_t events);

#endif
