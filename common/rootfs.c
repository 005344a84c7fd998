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

	errno = ENOENT;
	for (size_t i = 0; i < count && *name && errno == ENOENT; i++)
		if (join(rootfs->path, places[i], name) == 0 && identify(rootfs) == 0)
			return 0;
	return -1;
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

void gcr_rootfs_places(char *text, size_t size)
{
	char places[MAX_PLACES][PATH_MAX];
	char *words[MAX_PLACES + 1] = { NULL };

	for (size_t i = list_places(places); i-- > 0;)
		words[i] = places[i];
	gcr_join(words, ", ", text, size);
}
