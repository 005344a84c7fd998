// Limits on what the container may use (cgroups(7), the kernel's cgroup-v2.rst). All functions die where they fail.

#ifndef LIMITS_H
#define LIMITS_H

#include "cli.h"

extern const struct gcr_option limits_options[];
extern const struct gcr_hint limits_hints[];

// Finds where the container's cgroup may be made, if there are limits. systemd may have to start this program again for that:
// so it comes first.
void limits_find_parent(int argc, char *argv[]);

// Makes the container's cgroup, with its limits. Returns its directory, opened, for gcr_clone_into(). -1 without limits. If gcr
// dies, the cgroup goes.
int limits_make_cgroup(const char *id);

// At the container's end: removes its cgroup, and tells if processes were killed for want of memory. If that is how the
// command ended, gcr ends with its status here.
void limits_remove_cgroup(int status);

#endif
