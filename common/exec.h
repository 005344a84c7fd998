// Executing the command, with an environment of its own.

#ifndef GCR_EXEC_H
#define GCR_EXEC_H

#include <stdnoreturn.h>

// Adds NAME=VALUE to a list of variables, which ends with NULL; an empty list is NULL. NAME alone takes the value from gcr's
// environment, or is left out if it is not set there. Errors: EINVAL if NAME is empty, ENOMEM.
int gcr_add_variable(char ***variables, const char *variable);

// Replaces the environment by a fresh one: PATH, HOME, TERM, and a list of variables. Errors: setenv(3).
int gcr_fresh_environment(char *const variables[]);

// Dies with GCR_NOT_FOUND if a root filesystem, an open directory, lacks the command. So gcr changes nothing in a directory that
// is not a rootfs. A command in /dev, /proc, /sys or /tmp counts as found, because gcr mounts there later. The variables may set
// another PATH.
void gcr_require_command(int root, char *const command[], char *const variables[]);

// Executes the command in this process; a name without a slash is looked up in PATH. If that fails, prints why and ends the
// process with GCR_NOT_FOUND or GCR_CANNOT_EXEC.
noreturn void gcr_exec(char *const command[]);

#endif
