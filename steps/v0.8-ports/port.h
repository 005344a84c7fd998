// A published port: the socket on the host and its target. ports.c opens the socket; tcp.c or udp.c serves it.

#ifndef PORT_H
#define PORT_H

#include "loop.h"

struct port {
	struct watched listener;
	struct timer pause; // when it listens again
	struct sockaddr_in container; // the target in the container
	int64_t patience; // until this time of loop_time(), a client waits for the container to listen; 0: it has listened
};

#endif
