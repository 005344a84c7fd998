// The container's process: making it, passing signals on to it, waiting until it ends.

#include "process.h"
#include "array.h"
#include "log.h"
#include "terminal.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int passed_on[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };

// The signals to pass on. gcr was started to ignore some of them by nohup(1) or a shell's &: those are left out.
static sigset_t signals_passed_on(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(passed_on); i++) {
		struct sigaction action;
		if (sigaction(passed_on[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&set, passed_on[i]);
	}
	return set;
}

// In the child: undoes what it should not inherit from gcr.
static void start_afresh(const sigset_t *mask)
{
	gcr_at_death(NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	umask(022);
	// The kernel never stops PID 1. As a background job it would retry its read of the terminal forever.
	signal(SIGTTIN, SIG_IGN);
}

pid_t gcr_clone(const struct gcr_namespace *namespaces, struct gcr_child *child)
{
	return gcr_clone_into(namespaces, -1, child);
}

// Collects the flags. Under --explain, prints each.
static struct clone_args clone_arguments(
	const struct gcr_namespace *namespaces, int cgroup, int *pidfd)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};

	for (const struct gcr_namespace *row = namespaces; row->name; row++) {
		args.flags |= row->flag;
		if (row->flag)
			gcr_explain(row->name, row->reason);
	}
	if (cgroup != -1) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
		gcr_explain("CLONE_INTO_CGROUP", "in its cgroup from its first instruction on");
	}
	return args;
}

pid_t gcr_clone_into(const struct gcr_namespace *namespaces, int cgroup, struct gcr_child *child)
{
	sigset_t hold = signals_passed_on(), before;
	struct clone_args args = clone_arguments(namespaces, cgroup, &child->pidfd);

	child->parent_pidfd = pidfd_open(getpid(), 0);
	child->signals =
		signalfd(-1, &hold, SFD_CLOEXEC); // before the fork: a failure leaves no child
	if (child->parent_pidfd == -1 || child->signals == -1)
		return -1;

	signal(SIGCHLD, SIG_DFL); // if it is ignored, a child leaves no status
	if (terminal_decide())
		sigaddset(&hold, SIGTSTP); // Ctrl+Z must stop the container's jobs, not gcr
	// Blocked signals wait in the signalfd, so none is lost between the fork and the wait.
	sigprocmask(SIG_BLOCK, &hold, &before);
	child->id = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (child->id == 0)
		start_afresh(&before);
	else if (child->id == -1)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return child->id;
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

bool gcr_takes_signal(FILE *status, int signal)
{
	char line[128]; // of a longer line, no piece starts as these two lines do
	unsigned long long mask;

	while (fgets(line, sizeof(line), status))
		if ((sscanf(line, "SigBlk: %llx", &mask) == 1 ||
			    sscanf(line, "SigCgt: %llx", &mask) == 1) &&
			mask >> (signal - 1) & 1)
			return true;
	return false;
}

static void pass_on(const struct signalfd_siginfo *signal, const struct gcr_child *child)
{
	char path[sizeof("/proc/4194304/status")];
	int number = (int)signal->ssi_signo;

	snprintf(path, sizeof(path), "/proc/%d/status", child->id);
	FILE *status = fopen(path, "re"); // if unreadable, assume that it takes no signal
	bool taken = status && gcr_takes_signal(status, number);
	if (status)
		fclose(status);

	if (!taken)
		pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
	// The terminal sends Ctrl+C to the whole process group. A child in gcr's group has it already.
	else if (signal->ssi_code != SI_KERNEL || getpgid(child->id) != getpgrp())
		pidfd_send_signal(child->pidfd, number, NULL, 0);
}

static int wait_passing_signals_on(const struct gcr_child *child, int fd, void (*serve)(void))
{
	struct pollfd events[] = { { child->pidfd, POLLIN, 0 }, { child->signals, POLLIN, 0 },
		{ fd, POLLIN, 0 } };

	while (!events[0].revents) {
		struct signalfd_siginfo signal;

		if (poll(events, COUNT(events), -1) == -1 && errno != EINTR)
			return -1;
		if (events[1].revents &&
			read(child->signals, &signal, sizeof(signal)) == sizeof(signal))
			pass_on(&signal, child);
		if (events[2].revents)
			serve();
	}
	return 0;
}

int gcr_exit_status(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status : GCR_SIGNALED + info->si_status;
}

int gcr_wait(const struct gcr_child *child)
{
	return gcr_wait_serving(child, -1, NULL);
}

int gcr_wait_serving(const struct gcr_child *child, int fd, void (*serve)(void))
{
	siginfo_t info;

	terminal_lend_to(child->id);
	if (wait_passing_signals_on(child, fd, serve) == -1)
		return -1;
	if (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED) == -1)
		return -1;
	terminal_take_back();
	return gcr_exit_status(&info);
}
