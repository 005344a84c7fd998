// The terminal that gcr runs in, and the container's own (pty(7)).

#ifndef GCR_TERMINAL_H
#define GCR_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct gcr_terminal {
	bool wanted; // gcr's standard input and output are a terminal
	bool has_modes; // gcr has the terminal, as a job in the foreground
	struct termios modes; // of gcr's terminal, if has_modes
	int inside; // in the container: what the command reads and writes
	int outside; // in gcr: the other side, which gcr reads and writes; -1 until the container has sent it
};

// Decides whether the command gets a terminal of its own.
void terminal_decide(struct gcr_terminal *terminal);

// In the container: opens a terminal of the container's devpts(5), with the modes and the size of gcr's, and sends the
// outer side to gcr by the socket (SCM_RIGHTS in unix(7)). Does nothing if none is wanted. Errors: open(2), TIOCGPTPEER(2const),
// sendmsg(2).
int terminal_open(struct gcr_terminal *terminal, int socket);

// In gcr: receives what the container has sent: the terminal's outer side, or the command's status (wait(2)), each once.
// Returns 0 if there is no message. Errors: recvmsg(2).
int terminal_receive(struct gcr_terminal *terminal, int socket, int *status);

// In gcr: what is typed goes into the container as it is, so that the terminal inside gives Ctrl+C its meaning (raw mode in
// termios(3)). In the background, the kernel stops gcr until it is in the foreground again, as it stops every job.
// terminal_restore() undoes this, unless another job has the terminal; so does die().
void terminal_make_raw(void);
void terminal_restore(void);

// In gcr: gives the container's terminal the size of gcr's.
void terminal_copy_size(const struct gcr_terminal *terminal);

// Opens a terminal that this process has as a descriptor anew, so that O_NONBLOCK is set for nobody else. Duplicates another
// descriptor, and a terminal that this process may not open. Errors: fcntl(2).
int terminal_reopen(int fd);

#endif
