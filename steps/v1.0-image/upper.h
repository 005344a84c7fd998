// The upper layer of a container: a directory, which ends with the container, or which --upper keeps. DIR/upper has the files that the
// container writes; DIR/work is overlayfs's own. DIR is closed to other users, because the container's root may leave setuid
// programs in it. A lock on it (flock(2)) says that a container uses it.

#ifndef UPPER_H
#define UPPER_H

#include "process.h"

#include <sys/types.h>

// The root directory of the container, / inside.
struct upper_root {
	uid_t user; // the container's root, by its id outside
	gid_t group;
	mode_t mode;
};

// Makes an upper layer that ends with the container called id: containers/ID in gcr's data directory (data.h). Removes those that
// killed gcrs have left there. If gcr dies by die(), it is removed. Returns its path. Dies on failure.
const char *upper_make(const char *id, const struct upper_root *root);

// Opens the upper layer that --upper keeps in this directory, or makes it. Returns the directory. Dies on failure, and if another
// container uses it.
const char *upper_open_kept(const char *directory, const struct upper_root *root);

// Locks a kept upper layer that is to be a lower one, so that no container writes to it meanwhile. Dies on failure.
void upper_lock_lower(const char *directory, uid_t user);

// After the fork: keeps the child's user namespace, where its files can be removed. Dies on failure.
void upper_open_namespace(const struct gcr_child *child);

// When the container has ended: removes its upper layer, unless it is kept, and again those that killed gcrs have left. Warns on
// failure.
void upper_remove(void);

#endif
