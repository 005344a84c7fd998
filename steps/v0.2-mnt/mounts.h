// Mounting in an untrusted rootfs, and over existing files. All functions but find_in_rootfs() die on failure.

#ifndef MOUNTS_H
#define MOUNTS_H

#include <sys/mount.h>

// Opens the file called name in the directory (O_PATH in open(2)). Returns -1 if there is none. Dies if name leads through
// a symbolic link: a link in an untrusted rootfs could make gcr mount over the host's files (CVE-2019-19921, CVE-2021-30465).
int find_in_rootfs(int directory, const char *name);

// As find_in_rootfs(), for a directory. Dies if there is none.
int open_in_rootfs(int directory, const char *name);

// As open_in_rootfs(), but through symbolic links: they lead to no place outside of the rootfs, nor into another mount.
int follow_in_rootfs(int root, const char *name);

// The path of an open file, valid even if its name now leads elsewhere (proc(5)). For mount(2), which takes no descriptor:
//
//     mount("proc", path_of(place).text, "proc", 0, NULL)
struct fd_path {
	char text[sizeof("/proc/self/fd/2147483647")];
};
struct fd_path path_of(int fd);

struct gcr_run;

// Makes a directory to mount on if the rootfs has none. But if the rootfs lacks the command to run, too, dies first: the
// directory is probably not a rootfs.
void make_directory(int root, const char *name, const struct gcr_run *run);

// Attributes of a mount whose files can be read, but not written or executed, and whose setuid bits have no effect.
#define FOR_READING_ONLY (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

// Mounts source over an open file or directory; "" mounts it over itself. The mount is read-only, so mode and owner cannot
// be changed either.
void cover_read_only(int place, const char *source);

// Make a file or directory read-only, or hide it. They do nothing if it does not exist. Under --explain, they print path
// and reason.
void make_read_only(int root, const char *path, const char *reason);
void mask_path(int root, const char *path, const char *reason);

#endif
