// A published port: the socket on the host and its target. ports.c opens the socket; tcp.c or udp.c serves it.

#ifndef PORT_H
#define PORT_H

#include "loop.h"

struct port {
	struct watched listener;
	struct timer pause; // when it listens again
	struct sockaddr_in container; // the target in the container
	// Times of loop_time(): until when the container may be starting, and when it was first seen to listen (0: not yet).
	int64_t patience, listened;
};

#endif
