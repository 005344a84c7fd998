// The files beside a rootfs that say more of its image.

#include "beside.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A process that writes such a file chooses what runs in the container. Where others may make files, as in /tmp, a stranger could
// put one beside the rootfs.
static void require_trust(int file, const char *path, const struct gcr_rootfs *rootfs)
{
	struct stat status, owner;

	if (fstat(file, &status) == -1 || stat(rootfs->path, &owner) == -1)
		die("%s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		die("%s is not a regular file", path);
	if (status.st_uid != 0 && status.st_uid != geteuid() && status.st_uid != owner.st_uid)
		die("%s belongs to user %u, neither to you nor to the owner of the rootfs", path,
			status.st_uid);
	if (status.st_mode & S_IWOTH)
		die("%s: others may write to it: chmod o-w", path);
}

int open_beside(const struct gcr_rootfs *rootfs, const char *suffix, char path[PATH_MAX])
{
	char directory[PATH_MAX];

	if (!realpath(rootfs->path, directory))
		die("%s: %s", rootfs->path, strerror(errno));
	if (snprintf(path, PATH_MAX, "%s%s", directory, suffix) >= PATH_MAX)
		die("%s%s: %s", directory, suffix, strerror(ENAMETOOLONG));
	int file = TELL(open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC),
		"what else is known of the image", path);
	if (file == -1 && errno == ENOENT)
		return -1;
	if (file == -1)
		die("%s: %s", path,
			errno == ELOOP ? "it is a symbolic link: put the file itself there"
				       : strerror(errno));
	require_trust(file, path, rootfs);
	return file;
}
