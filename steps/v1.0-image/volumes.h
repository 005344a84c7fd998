// Directories and files of the host in the container, and parts of it that are read-only or in memory.

#ifndef VOLUMES_H
#define VOLUMES_H

#include "cli.h"

// -v, --mount, --tmpfs and --read-only.
extern const struct gcr_option volumes_options[];
extern const struct gcr_hint volumes_hints[];

// Before the fork: finds the sources of all volumes. Root clones their mounts here (open_tree(2)). Dies on failure.
void volumes_open(void);

// In the container, while it still is its caller: clones the mounts that only an ordinary user's container can clone. Later, as
// another user, it might not reach them.
void volumes_open_as_caller(void);

// In the container: mounts all volumes, and makes the places for them. Dies on failure.
void volumes_mount(int root);

// In the container, after that: with --read-only, makes its files read-only, but for its volumes, /tmp and /dev. Dies on failure.
void volumes_protect_rootfs(int root);

#endif
