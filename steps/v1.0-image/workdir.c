// The command's working directory.

#include "workdir.h"
#include "fd.h"
#include "image.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_directory(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		// /proc/self/fd/7 might be a directory of the host, which is closed only at the exec (CVE-2024-21626).
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return gcr_openat2(root, path, &how);
}

static noreturn void die_of_directory(const char *what)
{
	die("the working directory %s %s: %s", image_directory(), what, strerror(errno));
}

// Opens a directory, which it first makes if it is missing. The parent is the directory above.
static int open_or_make(int root, const char *path, int parent)
{
	int directory = open_directory(root, path);

	if (directory != -1 || errno != ENOENT)
		return directory;
	const char *name = strrchr(path, '/') + 1;
	if (TELL(mkdirat(parent, name, 0755), "a part of the working directory", name) == -1)
		die_of_directory("cannot be made");
	return open_directory(root, path);
}

void workdir_make(int root)
{
	const char *directory = image_directory(), *end = directory;
	char path[PATH_MAX];
	int parent = root;

	while (*(end += strspn(end, "/"))) {
		end += strcspn(end, "/");
		snprintf(path, sizeof(path), "%.*s", (int)(end - directory), directory);
		int next = open_or_make(root, path, parent);
		if (next == -1)
			die_of_directory("cannot be reached");
		if (parent != root)
			close(parent);
		parent = next;
	}
	if (parent != root)
		close(parent);
}

void workdir_enter(void)
{
	char path[PATH_MAX];

	if (!*image_directory())
		return; // it is / already
	CLEANUP_CLOSE int root = TRY(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "where to start");
	CLEANUP_CLOSE int directory = open_directory(root, image_directory());
	if (directory == -1 || TELL(fchdir(directory), "the command starts there") == -1)
		die_of_directory(
			errno == EACCES ? "is closed to the command's user" : "cannot be entered");
	errno = ENOENT; // of a directory outside, the path that getcwd(3) gives begins with (unreachable)
	if (!getcwd(path, sizeof(path)) || *path != '/')
		die_of_directory("has no path in the container");
}
