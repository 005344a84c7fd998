// Removing a directory with all that is in it.

#include "tree.h"
#include "fd.h"
#include "mounts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Lets its owner read and change a directory. overlayfs itself makes one of mode 0. The name may be a symbolic link by now, and
// fchmodat(2) would follow it, so the directory is opened first.
static int open_to_owner(int parent, const char *name)
{
	CLEANUP_CLOSE int directory =
		openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return directory == -1 ? -1 : chmod(path_of(directory).text, 0700);
}

static DIR *open_directory(int parent, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	bool is_open = faccessat(parent, name, R_OK | W_OK | X_OK, AT_SYMLINK_NOFOLLOW) == 0;

	if (!is_open && open_to_owner(parent, name) == -1)
		return NULL;
	int directory = openat(parent, name, flags);
	DIR *stream = directory == -1 ? NULL : fdopendir(directory);

	if (!stream)
		gcr_cleanup_close(&directory);
	return stream;
}

// Removes a file or an empty directory.
static int remove_entry(int directory, const struct dirent *entry)
{
	if (entry->d_type != DT_DIR && unlinkat(directory, entry->d_name, 0) == 0)
		return 0;
	if (entry->d_type != DT_DIR && errno != EISDIR) // not every file system tells the type
		return -1;
	return unlinkat(directory, entry->d_name, AT_REMOVEDIR);
}

// Moves a directory up to the top of the tree, where its inode number is a name that no other has.
static int move_up(int directory, const struct dirent *entry, int top)
{
	char name[32];

	snprintf(name, sizeof(name), "%ju", (uintmax_t)entry->d_ino);
	if (renameat(directory, entry->d_name, top, name) == 0)
		return 0;
	// The name of its parent is in it, and so it has to be writable.
	return errno == EACCES && open_to_owner(directory, entry->d_name) == 0
		       ? renameat(directory, entry->d_name, top, name)
		       : -1;
}

static bool is_child(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int empty_directory(int top, int parent, const char *name, int depth);

// Removes an entry with what is in it, down to a depth. What lies deeper goes to the top. So a few open directories are enough
// for a tree of any depth, and no path in it is too long.
static int remove_with_contents(int top, int directory, const struct dirent *entry, int depth)
{
	if (remove_entry(directory, entry) == 0)
		return 0;
	if (errno != ENOTEMPTY)
		return -1;
	if (depth == 0)
		return move_up(directory, entry, top);
	return empty_directory(top, directory, entry->d_name, depth - 1) == -1
		       ? -1
		       : remove_entry(directory, entry);
}

// Goes once through a directory. Returns how much there was in it, or -1.
static int remove_contents(int top, DIR *directory, int depth)
{
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(directory))) {
		if (!is_child(entry))
			continue;
		count++;
		if (remove_with_contents(top, dirfd(directory), entry, depth) == -1)
			return -1;
	}
	return count;
}

static int empty_directory(int top, int parent, const char *name, int depth)
{
	DIR *directory = open_directory(parent, name);

	if (!directory)
		return -1;
	int count = remove_contents(top, directory, depth);
	int error = errno;
	closedir(directory);
	return errno = error, count;
}

int tree_remove(int parent, const char *name)
{
	DIR *top = open_directory(parent, name);
	int count;

	if (!top)
		return errno == ENOENT ? 0 : -1;
	while ((count = remove_contents(dirfd(top), top, TREE_FILES - 2)) > 0)
		rewinddir(top);
	int error = errno;
	closedir(top);
	return count == -1 ? (errno = error, -1) : unlinkat(parent, name, AT_REMOVEDIR);
}
