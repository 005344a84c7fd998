// The container's process, from the outside: starting it, passing signals on, waiting for its end.

#include "process.h"
#include "gcr.h"
#include "terminal.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int passed_on[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };

int gcr_parent_pidfd = -1;

static sigset_t signals_passed_on(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(passed_on); i++)
		sigaddset(&set, passed_on[i]);
	return set;
}

pid_t gcr_clone(const struct gcr_namespace *namespaces, int *pidfd)
{
	bool lend = terminal_can_be_lent();
	sigset_t hold = signals_passed_on(), before;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};

	for (const struct gcr_namespace *one = namespaces; one->flag; one++) {
		args.flags |= one->flag;
		gcr_explain(one->name, one->reason);
	}
	gcr_parent_pidfd = pidfd_open(getpid(), 0);
	if (gcr_parent_pidfd == -1)
		return -1;

	// None may be lost between the fork and the wait; and Ctrl+Z is the container's, once gcr is in its
	// process group.
	if (lend)
		sigaddset(&hold, SIGTSTP);
	sigprocmask(SIG_BLOCK, &hold, &before);
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (lend && child == 0)
		terminal_take();
	if (lend && child > 0)
		terminal_lend_to(child);
	if (child <= 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return child;
}

pid_t gcr_start_program(char *const command[])
{
	pid_t program;

	errno = posix_spawnp(&program, command[0], NULL, NULL, command, environ);
	return errno == 0 ? program : -1;
}

int gcr_finish_program(pid_t program)
{
	siginfo_t info;

	if (waitid(P_PID, (id_t)program, &info, WEXITED) == -1)
		return -1;
	return gcr_exit_status(&info);
}

bool gcr_takes_signal(const char *status, int signal)
{
	static const char *const masks[] = { "\nSigCgt:", "\nSigBlk:" };

	for (size_t i = 0; i < COUNT(masks); i++) {
		const char *mask = strstr(status, masks[i]);
		if (mask && strtoull(mask + strlen(masks[i]), NULL, 16) >> (signal - 1) & 1)
			return true;
	}
	return false;
}

static void pass_on(const struct signalfd_siginfo *signal, pid_t child, int pidfd)
{
	char path[sizeof("/proc/4194304/status")];
	char status[4096] = "";
	int number = (int)signal->ssi_signo;

	snprintf(path, sizeof(path), "/proc/%d/status", child);
	gcr_read_file(path, status, sizeof(status)); // unreadable: nothing is caught

	if (!gcr_takes_signal(status, number))
		pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
	// Ctrl+C reaches the whole process group at once: the child of ours has it already.
	else if (signal->ssi_code != SI_KERNEL || getpgid(child) != getpgrp())
		pidfd_send_signal(pidfd, number, NULL, 0);
}

static int wait_passing_signals_on(pid_t child, int pidfd)
{
	sigset_t set = signals_passed_on();
	CLEANUP_CLOSE int signals = signalfd(-1, &set, SFD_CLOEXEC);
	struct pollfd events[] = { { pidfd, POLLIN, 0 }, { signals, POLLIN, 0 } };

	if (signals == -1)
		return -1;
	while (!events[0].revents) {
		struct signalfd_siginfo signal;

		if (poll(events, 2, -1) == -1 && errno != EINTR)
			return -1;
		if (events[1].revents && read(signals, &signal, sizeof(signal)) == sizeof(signal))
			pass_on(&signal, child, pidfd);
	}
	return 0;
}

int gcr_exit_status(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status : GCR_SIGNALED + info->si_status;
}

int gcr_wait(pid_t child, int pidfd)
{
	siginfo_t info;

	if (wait_passing_signals_on(child, pidfd) == -1)
		return -1;
	if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1)
		return -1;
	terminal_take_back();
	return gcr_exit_status(&info);
}
