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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int passed_on[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };

int gcr_parent_pidfd = -1;
static int signals = -1; // a signalfd(2) of those that are held back

// Those of them that gcr was not told to ignore, as nohup(1) and a shell's & do.
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

// In the child: what it does not inherit.
static void start_afresh(const sigset_t *mask)
{
	gcr_at_death(NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	umask(022);
	// PID 1 cannot be stopped: in the background it would start to read the terminal over and over again.
	signal(SIGTTIN, SIG_IGN);
}

pid_t gcr_clone(const struct gcr_namespace *namespaces, int *pidfd)
{
	return gcr_clone_into(namespaces, -1, pidfd);
}

pid_t gcr_clone_into(const struct gcr_namespace *namespaces, int cgroup, int *pidfd)
{
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
	if (cgroup != -1) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
		gcr_explain("CLONE_INTO_CGROUP", "in its cgroup from its first instruction on");
	}
	gcr_parent_pidfd = pidfd_open(getpid(), 0);
	signals = signalfd(signals, &hold, SFD_CLOEXEC); // now: later there is a child to be rid of
	if (gcr_parent_pidfd == -1 || signals == -1)
		return -1;

	signal(SIGCHLD, SIG_DFL); // ignored, a child would leave no status
	if (terminal_decide())
		sigaddset(&hold, SIGTSTP); // Ctrl+Z is the container's alone
	// None may be lost between the fork and the wait.
	sigprocmask(SIG_BLOCK, &hold, &before);
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (child == 0)
		start_afresh(&before);
	else if (child == -1)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return child;
}

pid_t gcr_start_program(char *const command[])
{
	return gcr_start_program_on(command, -1, -1);
}

pid_t gcr_start_program_on(char *const command[], int input, int output)
{
	posix_spawn_file_actions_t actions;
	pid_t program;

	gcr_explain_program(command, "in a process of its own");
	posix_spawn_file_actions_init(&actions);
	if (input != -1)
		posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (output != -1)
		posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	errno = posix_spawnp(&program, command[0], &actions, NULL, command, environ);
	int result = errno == 0 ? program : -1;
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

int gcr_finish_program(pid_t program)
{
	siginfo_t info;

	if (waitid(P_PID, (id_t)program, &info, WEXITED) == -1)
		return -1;
	return gcr_exit_status(&info);
}

bool gcr_takes_signal(FILE *status, int signal)
{
	char line[128]; // longer lines come in pieces, none of which starts as these do
	unsigned long long mask;

	while (fgets(line, sizeof(line), status))
		if ((sscanf(line, "SigBlk: %llx", &mask) == 1 ||
			    sscanf(line, "SigCgt: %llx", &mask) == 1) &&
			mask >> (signal - 1) & 1)
			return true;
	return false;
}

static void pass_on(const struct signalfd_siginfo *signal, pid_t child, int pidfd)
{
	char path[sizeof("/proc/4194304/status")];
	int number = (int)signal->ssi_signo;

	snprintf(path, sizeof(path), "/proc/%d/status", child);
	FILE *status = fopen(path, "re"); // unreadable: it takes none
	bool taken = status && gcr_takes_signal(status, number);
	if (status)
		fclose(status);

	if (!taken)
		pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
	// Ctrl+C reaches the whole process group at once: the child of ours has it already.
	else if (signal->ssi_code != SI_KERNEL || getpgid(child) != getpgrp())
		pidfd_send_signal(pidfd, number, NULL, 0);
}

static int wait_passing_signals_on(pid_t child, int pidfd, int fd, void (*serve)(void))
{
	struct pollfd events[] = { { pidfd, POLLIN, 0 }, { signals, POLLIN, 0 },
		{ fd, POLLIN, 0 } };

	while (!events[0].revents) {
		struct signalfd_siginfo signal;

		if (poll(events, COUNT(events), -1) == -1 && errno != EINTR)
			return -1;
		if (events[1].revents && read(signals, &signal, sizeof(signal)) == sizeof(signal))
			pass_on(&signal, child, pidfd);
		if (events[2].revents)
			serve();
	}
	return 0;
}

int gcr_exit_status(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status : GCR_SIGNALED + info->si_status;
}

int gcr_wait(pid_t child, int pidfd)
{
	return gcr_wait_serving(child, pidfd, -1, NULL);
}

int gcr_wait_serving(pid_t child, int pidfd, int fd, void (*serve)(void))
{
	siginfo_t info;

	terminal_lend_to(child);
	if (wait_passing_signals_on(child, pidfd, fd, serve) == -1)
		return -1;
	if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1)
		return -1;
	terminal_take_back();
	return gcr_exit_status(&info);
}
