// Mounting in an untrusted rootfs, and over existing files.

#include "mounts.h"
#include "cli.h"
#include "exec.h"
#include "fd.h"
#include "log.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

// Opens the file called name in the directory. Returns -1 if there is none.
static int open_beneath(int directory, const char *name, uint64_t flags, uint64_t links)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | flags,
		.resolve = RESOLVE_IN_ROOT | links, // CVE-2019-19921, CVE-2021-30465
	};

	int place = gcr_openat2(directory, name, &how);
	if (place == -1 && errno == ELOOP)
		die("rootfs: %s is a symbolic link; gcr does not mount through one", name);
	if (place == -1 && errno != ENOENT)
		die("rootfs: cannot mount on %s: %s", name, strerror(errno));
	return place;
}

int find_in_rootfs(int directory, const char *name)
{
	return open_beneath(directory, name, 0, RESOLVE_NO_SYMLINKS);
}

int open_in_rootfs(int directory, const char *name)
{
	int place = open_beneath(directory, name, O_DIRECTORY, RESOLVE_NO_SYMLINKS);

	if (place == -1)
		die("rootfs: cannot mount on %s: %s", name, strerror(errno));
	return place;
}

int follow_in_rootfs(int root, const char *name)
{
	int place = open_beneath(root, name, O_DIRECTORY, RESOLVE_NO_XDEV);

	if (place == -1)
		die("rootfs: %s is a symbolic link that leads nowhere", name);
	return place;
}

struct fd_path path_of(int fd)
{
	struct fd_path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

void make_directory(int root, const char *name, const struct gcr_run *run)
{
	if (faccessat(root, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return;
	gcr_require_command(root, run->command, run->environment);
	if (TELL(mkdirat(root, name, 0755), "to mount on", name) == 0 || errno == EEXIST)
		return;
	int error = errno;
	if (faccessat(root, name, F_OK, 0) == -1 && errno == EACCES)
		die("the container's root may not enter the rootfs: %s", strerror(EACCES));
	die("the rootfs has no /%s, and it cannot be made: %s", name, strerror(error));
}

void cover_read_only(int place, const char *source)
{
	struct mount_attr read_only = { .attr_set = FOR_READING_ONLY };

	CLEANUP_CLOSE int copy =
		TRY(open_tree(place, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH),
			"a mount of what the container is to see", source);
	TRY(mount_setattr(copy, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)),
		"read-only before anybody sees it");
	TRY(move_mount(copy, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
		"and over what it is to hide");
}

void make_read_only(int root, const char *path, const char *reason)
{
	CLEANUP_CLOSE int place = find_in_rootfs(root, path);

	if (place == -1)
		return; // some kernels lack it
	gcr_explain(path, reason);
	cover_read_only(place, "");
}

void mask_path(int root, const char *path, const char *reason)
{
	CLEANUP_CLOSE int place = find_in_rootfs(root, path);
	struct stat status;

	if (place == -1)
		return;
	gcr_explain(path, reason);
	TRY(fstat(place, &status), "an empty directory covers a directory, /dev/null a file");
	if (S_ISDIR(status.st_mode))
		TRY(mount("tmpfs", path_of(place).text, "tmpfs",
			    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
			"it is empty, and stays so");
	else
		cover_read_only(place, "/dev/null");
}
