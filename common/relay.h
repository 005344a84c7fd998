// Copying what comes from one descriptor to another.

#ifndef GCR_RELAY_H
#define GCR_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct gcr_relay {
	int from, to; // both belong to the relay; -1 once it has ended
	bool spliced; // one is a pipe, and the kernel copies (splice(2))
	bool from_file; // a file is always ready: what counts is whether the pipe takes more
	size_t begin, end; // what is read and not written yet
	char data[4096]; // as much as a terminal gives at once
};

// Prepares to copy. Neither descriptor should block, or the other relays wait. Ends the relay if one of them is -1.
void gcr_relay_open(struct gcr_relay *relay, int from, int to);

// Says what the relay waits for (poll(2)). A relay that has ended waits for nothing.
struct pollfd gcr_relay_event(const struct gcr_relay *relay);

// Copies what is ready. At the end of the input, or when a side is gone, the relay ends and both sides are closed. Errors:
// read(2), write(2) and splice(2), as ENOSPC.
int gcr_relay_copy(struct gcr_relay *relay);

// Ends the relay: closes both sides.
void gcr_relay_end(struct gcr_relay *relay);

#endif
