// Copying what comes from one descriptor to another.

#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPLICE_SIZE 1048576 // the kernel takes what the pipe has room for

static bool is_pipe(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

void gcr_relay_open(struct gcr_relay *relay, int from, int to)
{
	relay->from = from;
	relay->to = to;
	relay->begin = relay->end = 0;
	relay->spliced = from != -1 && to != -1 && !isatty(from) && !isatty(to);
	relay->from_file = relay->spliced && !is_pipe(from);
	if (from == -1 || to == -1)
		gcr_relay_end(relay);
}

struct pollfd gcr_relay_event(const struct gcr_relay *relay)
{
	if (relay->begin < relay->end || relay->from_file)
		return (struct pollfd){ relay->to, POLLOUT, 0 };
	return (struct pollfd){ relay->from, POLLIN, 0 };
}

// Whether an error says no more than that a descriptor is not ready.
static bool is_for_now(int error)
{
	return error == EAGAIN || error == EINTR;
}

static int splice_more(struct gcr_relay *relay)
{
	ssize_t count = splice(relay->from, NULL, relay->to, NULL, SPLICE_SIZE, SPLICE_F_NONBLOCK);

	if (count == -1 && errno == EINVAL) {
		relay->spliced = relay->from_file =
			false; // not to a file that is open for appending
		return 1;
	}
	return count == -1 ? -1 : count > 0;
}

// Returns whether there may be more: 0 at the end of the input.
static int copy_more(struct gcr_relay *relay)
{
	if (relay->begin == relay->end) {
		ssize_t count = read(relay->from, relay->data, sizeof(relay->data));
		if (count <= 0)
			return (int)count;
		relay->begin = 0;
		relay->end = (size_t)count;
	}
	ssize_t count = write(relay->to, relay->data + relay->begin, relay->end - relay->begin);
	if (count == -1)
		return -1;
	relay->begin += (size_t)count;
	return 1;
}

int gcr_relay_copy(struct gcr_relay *relay)
{
	int more = relay->spliced ? splice_more(relay) : copy_more(relay);

	if (more == 1 || (more == -1 && is_for_now(errno)))
		return 0;
	// A terminal whose last user has closed it, or a pipe without a reader, is an end as well.
	bool failed = more == -1 && errno != EIO && errno != EPIPE;
	int error = errno;
	gcr_relay_end(relay);
	errno = error;
	return failed ? -1 : 0;
}

void gcr_relay_end(struct gcr_relay *relay)
{
	if (relay->from != -1)
		close(relay->from);
	if (relay->to != -1)
		close(relay->to);
	relay->from = relay->to = -1;
}
