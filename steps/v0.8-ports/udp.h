// Published ports: datagrams. Each client gets a socket of ours to the container, and so its answers.

#ifndef UDP_H
#define UDP_H

#include "port.h"

#include <sys/socket.h>

// Readies a socket for datagrams. Errors: setsockopt(2), bind(2).
int udp_bind(int fd, const struct sockaddr *address, socklen_t size);

// Passes a datagram on: what a port's listener calls.
void udp_receive(struct watched *listener, uint32_t events);

#endif
