// What the files of the proxy share. ports.c has the ports and the loop, tcp.c connections, udp.c datagrams.
//
// It is one loop around epoll(7), level-triggered: what is not done stays readable, and the kernel hands out the
// ready descriptors in turn, so that none waits for a busy one. Nothing here may end gcr.

#ifndef PROXY_H
#define PROXY_H

#include "gcr.h"

#include <sys/queue.h>

// A descriptor in the loop. It is the first member of what it belongs to, so that a pointer to the one is one to the
// other.
struct watched {
	int fd;
	uint32_t events; // what the loop waits for; 0: nothing, not even errors
	void (*ready)(struct watched *watched, uint32_t events); // may free it
};

// A published port.
struct port {
	struct watched listener;
	struct gcr_published published;
	STAILQ_ENTRY(port) next;
};

// ports.c
// -----------------------------------------------------------------------------------------------

// Changes what the loop waits for. Errors: epoll_ctl(2).
int loop_watch(struct watched *watched, uint32_t events);

// Milliseconds on a clock that nobody sets (CLOCK_MONOTONIC in clock_gettime(2)).
int64_t loop_time(void);

// Has the loop call tcp_wake() and udp_wake() at that time, and listen to all ports again.
void loop_wake(int64_t time);

// Connects a socket to where the port leads in the container; it may take a while yet. Errors: connect(2).
int port_connect(const struct port *port, int fd);

// tcp.c: a connection of a client's, and one of ours to the container, with pipes between them (splice(2))
// -----------------------------------------------------------------------------------------------

// Has a socket listen. Errors: setsockopt(2), bind(2), listen(2).
int tcp_listen(int fd, const struct sockaddr *address, socklen_t size);

// So many descriptors may be open.
void tcp_limit(uint64_t descriptors);

void tcp_accept(struct watched *listener, uint32_t events);
void tcp_wake(void);

// Whether the container may have sent something that has not been passed on. tcp_end() closes all connections.
bool tcp_busy(void);
void tcp_end(void);

// udp.c: a socket of ours to the container for each client
// -----------------------------------------------------------------------------------------------

// Readies a socket for datagrams. Errors: setsockopt(2), bind(2).
int udp_bind(int fd, const struct sockaddr *address, socklen_t size);

void udp_receive(struct watched *listener, uint32_t events);
void udp_wake(void);

#endif
