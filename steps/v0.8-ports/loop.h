// A loop around epoll(7). It calls a function for each descriptor that is ready and each timer that has expired.
//
// The loop is level-triggered: a descriptor with work left stays ready. The kernel returns ready descriptors in turn, so a busy
// one does not hold up the others. Nothing here may end gcr.

#ifndef LOOP_H
#define LOOP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

// A descriptor in the loop. It is the first member of a larger struct, so that ready() can turn its pointer into one to that.
struct watched {
	int fd;
	uint32_t events; // what the loop waits for; 0: nothing, not even errors
	void (*ready)(struct watched *watched, uint32_t events); // may free watched
};

// A time at which the loop calls expired(owner). The struct must live as long as the loop.
struct timer {
	void (*expired)(void *owner);
	void *owner;
	int64_t time; // of loop_time(); 0: never
	struct timer *next; // for loop.c only
};

// Makes the loop. Returns a descriptor that is readable while loop_serve() has something to do. Errors: epoll_create1(2),
// timerfd_create(2), epoll_ctl(2).
int loop_open(void);

// Handles what is ready, up to a limit. Never blocks. Returns whether it has handled anything.
bool loop_serve(void);

// Makes the loop wait for these events (EPOLLIN…) of a descriptor. Errors: epoll_ctl(2).
int loop_watch(struct watched *watched, uint32_t events);

// Returns milliseconds on a clock that is never set (CLOCK_MONOTONIC in clock_gettime(2)).
int64_t loop_time(void);

// Sets a timer to a time of loop_time(), unless it is set to an earlier one.
void loop_set_timer(struct timer *timer, int64_t time);

// Starts to connect a non-blocking socket. The socket is writable once that has succeeded or failed. Errors: connect(2), but
// not EINPROGRESS.
int loop_connect(int fd, const struct sockaddr_in *address);

#endif
