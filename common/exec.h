// Becoming the command, with an environment of its own.

#ifndef GCR_EXEC_H
#define GCR_EXEC_H

#include <stdnoreturn.h>

// Notes NAME=VALUE for the command's environment. NAME alone takes the host's value, if it has one. Errors: EINVAL if
// there is no NAME, ENOMEM.
int gcr_add_environment(const char *variable);

// Replaces the environment by a fresh one: PATH, HOME, TERM, and what gcr_add_environment() noted. Errors: setenv(3).
int gcr_fresh_environment(void);

// Becomes the command, found in PATH as execvp(3) finds it. Where that fails, says why and ends the process with
// GCR_NOT_FOUND or GCR_CANNOT_EXEC.
noreturn void gcr_exec(char *const command[]);

#endif
