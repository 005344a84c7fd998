// Finding a root filesystem by its name.

#include "gcr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PLACES 3

// The directories that hold root filesystems, in the order of search. Returns how many there are.
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

static struct stat found; // the one that gcr_find_rootfs() found

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static int check_directory(const char *path)
{
	struct stat host;

	if (stat(path, &found) == -1 || stat("/", &host) == -1)
		return -1;
	if (S_ISDIR(found.st_mode) && !is_same(&found, &host))
		return 0;
	errno = S_ISDIR(found.st_mode) ? EBUSY : ENOTDIR;
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

static int find_by_name(const char *name, char path[PATH_MAX])
{
	char places[MAX_PLACES][PATH_MAX];
	size_t count = list_places(places);

	errno = ENOENT;
	for (size_t i = 0; i < count && *name && errno == ENOENT; i++)
		if (join(path, places[i], name) == 0 && check_directory(path) == 0)
			return 0;
	return -1;
}

int gcr_find_rootfs(const char *name, char path[PATH_MAX])
{
	if (!is_path(name))
		return find_by_name(name, path);
	// "." would not lead to what is mounted on it
	return realpath(name, path) ? check_directory(path) : -1;
}

int gcr_open_rootfs(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat it;

	if (fd == -1)
		return -1;
	int result = fstat(fd, &it);
	if (result == 0 && is_same(&it, &found))
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
