// The command's standard streams. None of them is a terminal, a file or a device of the caller: a process
// can open its descriptors again, by /proc/self/fd, with more access than it was given.

#ifndef GCR_STREAMS_H
#define GCR_STREAMS_H

#include "relay.h"
#include "terminal.h"

#include <stdbool.h>
#include <sys/types.h>

struct gcr_streams {
	int command[3]; // they become descriptors 0, 1 and 2 of the command
	struct gcr_relay relays[3]; // in gcr, between these and its own descriptors
	struct gcr_terminal
		terminal; // the container's, if descriptors 0 and 1 of gcr are a terminal
};

// Before the fork: decides what the command gets. For a terminal, a terminal of its own, which the child opens. For a
// file, and for a terminal beside a pipe, a pipe that gcr copies. Else gcr's own descriptor. Dies if that is a directory:
// a process inside could walk up from it. Errors: fstat(2), pipe(2), fcntl(2).
int gcr_open_streams(struct gcr_streams *streams);

// In the parent: makes pipes and sockets among the streams, but no FIFO, belong to the container's root, as other container runtimes
// do. Then /dev/stdout can be opened inside. Errors: fchown(2).
int gcr_give_streams(const struct gcr_streams *streams, uid_t user, gid_t group);

// In the command's process, which leads a session: descriptors 0, 1 and 2 become its streams, and its terminal, if it has
// one, becomes its controlling terminal. A device such as /dev/null becomes the container's own. Errors: dup2(2), open(2),
// TIOCSCTTY(2const).
int gcr_take_streams(const struct gcr_streams *streams);

// What gcr_wait() does with the streams. In the parent after the fork: closes the command's streams, which the child has
// now, but for the pipe that it reads.
void streams_close_command(struct gcr_streams *streams);

// Copies between gcr's terminal and the container's, which has just come.
void streams_start_terminal(struct gcr_streams *streams);

// Fills in what the three relays wait for (poll(2)).
void streams_list_events(const struct gcr_streams *streams, struct pollfd events[3]);

// Returns whether a relay has still to write what it has read.
bool streams_pending(const struct gcr_streams *streams);

// If gcr copies from a terminal into a pipe and another program has the terminal now, takes the terminal out of the events. What
// is typed is then for the other program: less(1) behind gcr, or the shell if gcr is its background job. Returns whether it did;
// if so, ask again after a moment.
bool streams_leave_terminal(const struct gcr_streams *streams, struct pollfd events[3]);

// At the end: what the command has not read of a file is left to gcr's caller. The file's offset goes back (lseek(2)).
void streams_give_back(const struct gcr_streams *streams);

// Copies where the events say that something is ready. Warns if a stream takes no more, as on a full disk.
void streams_copy(struct gcr_streams *streams, const struct pollfd events[3]);

#endif
