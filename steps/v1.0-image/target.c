// Where a volume is mounted: a place in an untrusted rootfs, which is made if it is missing.

#include "target.h"
#include "array.h"
#include "fd.h"
#include "mounts.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Places that gcr itself needs: with all that is below them, or without.
static const struct {
	const char *path;
	bool with_all_below;
} reserved[] = {
	{ "", false }, // the rootfs
	{ "/proc", true },
	{ "/sys", true },
	{ "/dev", false },
	{ "/dev/console", true },
	{ "/dev/ptmx", true },
	{ "/dev/pts", true },
};

bool target_is_in(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

// Returns whether gcr itself needs a place that a path leads to, or leads through.
static bool is_reserved(const char *path, bool leads_through)
{
	for (size_t i = 0; i < COUNT(reserved); i++)
		if (reserved[i].with_all_below
				? target_is_in(path, reserved[i].path)
				: !leads_through && strcmp(path, reserved[i].path) == 0)
			return true;
	return false;
}

bool target_is_reserved(const char *path)
{
	return is_reserved(path, false);
}

// Opens a file in the container, as one of its processes would. But no link of /proc leads to an open file (CVE-2024-21626), and
// if another container swaps a link meanwhile, the link still leads to no place outside of root (CVE-2021-30465).
static int open_inside(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return gcr_openat2(root, path, &how);
}

// Writes the path of an open file, as seen from root, to real.
static void find_real_path(int root, int place, const struct target *target, char real[PATH_MAX])
{
	char top[PATH_MAX], path[PATH_MAX];
	ssize_t top_length = readlink(path_of(root).text, top, sizeof(top) - 1);
	ssize_t length = readlink(path_of(place).text, path, sizeof(path) - 1);

	if (top_length == -1 || length == -1)
		die("%s: %s", target->asked, strerror(errno));
	top[top_length] = path[length] = '\0';
	if (!target_is_in(path, top))
		die("%s: it leads out of the container, to %s", target->asked, path);
	snprintf(real, PATH_MAX, "%s", path + top_length);
}

// Makes a directory, or a file if it is what to mount on, and opens it.
static int make_entry(
	int directory, const char *real, const char *name, mode_t mode, const struct target *target)
{
	if (faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		die("%s: %s/%s is a symbolic link that leads nowhere", target->asked, real, name);
	if (!target->may_make_in(real))
		die("%s: %s has no %s, and gcr makes nothing in a volume: make it first",
			target->asked, real, name);
	int made = S_ISDIR(mode) ? TELL(mkdirat(directory, name, mode & 07777), "to mount on", name)
				 : TELL(mknodat(directory, name, mode, 0), "to mount on", name);
	if (made == -1)
		die("%s: %s/%s cannot be made: %s", target->asked, real, name, strerror(errno));
	return TRY(openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), "what was made", name);
}

static noreturn void die_of_path(const struct target *target, const char *path)
{
	die("%s: %s in the container: %s", target->asked, path,
		errno == ELOOP ? "it leads in a circle, or through a link of /proc to an open file"
			       : strerror(errno));
}

// One part of the path after the other, so that what is missing can be made in the directory before it.
int target_open(int root, const struct target *target, char real[PATH_MAX])
{
	int place = TRY(openat(root, ".", O_PATH | O_CLOEXEC), "where the path begins");
	char path[PATH_MAX];

	*real = '\0';
	for (const char *end = target->path; *end;) {
		CLEANUP_CLOSE int directory = place;
		end += 1 + strcspn(end + 1, "/");
		snprintf(path, sizeof(path), "%.*s", (int)(end - target->path), target->path);
		place = open_inside(root, path);
		if (place == -1 && errno == ENOENT)
			place = make_entry(directory, real, strrchr(path, '/') + 1,
				*end ? S_IFDIR | 0755 : target->mode, target);
		if (place == -1)
			die_of_path(target, path);
		find_real_path(root, place, target, real);
		if (is_reserved(real, *end))
			die("%s: %s is gcr's own", target->asked, *real ? real : "/");
	}
	return place;
}
