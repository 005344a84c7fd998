// A loop around epoll(7). It calls a function for each descriptor that is ready and each timer that has expired.

#include "loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { TURNS = 32 }; // calls in one loop_serve(), at most

static void call_expired(struct watched *alarm, uint32_t events);

static struct {
	int epoll;
	struct watched alarm; // timerfd_create(2)
	int64_t alarm_time; // when it rings; 0: never
	struct timer *timers; // every timer that was ever set
} loop = { .epoll = -1, .alarm = { -1, 0, call_expired } };

int loop_watch(struct watched *watched, uint32_t events)
{
	int operation = !watched->events ? EPOLL_CTL_ADD : events ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
	struct epoll_event event = { events, { watched } };

	if (events == watched->events)
		return 0;
	if (epoll_ctl(loop.epoll, operation, watched->fd, &event) == -1)
		return -1;
	watched->events = events;
	return 0;
}

int64_t loop_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_alarm(int64_t time)
{
	struct itimerspec at = { .it_value = { time / 1000, time % 1000 * 1000000 } };

	if (loop.alarm_time && loop.alarm_time <= time)
		return;
	loop.alarm_time = time;
	timerfd_settime(loop.alarm.fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static bool is_listed(const struct timer *timer)
{
	for (const struct timer *one = loop.timers; one; one = one->next)
		if (one == timer)
			return true;
	return false;
}

void loop_set_timer(struct timer *timer, int64_t time)
{
	if (timer->time && timer->time <= time)
		return;
	timer->time = time;
	if (!is_listed(timer)) {
		timer->next = loop.timers;
		loop.timers = timer;
	}
	set_alarm(time);
}

static void call_expired(struct watched *alarm, uint32_t events)
{
	uint64_t expirations;
	ssize_t ignored = read(alarm->fd, &expirations, sizeof(expirations));
	int64_t now = loop_time();

	(void)ignored;
	(void)events;
	loop.alarm_time = 0;
	for (struct timer *timer = loop.timers; timer; timer = timer->next) {
		if (timer->time && timer->time <= now) {
			timer->time = 0;
			timer->expired(timer->owner);
		}
		if (timer->time)
			set_alarm(timer->time);
	}
}

int loop_open(void)
{
	loop.epoll = epoll_create1(EPOLL_CLOEXEC);
	loop.alarm.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop.epoll == -1 || loop.alarm.fd == -1 || loop_watch(&loop.alarm, EPOLLIN) == -1)
		return -1;
	return loop.epoll;
}

bool loop_serve(void)
{
	struct epoll_event event;
	int turns = 0;

	// One event at a time: the function may free a descriptor that a second event would still name.
	for (; turns < TURNS && epoll_wait(loop.epoll, &event, 1, 0) == 1; turns++) {
		struct watched *watched = event.data.ptr;
		watched->ready(watched, event.events);
	}
	return turns > 0;
}

int loop_connect(int fd, const struct sockaddr_in *address)
{
	int result = connect(fd, (const struct sockaddr *)address, sizeof(*address));

	return result == -1 && errno == EINPROGRESS ? 0 : result;
}
