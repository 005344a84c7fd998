// Making and removing a container's cgroup (cgroups(7), version 2).

#ifndef CGROUP_H
#define CGROUP_H

#include <limits.h>

#define CGROUPS	       "/sys/fs/cgroup"
#define CGROUP_OF_ROOT CGROUPS "/gcr"

// Finds the cgroup in which this process may make a container's cgroup, and writes its path to path. That is the cgroup of this
// process if systemd has delegated it. Otherwise it is CGROUP_OF_ROOT for root. For an ordinary user, this function asks
// systemd for a scope, in which this program starts again with the same arguments, as the same process (systemd-run(1),
// Delegate= in systemd.resource-control(5)). So call it before anything that must not happen twice. If a limit of this
// process will not hold there, warns of that. To get one scope for many containers:
//
//     systemd-run --user --scope -p Delegate=yes --unit=gcr-shell bash
//
// Errors: EOPNOTSUPP if there is no cgroup v2 hierarchy, ENOTCONN if the user has no service manager, execve(2).
int cgroup_find_delegated(int argc, char *argv[], char path[PATH_MAX]);

// Makes the cgroup gcr-ID in parent, writes its path to path and returns a descriptor of its directory. The descriptor has a
// lock (flock(2)). As long as it is open, other gcrs know that the cgroup is not abandoned. Errors: mkdir(2), open(2), EAGAIN
// if a cgroup above has as many below as it may have.
int cgroup_make(const char *parent, const char *id, char path[PATH_MAX]);

// Kills all processes in a cgroup and below it, and removes it with those below it. Errors: rmdir(2).
int cgroup_remove(const char *path);

// Removes the cgroups that killed gcrs left in parent. Root's cgroups stay until the next gcr calls this. An ordinary user's
// cgroup goes with its scope, unless a process of the container outlives its gcr (gcr_die_with_parent()).
void cgroup_remove_abandoned(const char *parent);

// In the container: mounts its own cgroup read-only at /sys/fs/cgroup. Dies on failure.
void cgroup_mount(int root);

#endif
