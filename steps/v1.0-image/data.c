// The directory where gcr keeps data.

#include "data.h"
#include "fd.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PLACES 2

// Lists the directories for gcr's data, in the order of choice. Returns how many there are.
static size_t list_places(char places[MAX_PLACES][PATH_MAX])
{
	const char *set = getenv("GCR_DATA_DIR"), *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	size_t count = 0;

	if (set && *set)
		return snprintf(places[0], PATH_MAX, "%s", set), 1;
	if (geteuid() == 0)
		snprintf(places[count++], PATH_MAX, "/var/lib/gcr");
	if (data && *data)
		snprintf(places[count++], PATH_MAX, "%s/gcr", data);
	else if (home && *home)
		snprintf(places[count++], PATH_MAX, "%s/.local/share/gcr", home);
	return count;
}

// Makes a directory and those above it. Others may pass through, as the container's root may be another user, but not list.
static int make_directories(const char *path)
{
	mode_t before = umask(0);
	char part[PATH_MAX];
	int result = 0;

	for (const char *end = path; *end && result == 0;) {
		end = strchrnul(end + 1, '/');
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		result = TELL(mkdir(part, 0711), "for gcr's data", part);
		if (result == -1 && errno == EEXIST)
			result = 0;
	}
	umask(before);
	return result;
}

static int open_in(const char *place, const char *name, char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s/%s", place, name) >= PATH_MAX)
		return errno = ENAMETOOLONG, -1;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && make_directories(path) == 0)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return fd;
	gcr_cleanup_close(&fd); // keeps errno
	return -1;
}

int data_open_directory(const char *name, char path[PATH_MAX])
{
	char places[MAX_PLACES][PATH_MAX];
	size_t count = list_places(places);
	struct stat status;
	int fd = -1;

	if (count == 0)
		die("no place for what the container writes: set HOME or GCR_DATA_DIR");
	for (size_t i = 0; i < count && fd == -1; i++)
		fd = TELL(open_in(places[i], name, path), "the place for gcr's data", name);
	if (fd == -1)
		die("no place for what the container writes: %s: %s: set GCR_DATA_DIR to a "
		    "directory of yours on a disk",
			path, strerror(errno));
	TRY(fstat(fd, &status), "whose it is");
	if (status.st_uid != geteuid())
		die("%s belongs to user %u, and not to you: set GCR_DATA_DIR to a directory of "
		    "yours",
			path, status.st_uid);
	return fd;
}
