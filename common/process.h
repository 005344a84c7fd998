// The container's process: making it, passing signals on to it, waiting for its end.

#ifndef GCR_PROCESS_H
#define GCR_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

// A namespace to make for the container. A table ends with { 0 }. A row without a flag is left out.
struct gcr_namespace {
	uint64_t flag; // CLONE_NEW…, see namespaces(7)
	const char *name;
	const char *reason;
};
// Versions of clang-format do not agree on it.
// clang-format off
#define NAMESPACE(flag, reason) { flag, #flag, reason }
// clang-format on

// A process that gcr_clone() has made. The child itself has it, too.
struct gcr_child {
	int pidfd; // of the child (pidfd_open(2)), closed on exec
	int parent_pidfd; // of its parent
	int signals; // those that gcr_wait() passes on (signalfd(2))
	pid_t id; // as the parent knows it; 0 in the child
};

// Forks this process into new namespaces. Like fork(2), it returns 0 in the child and the child's process id in the
// parent. From here on the parent holds the signals of gcr_wait() back. The child starts with the usual umask(2), 022.
// Errors: clone3 in clone(2), pidfd_open(2), signalfd(2).
pid_t gcr_clone(const struct gcr_namespace *namespaces, struct gcr_child *child);

// As gcr_clone(), with the child in a cgroup from its first instruction on (CLONE_INTO_CGROUP in clone(2)). cgroup is
// its directory in a cgroup v2 hierarchy, opened. -1: the caller's own.
pid_t gcr_clone_into(const struct gcr_namespace *namespaces, int cgroup, struct gcr_child *child);

// In the child: lets it die with its parent, however that dies (PR_SET_PDEATHSIG(2const)). A change of credentials
// undoes it, so it comes after the last of ours. A command that changes its user itself, as gosu(1) does, undoes it, too,
// and outlives a killed gcr. If the parent is gone already, this process ends. Errors: prctl(2), poll(2).
int gcr_die_with_parent(const struct gcr_child *child);

// Waits until the child ends. Meanwhile passes SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and SIGUSR2 on to it, but those
// that gcr was started to ignore. PID 1 of a pid namespace has no default actions (pid_namespaces(7)): a signal that
// the child neither catches nor waits for ends it with SIGKILL instead, so that Ctrl+C stops everything. Afterwards the
// terminal's foreground is the caller's again. Returns the status to exit with, see gcr_exit_status(). Errors: poll(2),
// waitid(2).
int gcr_wait(const struct gcr_child *child);

// As gcr_wait(), and meanwhile calls serve() whenever the descriptor is readable (poll(2)). An epoll(7) stands for many.
// -1: nothing to serve.
int gcr_wait_serving(const struct gcr_child *child, int fd, void (*serve)(void));

// The exit status that stands for the end of a process (waitid(2)): its own, or 128 + N for signal N.
int gcr_exit_status(const siginfo_t *info);

// Whether a signal sent to the process would do something, as the text of its /proc/PID/status tells (proc(5)). SigCgt
// has the signals that it catches, SigBlk those that it holds back to read them from a signalfd(2). What sigwait(3)
// waits for shows in neither.
bool gcr_takes_signal(FILE *status, int signal);

#endif
