// The files beside a rootfs that say more of its image.

#ifndef BESIDE_H
#define BESIDE_H

#include "rootfs.h"

// Opens the file that has the name of the rootfs and this suffix, as in rootfs/ubuntu.json. Writes its path to path. If the name
// of the rootfs is a symbolic link, the file is beside the directory itself. Returns -1 if there is none. Dies if the file is not
// a regular one, is a symbolic link, or could be a stranger's.
int open_beside(const struct gcr_rootfs *rootfs, const char *suffix, char path[PATH_MAX]);

#endif
