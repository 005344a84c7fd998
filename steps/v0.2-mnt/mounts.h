// Mounting in a rootfs that is not trusted, and over what is there. All but find_in_rootfs() die where they fail.

#ifndef MOUNTS_H
#define MOUNTS_H

// Opens what has the name in the directory (O_PATH in open(2)). Returns -1 if nothing has. A rootfs is untrusted: a symbolic
// link in it must not have us mount over the host's files (CVE-2019-19921, CVE-2021-30465). So it dies of one.
int find_in_rootfs(int directory, const char *name);

// As find_in_rootfs(), for a directory that has to be there.
int open_in_rootfs(int directory, const char *name);

// The path of what is open, whatever its name leads to by now (proc(5)). mount(2) takes no descriptor:
//
//     mount("proc", path_of(place).text, "proc", 0, NULL)
struct fd_path {
	char text[sizeof("/proc/self/fd/2147483647")];
};
struct fd_path path_of(int fd);

#define READ_ONLY (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

// Covers an open file or directory by the source, or by itself (""). The cover is read-only, so that mode and owner stay as
// they are, too.
void cover_read_only(int place, const char *source);

// What is at the path can be looked at only, or not at all. They do nothing where nothing is. Under --explain the path and
// the reason are told.
void make_read_only(int root, const char *path, const char *reason);
void mask_path(int root, const char *path, const char *reason);

#endif
