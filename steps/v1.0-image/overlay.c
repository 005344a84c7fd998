// The layers of a container's files.

#include "overlay.h"
#include "array.h"
#include "fd.h"
#include "layers.h"
#include "mounts.h"
#include "upper.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

// So many --lower, with the layers of an image, fit into the page that mount(2) takes.
#define MAX_KEPT 60

static const char *kept; // --upper
static const char *kept_below[MAX_KEPT]; // --lower
static size_t kept_below_count;

static void set_upper(const char *value)
{
	kept = value;
}

static void set_lower(const char *value)
{
	if (kept_below_count == MAX_KEPT)
		die_with(GCR_USAGE, "--lower %s: a container has at most %d of them", value,
			MAX_KEPT);
	kept_below[kept_below_count++] = value;
}

const struct gcr_option overlay_options[] = {
	{ "upper", 0, "DIR", "keep what the container writes in DIR, and go on from what is there",
		set_upper },
	{ "lower", 0, "DIR",
		"stack what --upper has kept in DIR on the rootfs; the last one is on top",
		set_lower },
	{ 0 },
};

#define UNREACHABLE "the container's root is the rootfs's owner, and that user cannot reach it"
#define MISSING	    "the layer is missing: make the image again: scripts/img2rootfs -layers -force"
#define APPARMOR    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
#define APPARMOR_CURE \
	"AppArmor forbids it: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
#define OTHER_DISK "or set GCR_DATA_DIR to a directory on another disk"

const struct gcr_hint overlay_hints[] = {
	{ "gcr_open_rootfs", EACCES, UNREACHABLE },
	{ "open(layer", EACCES, UNREACHABLE },
	{ "open(layer", ENOENT, MISSING },
	{ "open(layer", EMFILE, "gcr opens some 20 files, and two for each layer: ulimit -n 1024" },
	{ "open(part", EACCES,
		"the container's root is the rootfs's owner, and that user cannot reach the upper "
		"layer: set GCR_DATA_DIR, or --upper, to a directory that it can" },
	{ "mkdir", ENOSPC, "the disk is full: free some of it, " OTHER_DISK },
	{ "mkdir", EDQUOT, "your part of the disk is full: free some of it, " OTHER_DISK },
	{ "fsetxattr", ENOSPC, "the disk is full: free some of it, " OTHER_DISK },
	{ "mount(\"overlay\"", ENOSPC, "the disk is full: free some of it, " OTHER_DISK },
	{ "fsetxattr", EOPNOTSUPP,
		"the file system of the upper layer has no user attributes (xattr(7)), in which "
		"overlayfs notes what is removed: choose a directory on ext4, XFS or btrfs, by "
		"--upper or GCR_DATA_DIR" },
	{ "mount(\"overlay\"", ENODEV, "the kernel has no overlayfs: sudo modprobe overlay" },
	{ "mount(\"overlay\"", EPERM, APPARMOR_CURE, APPARMOR, "1" },
	{ "mount(\"overlay\"", EACCES, APPARMOR_CURE, APPARMOR, "1" },
	{ "mount(\"overlay\"", EPERM,
		"the kernel is older than 5.11, and lets only the host's root mount overlayfs" },
	{ "mount(\"overlay\"", ELOOP,
		"a layer is named twice, or lies in another: name other directories by --upper and "
		"--lower" },
	{ "mount(\"overlay\"", EINVAL,
		"overlayfs does not take the file system of a layer: sudo dmesg | tail says more" },
	{ 0 },
};

// The directories that are stacked.
static struct {
	const char *upper; // see upper.h
	char *lower[LAYERS_MAX + MAX_KEPT]; // the lowest first
	size_t count;
} layers;

static void add_kept_below(const char *directory, uid_t user)
{
	char *layer;

	upper_lock_lower(directory, user);
	if (asprintf(&layer, "%s/upper", directory) == -1)
		die("--lower %s: %s", directory, strerror(errno));
	layers.lower[layers.count++] = layer;
}

void overlay_make_upper(const struct gcr_rootfs *rootfs, const char *id)
{
	struct upper_root root = { .user = geteuid(), .group = getegid() };
	struct stat status;

	if (geteuid() == 0) {
		TRY(stat(rootfs->path, &status), "its owner is the container's root");
		root.user = status.st_uid;
		root.group = status.st_gid;
	}
	layers.count = layers_find(rootfs, layers.lower);
	for (size_t i = 0; i < kept_below_count; i++)
		add_kept_below(kept_below[i], root.user);
	const char *top = layers.lower[layers.count - 1];
	TRY(stat(top, &status), "/ inside has the mode of the topmost layer", top);
	root.mode = status.st_mode & 07777;
	layers.upper = kept ? upper_open_kept(kept, &root) : upper_make(id, &root);
}

