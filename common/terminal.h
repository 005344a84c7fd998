// The terminal, and whose it is while the container runs.

#ifndef GCR_TERMINAL_H
#define GCR_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

// The first of descriptors 0, 1 and 2 that is a terminal (isatty(3)). -1 if none is.
int gcr_terminal(void);

// Lending it to the container. process.c and exec.c do it, and nobody else. See credentials(7) for sessions and process
// groups.
//
// A shell with job control has to name its process group, and gcr's has no number in the container's pid namespace. So
// PID 1 leads a group of its own, the terminal's foreground one. gcr joins that, or Ctrl+C would not reach it.
// -----------------------------------------------------------------------------------------------

// Before the fork: decides whether the terminal is lent, and says so. Somebody has to sit at it: descriptors 0, 1 and 2
// are it, and gcr has its foreground. And gcr has to be free to change its group, as a session's leader is not. If it is
// not lent, the others do nothing.
bool terminal_decide(void);

// In the child, and in its parent, when nothing can fail any more that somebody should be told of. They do what they
// can: without them all goes on, but for job control.
void terminal_take(void);
void terminal_lend_to(pid_t child);

// In the parent at the end: gcr goes back to the group that it came from, and so does the foreground.
void terminal_take_back(void);

#endif
