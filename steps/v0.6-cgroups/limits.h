// Limits on what the container may use (cgroups(7), the kernel's cgroup-v2.rst). All functions die on failure.

#ifndef LIMITS_H
#define LIMITS_H

#include "cli.h"

extern const struct gcr_option limits_options[];
extern const struct gcr_hint limits_hints[];

// If there are limits, finds where the container's cgroup may be made. systemd may have to start this program again for that,
// so call it first.
void limits_find_parent(int argc, char *argv[]);

// Makes the container's cgroup, with its limits. Returns a descriptor of its directory for clone_container(), or -1 without
// limits. If gcr dies by die(), the cgroup is removed.
int limits_make_cgroup(const char *id);

// After the container's end: reports processes that were killed for lack of memory. If the command itself was, prints that as an
// error and ends gcr with status, by die_with().
void limits_report_kills(int status);

// After the container's end: removes its cgroup.
void limits_remove_cgroup(void);

#endif
