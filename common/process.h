// The container's process: making it, passing signals on to it, waiting until it ends.

#ifndef GCR_PROCESS_H
#define GCR_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

// A namespace to make for the container. A table ends with { 0 }. A row whose flag is 0 is skipped.
struct gcr_namespace {
	uint64_t flag; // CLONE_NEW…, see namespaces(7)
	const char *name;
	const char *reason;
};
// Versions of clang-format do not agree on this line.
// clang-format off
#define NAMESPACE(flag, reason) { flag, #flag, reason }
// clang-format on

// A process that gcr_clone() has made. Both parent and child have this struct.
struct gcr_child {
	int pidfd; // the child (pidfd_open(2)); closed on exec
	int parent_pidfd; // its parent
	int signals; // the signals that gcr_wait() passes on (signalfd(2))
	pid_t id; // the child's process id in the parent; 0 in the child
};

// Forks this process into new namespaces. Like fork(2), it returns 0 in the child and the child's process id in the
// parent. The parent then blocks the signals that gcr_wait() passes on. The child starts with umask(2) 022. Errors:
// clone3 in clone(2), pidfd_open(2), signalfd(2).
pid_t gcr_clone(const struct gcr_namespace *namespaces, struct gcr_child *child);

// As gcr_clone(), with the child in a cgroup from its first instruction on (CLONE_INTO_CGROUP in clone(2)). cgroup is
// a descriptor of the cgroup's directory (version 2), or -1 for the caller's cgroup.
pid_t gcr_clone_into(const struct gcr_namespace *namespaces, int cgroup, struct gcr_child *child);

// In the child: the kernel kills it when its parent dies (PR_SET_PDEATHSIG(2const)). A change of credentials cancels
// this, so call it after the last one. A command that changes its user, as gosu(1) does, cancels it too, and outlives a
// killed gcr. If the parent is dead already, this process ends. Errors: prctl(2), poll(2).
int gcr_die_with_parent(const struct gcr_child *child);

// Waits until the child ends. Meanwhile passes SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and SIGUSR2 on to it, except
// those that gcr was started to ignore. Signals have no default action for PID 1 of a pid namespace (pid_namespaces(7)).
// So if the child neither catches nor waits for a signal, it gets SIGKILL instead: Ctrl+C stops everything. At the end
// the caller's process group is the terminal's foreground again. Returns the status to exit with, see gcr_exit_status().
// Errors: poll(2), waitid(2).
int gcr_wait(const struct gcr_child *child);

// As gcr_wait(), but also calls serve() whenever fd is readable (poll(2)). For several descriptors, pass an epoll(7)
// descriptor. If fd is -1, serve() is never called.
int gcr_wait_serving(const struct gcr_child *child, int fd, void (*serve)(void));

// Returns the exit status for the end of a process (waitid(2)): its own status, or 128 + N if signal N ended it.
int gcr_exit_status(const siginfo_t *info);

// Returns whether a process takes a signal. status is its /proc/PID/status (proc(5)). SigCgt lists the signals that it
// catches, SigBlk the signals that it blocks, perhaps to read them from a signalfd(2). A signal that it waits for by
// sigwait(3) is in neither list.
bool gcr_takes_signal(FILE *status, int signal);

#endif
