// The container's first process, seen from outside: passing signals on to it, and waiting until it ends.

#ifndef GCR_PROCESS_H
#define GCR_PROCESS_H

#include "streams.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>
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

// The container's first process. Both it and gcr, its parent, have this struct.
struct gcr_child {
	pid_t id; // its process id outside; 0 in the child
	int pidfd; // the child, for gcr (pidfd_open(2))
	int parent_pidfd; // gcr, for the child
	int to_child, to_parent; // the ends of a socket: gcr's, and the child's (unix(7))
	struct gcr_streams streams; // the command's standard streams
};

// Before the fork: opens what gcr and the child need of each other, and the command's standard streams. Dies if one of
// them is a directory. Errors: pidfd_open(2), socketpair(2), pipe(2).
int gcr_prepare_child(struct gcr_child *child);

// In the child, first: a session of its own (setsid(2)), umask(2) 022, and nothing to do when it dies.
int gcr_leave_caller(void);

// In gcr: returns whether the child has ended. If it ends before the command begins, it has said why, or was killed. gcr_wait()
// still returns its status.
bool gcr_child_has_ended(const struct gcr_child *child);

// In the child: the kernel kills it when its parent dies (PR_SET_PDEATHSIG(2const)). A change of credentials cancels
// this, so call it after the last one. If the parent is dead already, this process ends. Errors: prctl(2), poll(2).
int gcr_die_with_parent(const struct gcr_child *child);

// In the child: if gcr's standard input and output are a terminal, opens one of the container's (pty(7)) for the command, and
// sends the other side to gcr. Errors: as of terminal_open() in terminal.h.
int gcr_open_terminal(struct gcr_child *child);

// In the child: closes every descriptor but to_parent, which becomes descriptor 0. Errors: dup2(2), close_range(2).
int gcr_keep_socket(const struct gcr_child *child);

// Replaces all of argv by a title, for ps(1). The words of argv are lost.
void gcr_set_title(char *arguments[], const char *title);

// In the child, whose descriptor 0 is to_parent: tells gcr how the command ended, as wait(2) has it. Errors: send(2).
int gcr_send_status(int status);

// In the command's process, before the exec: no signal is blocked, and each has its default action.
void gcr_reset_signals(void);

// Waits until the child ends. Meanwhile copies the command's standard streams, and passes signals on to the child: all but
// SIGKILL, SIGSTOP, SIGCHLD, those by which a terminal stops a job, and those that gcr was started to ignore. Returns the
// command's status as wait(2) has it, or the child's if no command was started. Errors: signalfd(2), poll(2), waitpid(2).
int gcr_wait(struct gcr_child *child);

// As gcr_wait(), but also calls serve() whenever fd is readable (poll(2)). For several descriptors, pass an epoll(7)
// descriptor. If fd is -1, serve() is never called.
int gcr_wait_serving(struct gcr_child *child, int fd, void (*serve)(void));

// Returns the exit status for a status of wait(2): the process's own, or 128 + N if signal N ended it.
int gcr_exit_status(int status);

// Ends gcr as the command ended: with its exit status, or by its signal. Then a shell that runs gcr in a loop stops at
// Ctrl+C, as it does for every other command.
noreturn void gcr_end_as(int status);

#endif
