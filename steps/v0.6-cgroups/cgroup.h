// Cgroups to make others in (cgroups(7), version 2): who may, by whose leave, and who cleans up.

#ifndef CGROUP_H
#define CGROUP_H

#include <limits.h>

#define CGROUPS "/sys/fs/cgroup"

// Finds the cgroup in which this process may make that of a container. For root it is CGROUPS/gcr. For an ordinary user it is
// one that systemd has delegated to the user. Where there is none, this asks systemd for such a scope, and this program starts
// anew in it, with the same arguments and as the same process (systemd-run(1), Delegate= in systemd.resource-control(5)). So
// it comes before all that is not to happen twice. For many containers, ask once:
//
//     systemd-run --user --scope -p Delegate=yes --unit=gcr-shell bash
//
// Errors: EOPNOTSUPP if there is no cgroup v2 hierarchy, ENOTCONN if the user has no service manager, and those of execve(2).
int cgroup_find_delegated(int argc, char *argv[], char path[PATH_MAX]);

// Makes the cgroup gcr-ID in parent, writes its path to path and returns its directory, opened. It is locked (flock(2)), so
// that no other gcr takes it for abandoned. Errors: mkdir(2), open(2).
int cgroup_make(const char *parent, const char *id, char path[PATH_MAX]);

// Kills what is in a cgroup, and removes it. Errors: rmdir(2).
int cgroup_remove(const char *path);

// Removes the cgroups of gcrs that were killed. Root's stay until the next gcr calls this. An ordinary user's go with their
// scope, unless a process of the container outlives its gcr (gcr_die_with_parent()).
void cgroup_remove_abandoned(const char *parent);

// In the container: mounts its own part of the cgroups, to look at only. Dies where that fails.
void cgroup_mount(int root);

#endif
