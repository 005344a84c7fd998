// A port that is open on the host, and where it leads. ports.c opens it; tcp.c or udp.c serves it.

#ifndef PORT_H
#define PORT_H

#include "loop.h"

struct port {
	struct watched listener;
	struct timer pause; // until it listens again
	struct sockaddr_in container; // where it leads
};

#endif
