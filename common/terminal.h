// Lending the terminal to the container; process.c does it and nobody else. See credentials(7) for
// sessions and process groups.
//
// A shell with job control has to name its process group, and the one of gcr has no number in the
// container's pid namespace. So PID 1 leads a group of its own, the terminal's foreground one; and gcr
// joins it, or Ctrl+C would not reach gcr.

#ifndef GCR_TERMINAL_H
#define GCR_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

// Before the fork: decides whether the terminal is lent, and says so. It is if somebody sits at it (descriptors
// 0, 1 and 2 are it, and gcr has its foreground) and gcr may change its group (a session's leader may
// not). If not, the others do nothing.
bool terminal_decide(void);

// In the child, and in its parent, when nothing can fail any more that somebody should be told of. Best effort:
// without them all goes on, but for job control.
void terminal_take(void);
void terminal_lend_to(pid_t child);

// In the parent at the end: gcr is back in the group that it came from, and so is the foreground.
void terminal_take_back(void);

#endif
