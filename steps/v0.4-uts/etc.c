// Mounting over files of the container's /etc.

#include "etc.h"
#include "fd.h"
#include "log.h"
#include "mounts.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

int open_in_etc(int root, const char *name)
{
	CLEANUP_CLOSE int etc = open_in_rootfs(root, "etc");

	if (TELL(mknodat(etc, name, S_IFREG | 0644, 0), "to mount on", name) == -1 &&
		errno != EEXIST) {
		gcr_warn("the rootfs has no /etc/%s, and it cannot be made: %s", name,
			strerror(errno));
		return -1;
	}
	return TRY(openat(etc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), "the place itself", name);
}

void bind_text(int root, const char *name, const char *text)
{
	CLEANUP_CLOSE int place = open_in_etc(root, name);
	if (place == -1)
		return;
	CLEANUP_CLOSE int dev = open_in_rootfs(root, "dev");
	CLEANUP_CLOSE int file = TRY(openat(dev, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0),
		"a file in memory", name);
	TRY(write(file, text, strlen(text)), "the text that it shows");
	TRY(fchmod(file, 0644), "everybody may read it");

	CLEANUP_CLOSE int copy = TRY(open_tree(dev, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
		"a mount of that one file", name);
	TRY(move_mount(copy, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
		"over what the rootfs has there");
	TRY(unlinkat(dev, name, 0), "the mount keeps the file without this name", name);
}
