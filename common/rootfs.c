// Finding a root filesystem by its name.

#include "rootfs.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PLACES 3

// Lists the directories that hold root filesystems, in the order of search. Returns how many there are.
static size_t list_places(char places[MAX_PLACES][PATH_MAX])
{
	const char *own = getenv("GCR_ROOTFS_DIR");
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	size_t count = 0;

	if (own && *own)
		snprintf(places[count++], PATH_MAX, "%s", own);
	snprintf(places[count++], PATH_MAX, "./rootfs");
	if (data && *data)
		snprintf(places[count++], PATH_MAX, "%s/gcr/rootfs", data);
	else if (home && *home)
		snprintf(places[count++], PATH_MAX, "%s/.local/share/gcr/rootfs", home);
	return count;
}

static bool is_same(const struct gcr_rootfs *rootfs, const struct stat *status)
{
	return rootfs->device == status->st_dev && rootfs->inode == status->st_ino;
}

// Notes which directory the path leads to now.
static int identify(struct gcr_rootfs *rootfs)
{
	struct stat status, host;

	if (stat(rootfs->path, &status) == -1 || stat("/", &host) == -1)
		return -1;
	rootfs->device = status.st_dev;
	rootfs->inode = status.st_ino;
	if (S_ISDIR(status.st_mode) && !is_same(rootfs, &host))
		return 0;
	errno = S_ISDIR(status.st_mode) ? EBUSY : ENOTDIR;
	return -1;
}

static int join(char path[PATH_MAX], const char *place, const char *name)
{
	int length = snprintf(path, PATH_MAX, "%s/%s", place, name);

	if (length < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

static bool is_path(const char *name)
{
	return strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int find_by_name(const char *name, struct gcr_rootfs *rootfs)
{
	char places[MAX_PLACES][PATH_MAX];
	size_t count = list_places(places);

	int error = ENOENT;
	for (size_t i = 0; i < count && *name; i++) {
		struct stat status;
		if (join(rootfs->path, places[i], name) == -1)
			return -1;
		if (stat(rootfs->path, &status) == 0)
			return identify(rootfs);
		// There may be a file in place of a directory, or the directory may be closed.
		if (errno == EACCES)
			error = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	return errno = error, -1;
}

int gcr_find_rootfs(const char *name, struct gcr_rootfs *rootfs)
{
	if (!is_path(name))
		return find_by_name(name, rootfs);
	// an absolute path: "." does not lead to a mount that was made on it later
	return realpath(name, rootfs->path) ? identify(rootfs) : -1;
}

int gcr_open_rootfs(const struct gcr_rootfs *rootfs)
{
	int fd = open(rootfs->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat status;

	if (fd == -1)
		return -1;
	int result = fstat(fd, &status);
	if (result == 0 && is_same(rootfs, &status))
		return fd;
	int error = result == -1 ? errno : ESTALE;
	close(fd);
	return errno = error, -1;
}

// Looks along a path for a symbolic link that is not root's, and follows the links that are. Writes the first to where.
// Returns 1 if there is one, 0 if not. Errors: lstat(2), readlink(2).
static int find_foreign_link(const char *path, int depth, char where[PATH_MAX])
{
	char target[PATH_MAX] = "", next[2 * PATH_MAX];
	struct stat status;

	for (const char *end = path; *end && depth > 0;) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		snprintf(where, PATH_MAX, "%.*s", (int)(end - path), path);
		if (lstat(where, &status) == -1)
			return -1;
		if (!S_ISLNK(status.st_mode))
			continue;
		if (status.st_uid != 0)
			return 1;
		ssize_t length = readlink(where, target, sizeof(target) - 1);
		if (length == -1)
			return -1;
		char *slash = strrchr(where, '/');
		int parent = *target == '/' || !slash ? 0 : (int)(slash + 1 - where);
		snprintf(next, sizeof(next), "%.*s%.*s", parent, where, (int)length, target);
		int found = find_foreign_link(next, depth - 1, where);
		if (found != 0)
			return found;
	}
	return 0;
}

// Whether no user but root may enter a directory.
static bool is_closed(const struct stat *status)
{
	mode_t others = S_IXOTH | (status->st_gid == 0 ? 0 : S_IXGRP);

	return status->st_uid == 0 && !(status->st_mode & others);
}

// Whether a directory on a path without links is root's alone. Errors: stat(2).
static int find_closed(char path[PATH_MAX])
{
	struct stat status;

	for (char *slash = path + strlen(path); slash; slash = strrchr(path, '/')) {
		*slash = '\0';
		if (stat(*path ? path : "/", &status) == -1)
			return -1;
		if (is_closed(&status))
			return 1;
	}
	return 0;
}

int gcr_find_danger(const char *name, const struct gcr_rootfs *rootfs, char where[PATH_MAX])
{
	struct stat status;
	char path[PATH_MAX];

	if (stat(rootfs->path, &status) == -1)
		return -1;
	if (status.st_uid != 0)
		return GCR_SAFE;
	int led = find_foreign_link(is_path(name) ? name : rootfs->path, 40, where);
	if (led != 0)
		return led == -1 ? -1 : GCR_LED;
	if (status.st_mode & (S_IWOTH | (status.st_gid == 0 ? 0 : S_IWGRP)))
		return GCR_WRITABLE;
	if (!realpath(rootfs->path, path))
		return -1;
	int closed = find_closed(path);
	return closed == -1 ? -1 : closed ? GCR_SAFE : GCR_OPEN;
}

void gcr_rootfs_places(char *text, size_t size)
{
	char places[MAX_PLACES][PATH_MAX];
	char *words[MAX_PLACES + 1] = { NULL };

	for (size_t i = list_places(places); i-- > 0;)
		words[i] = places[i];
	gcr_join(words, ", ", text, size);
}
