// The layers of a container's files (overlayfs.rst in the kernel's documentation): below, the rootfs or the layers of an image, which
// are never written; above, an upper layer for what the container writes.

#ifndef OVERLAY_H
#define OVERLAY_H

#include "cli.h"
#include "process.h"

// --upper and --lower.
extern const struct gcr_option overlay_options[];
extern const struct gcr_hint overlay_hints[];

// Before the fork: finds the lower layers, and makes the upper layer of the container called id, or opens the one that --upper
// names. If gcr dies by die(), what it has made is removed. Dies on failure.
void overlay_make_upper(const struct gcr_rootfs *rootfs, const char *id);

// After the fork: keeps the container's user namespace, in which the files of the upper layer can be removed. Dies on failure.
void overlay_open_namespace(const struct gcr_child *child);

// In the container: mounts the layers on top of each other and returns the root of that, opened. Dies on failure.
int overlay_mount(const struct gcr_rootfs *rootfs);

// In the container: makes a directory to mount on, in the upper layer, if the layers have none. Dies on failure.
void overlay_make_directory(int root, const char *name);

// When the container has ended: removes its upper layer, unless --upper keeps it. Warns on failure.
void overlay_remove_upper(void);

#endif
