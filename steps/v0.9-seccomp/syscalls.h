// Which system calls the container may make (seccomp(2)). profile.h says it, and gcr-filter.c has compiled that to a filter. All
// functions die on failure.

#ifndef SYSCALLS_H
#define SYSCALLS_H

#include "cli.h"

extern const struct gcr_option syscalls_options[];

// Lets no process of this user namespace make another one (user.max_user_namespaces in namespaces(7)). root is the
// container's root, with /proc in it. Call it before /proc/sys becomes read-only.
void syscalls_limit_user_namespaces(int root);

// From here on, the filter decides on each system call of this process and its children. Nothing can take it away. Call it
// last: it refuses what builds a container.
void syscalls_load_filter(void);

#endif
