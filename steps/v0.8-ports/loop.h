// A loop around epoll(7): descriptors and timers, each with the function that it calls.
//
// It is level-triggered: what is not done stays readable, and the kernel hands out the ready descriptors in turn, so that none
// waits for a busy one. Nothing here may end gcr.

#ifndef LOOP_H
#define LOOP_H

#include <netinet/in.h>
#include <stdint.h>

// A descriptor in the loop. It is the first member of what it belongs to, so that a pointer to the one is one to the other.
struct watched {
	int fd;
	uint32_t events; // what the loop waits for; 0: nothing, not even errors
	void (*ready)(struct watched *watched, uint32_t events); // may free it
};

// A moment at which the loop calls a function. The struct stays as long as the loop.
struct timer {
	void (*expired)(void *owner);
	void *owner;
	int64_t time; // of loop_time(); 0: never
	struct timer *next; // loop.c's
};

// Makes the loop. Returns a descriptor that is readable when loop_serve() has something to do. Errors: epoll_create1(2),
// timerfd_create(2).
int loop_open(void);

// Does some of what there is to do, and never blocks.
void loop_serve(void);

// Changes what the loop waits for. Errors: epoll_ctl(2).
int loop_watch(struct watched *watched, uint32_t events);

// Milliseconds on a clock that nobody sets (CLOCK_MONOTONIC in clock_gettime(2)).
int64_t loop_time(void);

// Sets a timer, unless it is set for an earlier time.
void loop_set_timer(struct timer *timer, int64_t time);

// Begins to connect a socket. That may take a while yet: then it becomes writable (connect(2)). Errors: connect(2).
int loop_connect(int fd, const struct sockaddr_in *address);

#endif
