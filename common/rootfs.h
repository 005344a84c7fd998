// Finding a root filesystem.

#ifndef GCR_ROOTFS_H
#define GCR_ROOTFS_H

#include <limits.h>
#include <sys/types.h>

// A root filesystem that was found.
struct gcr_rootfs {
	char path[PATH_MAX];
	dev_t device; // device and inode identify the directory (inode(7)); the path may later lead to another
	ino_t inode;
};

// Finds the rootfs called name. If name has a slash, or is "." or "..", it is a path. Else it is looked up in
// $GCR_ROOTFS_DIR, ./rootfs and ${XDG_DATA_HOME:-~/.local/share}/gcr/rootfs, in that order. Errors: ENOENT if it is not
// found, EACCES if one of these is closed to the caller, ENOTDIR if it is no directory, EBUSY if it is the host's own /, stat(2), realpath(3).
int gcr_find_rootfs(const char *name, struct gcr_rootfs *rootfs);

// Opens the directory that gcr_find_rootfs() found (O_PATH in open(2)). Errors: open(2), ESTALE if another directory has
// taken its place, as any user with write access to the directory above can arrange.
int gcr_open_rootfs(const struct gcr_rootfs *rootfs);

// What other users may do with a rootfs that belongs to root. The container's root is the host's root there, so a setuid
// program that it leaves gives the host's root to every user who reaches it.
enum gcr_danger {
	GCR_SAFE,
	GCR_OPEN, // other users may enter it: no directory on the path, from / on, is root's alone
	GCR_WRITABLE, // they may write to it
	GCR_LED, // they may lead root elsewhere: their symbolic link is on the path
};

// Looks for the worst danger to a rootfs that gcr_find_rootfs() has found for name. If the rootfs is not root's, it is safe.
// Writes the symbolic link to where. Errors, as -1: lstat(2), readlink(2), realpath(3).
int gcr_find_danger(const char *name, const struct gcr_rootfs *rootfs, char where[PATH_MAX]);

// Writes the directories in which gcr_find_rootfs() looks for a name to text, as "a, b, c", cut to size bytes.
void gcr_rootfs_places(char *text, size_t size);

#endif
