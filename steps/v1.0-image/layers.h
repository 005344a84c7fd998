// The layers of an image, which several images may share. scripts/img2rootfs -layers makes them.

#ifndef LAYERS_H
#define LAYERS_H

#include "rootfs.h"

#include <stddef.h>

#define LAYERS_MAX 128 // of one image, as docker has it

// Writes the paths of the layers of an image to paths, the lowest first, and returns how many there are. They are the lines of the
// file NAME.layers beside the rootfs NAME, relative to the directory of both. Each is locked (flock(2)) for as long as gcr runs, and
// scripts/img2rootfs -prune leaves locked ones. Without that file, the only layer is the rootfs itself. Dies if the file is not as scripts/img2rootfs writes it, or belongs to another user than the rootfs, the caller or root.
size_t layers_find(const struct gcr_rootfs *rootfs, char *paths[LAYERS_MAX]);

#endif
