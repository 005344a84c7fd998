// Becoming the command, with an environment of its own.

#ifndef GCR_EXEC_H
#define GCR_EXEC_H

#include <stdnoreturn.h>

// Adds NAME=VALUE to a list of variables, which ends with NULL, or is NULL if it is empty. NAME alone takes the host's value,
// if it has one. Errors: EINVAL if there is no NAME, ENOMEM.
int gcr_add_variable(char ***variables, const char *variable);

// Replaces the environment by a fresh one: PATH, HOME, TERM, and a list of variables. Errors: setenv(3).
int gcr_fresh_environment(char *const variables[]);

// Becomes the command, found in PATH as execvp(3) finds it. Where that fails, says why and ends the process with
// GCR_NOT_FOUND or GCR_CANNOT_EXEC.
noreturn void gcr_exec(char *const command[]);

#endif
