// Published ports (-p): what connects to a port of the host's reaches one of the container's. gcr's own process passes it
// on, with no privilege: the host's firewall stays as it is, and when gcr ends, however it ends, the port is closed.

#ifndef PORTS_H
#define PORTS_H

#include "gcr.h"

// The setter of -p (struct gcr_option): notes a port. Dies where the value makes no sense.
void ports_publish(const char *value);

// Whether there are any.
bool ports_any(void);

// Opens all of them, or dies with one line that says what to do. Before the fork, so that nothing is half-made then.
void ports_open(void);

// In the parent, once the container's address is known: gets ready to serve. Returns a descriptor that is readable when
// ports_serve() has something to do, for gcr_wait_serving(); -1 if none are published. Dies where it fails.
int ports_start(struct in_addr container);

// Does some of what there is to do, and never blocks.
void ports_serve(void);

// After the container's end: passes on what that has sent, for a second at most, and closes everything.
void ports_end(void);

#endif