void overlay_open_namespace(const struct gcr_child *child)
{
	upper_open_namespace(child);
}

void overlay_remove_upper(void)
{
	upper_remove();
}

// The options of mount(2), a page at most, and the layers that they name.
struct options {
	char text[4096];
	int opened[COUNT(layers.lower) + 2];
	size_t count;
};

// Adds an open layer. By its descriptor, no letter of its path needs a backslash, a renamed directory is still found, and
// /proc/mounts shows no path of the host inside.
static void add_layer(struct options *options, const char *before, int layer)
{
	size_t length = strlen(options->text);

	snprintf(options->text + length, sizeof(options->text) - length, "%s%s", before,
		path_of(layer).text);
	options->opened[options->count++] = layer;
}

// Layers are opened here, because the kernel takes none of another mount namespace.
static void add_lower_layers(struct options *options, const struct gcr_rootfs *rootfs)
{
	for (size_t i = layers.count; i-- > 0;) {
		const char *layer = layers.lower[i];
		int opened = layer == rootfs->path
				     ? TRY(gcr_open_rootfs(rootfs), "the lower layer")
				     : TRY(open(layer, O_PATH | O_DIRECTORY | O_CLOEXEC),
					       "a lower layer", layer);
		add_layer(options, i == layers.count - 1 ? ",lowerdir=" : ":", opened);
	}
}

static void add_part_of_upper(struct options *options, const char *name, const char *before)
{
	char part[PATH_MAX + sizeof("/upper")];

	snprintf(part, sizeof(part), "%s/%s", layers.upper, name);
	add_layer(options, before,
		TRY(open(part, O_PATH | O_DIRECTORY | O_CLOEXEC), "the upper layer", part));
}

// Looks for a mount below a directory. A mount that came from the host is locked: what it covers may not be seen
// (mount_namespaces(7)).
static bool has_mount_below(const char *directory, char where[PATH_MAX])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	bool found = false;
	char path[PATH_MAX];

	if (!mounts || !realpath(directory, path))
		return false;
	strncat(path, "/", sizeof(path) - strlen(path) - 1);
	while (!found && (entry = getmntent(mounts))) {
		found = strncmp(entry->mnt_dir, path, strlen(path)) == 0;
		snprintf(where, PATH_MAX, "%s", entry->mnt_dir);
	}
	endmntent(mounts);
	return found;
}

// mount(2) has refused the layers.
static noreturn void die_of_refusal(void)
{
	int error = errno;
	char where[PATH_MAX];

	for (size_t i = 0; i < layers.count && error == EINVAL; i++)
		if (has_mount_below(layers.lower[i], where))
			die("%s is a mount within a lower layer, which overlayfs would uncover: "
			    "umount it",
				where);
	errno = error;
	gcr_die_of("mount(\"overlay\", layers)");
}

// Where overlayfs cannot prepare its work directory, it mounts the layers read-only.
static void require_writable(int root)
{
	struct statvfs status;

	TRY(fstatvfs(root, &status), "whether it can be written");
	if (status.f_flag & ST_RDONLY)
		die("overlayfs cannot write to the upper layer: its disk is full: free some of "
		    "it, " OTHER_DISK);
}

// With userxattr, overlayfs notes what is removed in attributes that an ordinary user may write. Where it took trusted.* ones from
// a user namespace, the container's root became the host's (CVE-2021-3493, CVE-2023-2640). Without index, an upper layer may go on
// over other lower layers.
#define OPTIONS "userxattr,index=off"

int overlay_mount(const struct gcr_rootfs *rootfs)
{
	const char *place = layers.upper; // any directory will do
	struct options options = { .text = OPTIONS };
	const char *text = options.text;

	add_lower_layers(&options, rootfs);
	add_part_of_upper(&options, "upper", ",upperdir=");
	add_part_of_upper(&options, "work", ",workdir=");
	if (!kept)
		strcat(options.text, ",volatile"); // its end need not wait for the disk
	// nosuid holds for copies, too: a setuid program that was copied up kept its owner (CVE-2023-0386).
	if (TELL(mount("overlay", place, "overlay", MS_NOSUID | MS_NODEV, text),
		    "the lower layers are never written: all that changes goes to the upper one",
		    place, text) == -1)
		die_of_refusal();
	for (size_t i = 0; i < options.count; i++)
		close(options.opened[i]);
	int root = TRY(open(place, O_PATH | O_DIRECTORY | O_CLOEXEC), "the new root", place);
	require_writable(root);
	return root;
}

void overlay_make_directory(int root, const char *name)
{
	if (TELL(mkdirat(root, name, 0755), "to mount on", name) == 0 || errno == EEXIST)
		return;
	if (errno == EACCES)
		die("the container's root may not enter the rootfs: %s", strerror(errno));
	gcr_die_of("mkdirat(root, name, 0755)");
}
