// The terminal, and which process group has it while the container runs.

#ifndef GCR_TERMINAL_H
#define GCR_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

// Returns the first of the descriptors 0, 1 and 2 that is a terminal (isatty(3)), or -1.
int gcr_terminal(void);

// Lending the terminal to the container. Only process.c and exec.c call these. See credentials(7) for sessions and
// process groups.
//
// A shell with job control names its process group by number, and gcr's group has no number in the container's pid
// namespace. So PID 1 leads a group of its own, which becomes the terminal's foreground. gcr joins it so that Ctrl+C
// still reaches gcr.
// -----------------------------------------------------------------------------------------------

// Before the fork: decides whether to lend the terminal, and returns that. It is lent if descriptors 0, 1 and 2 are
// terminals, gcr's group is the foreground, and gcr may change its group, which the leader of a session may not. If it
// is not lent, the functions below do nothing.
bool terminal_decide(void);

// The first is for the child, just before exec; the second for its parent. They report no errors: if they fail, only
// job control is missing.
void terminal_take(void);
void terminal_lend_to(pid_t child);

// In the parent at the end: gcr returns to its old group, and that becomes the foreground again.
void terminal_take_back(void);

#endif
