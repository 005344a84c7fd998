// The container's first process, seen from outside: passing signals on to it, and waiting until it ends.

#include "process.h"
#include "array.h"
#include "fd.h"
#include "log.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// A terminal stops jobs by the last three, and gcr is a job.
static const int not_passed_on[] = { SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU };

// Signals that gcr was started to ignore, as by nohup(1) or a shell's &, are left out, too.
static sigset_t signals_passed_on(void)
{
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < COUNT(not_passed_on); i++)
		sigdelset(&set, not_passed_on[i]);
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			sigdelset(&set, number);
	}
	return set;
}

int gcr_prepare_child(struct gcr_child *child)
{
	int ends[2];

	child->pidfd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return -1;
	child->to_child = ends[0];
	child->to_parent = ends[1];
	signal(SIGCHLD, SIG_DFL); // if it is ignored, a child leaves no status
	if (gcr_open_streams(&child->streams) == -1)
		return -1;
	child->parent_pidfd = pidfd_open(getpid(), 0);
	return child->parent_pidfd == -1 ? -1 : 0;
}

int gcr_leave_caller(void)
{
	gcr_at_death(NULL);
	gcr_explaining = gcr_explaining ? -1 : 0;
	umask(022);
	return setsid();
}

bool gcr_child_has_ended(const struct gcr_child *child)
{
	struct pollfd end = { child->pidfd, POLLIN, 0 };

	return poll(&end, 1, 0) == 1;
}

int gcr_die_with_parent(const struct gcr_child *child)
{
	struct pollfd parent = { child->parent_pidfd, POLLIN, 0 };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return -1;
	// The parent may have died before prctl(). getppid(2) cannot tell: across a pid namespace it returns 0.
	int gone = poll(&parent, 1, 0);
	if (gone == 1)
		_exit(GCR_FAILED); // the parent has printed why, or was killed
	return gone;
}

int gcr_open_terminal(struct gcr_child *child)
{
	return terminal_open(&child->streams.terminal, child->to_parent);
}

int gcr_keep_socket(const struct gcr_child *child)
{
	if (dup2(child->to_parent, STDIN_FILENO) == -1)
		return -1;
	return close_range(STDIN_FILENO + 1, ~0U, 0);
}

void gcr_set_title(char *arguments[], const char *title)
{
	size_t size = 0;

	for (char **word = arguments; *word && *word == arguments[0] + size; word++)
		size += strlen(*word) + 1; // they lie one after the other
	memset(arguments[0], 0, size);
	strncpy(arguments[0], title, size - 1);
	prctl(PR_SET_NAME, title);
}

int gcr_send_status(int status)
{
	return send(STDIN_FILENO, &status, sizeof(status), 0) == -1 ? -1 : 0;
}

void gcr_reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL); // fails for those that cannot have another action
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void pass_signal_on(const struct gcr_child *child, int signals)
{
	const struct gcr_terminal *terminal = &child->streams.terminal;
	struct signalfd_siginfo signal;

	if (read(signals, &signal, sizeof(signal)) != sizeof(signal))
		return;
	int number = (int)signal.ssi_signo;
	if (number == SIGCONT && terminal->outside != -1)
		terminal_make_raw(); // the shell had its own modes while gcr was stopped
	if (number == SIGCONT || number == SIGWINCH)
		terminal_copy_size(terminal);
	bool own = signal.ssi_pid == (uint32_t)getpid(); // SIGPIPE, at the end of a relay
	bool told = number == SIGWINCH && terminal->outside != -1; // the new size has told it
	if (!own && !told)
		pidfd_send_signal(child->pidfd, number, NULL, 0);
}

static void receive_message(struct gcr_child *child, int *status)
{
	struct gcr_terminal *terminal = &child->streams.terminal;
	int before = terminal->outside;

	if (terminal_receive(terminal, child->to_child, status) == 1 && terminal->outside != before)
		streams_start_terminal(&child->streams);
}

// What gcr waits for. The relays come last.
enum { CHILD, SIGNALS, MESSAGES, SERVED, RELAYS, EVENTS = RELAYS + 3 };

static int serve_until_end(
	struct gcr_child *child, struct pollfd events[EVENTS], void (*serve)(void), int *status)
{
	while (!events[CHILD].revents) {
		streams_list_events(&child->streams, events + RELAYS);
		bool left = streams_leave_terminal(&child->streams, events + RELAYS);
		if (poll(events, EVENTS, left ? 200 : -1) == -1 && errno != EINTR)
			return -1;
		if (events[SIGNALS].revents)
			pass_signal_on(child, events[SIGNALS].fd);
		if (events[MESSAGES].revents)
			receive_message(child, status);
		if (events[SERVED].revents)
			serve();
		streams_copy(&child->streams, events + RELAYS);
	}
	return 0;
}

// Copies what the container has left in its streams. A signal ends that: a terminal may take no more.
static void finish_streams(struct gcr_child *child, struct pollfd events[EVENTS])
{
	int ready = 1;

	events[CHILD].fd = events[MESSAGES].fd = events[SERVED].fd = -1;
	gcr_relay_end(&child->streams.relays[STDIN_FILENO]);
	streams_give_back(&child->streams);
	while (ready > 0 && !events[SIGNALS].revents) {
		streams_list_events(&child->streams, events + RELAYS);
		ready = poll(events, EVENTS, streams_pending(&child->streams) ? -1 : 0);
		streams_copy(&child->streams, events + RELAYS);
	}
}

int gcr_exit_status(int status)
{
	return WIFSIGNALED(status) ? GCR_SIGNALED + WTERMSIG(status) : WEXITSTATUS(status);
}

int gcr_wait(struct gcr_child *child)
{
	return gcr_wait_serving(child, -1, NULL);
}

int gcr_wait_serving(struct gcr_child *child, int fd, void (*serve)(void))
{
	sigset_t set = signals_passed_on();
	int status = -1, own;

	sigprocmask(SIG_BLOCK, &set, NULL);
	CLEANUP_CLOSE int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals == -1)
		return -1;
	struct pollfd events[EVENTS] = {
		[CHILD] = { child->pidfd, POLLIN, 0 },
		[SIGNALS] = { signals, POLLIN, 0 },
		[MESSAGES] = { child->to_child, POLLIN, 0 },
		[SERVED] = { fd, POLLIN, 0 },
	};

	streams_close_command(&child->streams);
	if (serve_until_end(child, events, serve, &status) == -1)
		return -1;
	while (terminal_receive(&child->streams.terminal, child->to_child, &status) == 1)
		; // the last messages
	finish_streams(child, events);
	terminal_restore();
	if (waitpid(child->id, &own, 0) == -1)
		return -1;
	return status == -1 ? own : status;
}

void gcr_end_as(int status)
{
	const struct rlimit none = { 0, 0 };
	sigset_t set;

	if (WIFSIGNALED(status)) {
		setrlimit(RLIMIT_CORE, &none); // the command has left its own core dump
		signal(WTERMSIG(status), SIG_DFL);
		sigemptyset(&set);
		sigaddset(&set, WTERMSIG(status));
		kill(getpid(), WTERMSIG(status));
		sigprocmask(SIG_UNBLOCK, &set, NULL);
	}
	// If gcr is PID 1 of a container around this one, the signal does not end it.
	exit(gcr_exit_status(status));
}
