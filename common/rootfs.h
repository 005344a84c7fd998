// Finding a root filesystem.

#ifndef GCR_ROOTFS_H
#define GCR_ROOTFS_H

#include <limits.h>
#include <sys/types.h>

// A root filesystem that was found.
struct gcr_rootfs {
	char path[PATH_MAX];
	dev_t device; // these two say which directory it is (inode(7)): by its path, another one may be found later
	ino_t inode;
};

// Finds the rootfs called name. If name has a slash, or is "." or "..", it is a path. Else it is the first directory of
// that name in $GCR_ROOTFS_DIR, ./rootfs and ${XDG_DATA_HOME:-~/.local/share}/gcr/rootfs. Errors: ENOENT if there is
// none, ENOTDIR if it is no directory, EBUSY if it is the host's own /, and those of stat(2) and realpath(3).
int gcr_find_rootfs(const char *name, struct gcr_rootfs *rootfs);

// Opens the directory that was found (O_PATH in open(2)). Whoever owns the directory above may have put another one in
// its place: errors are ESTALE then, and those of open(2).
int gcr_open_rootfs(const struct gcr_rootfs *rootfs);

// The directories in which gcr_find_rootfs() looks for a name, for a message: "a, b, c", cut to size bytes.
void gcr_rootfs_places(char *text, size_t size);

#endif
