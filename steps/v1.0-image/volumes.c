// Directories and files of the host in the container.

#include "volumes.h"
#include "array.h"
#include "fd.h"
#include "image.h"
#include "mounts.h"
#include "target.h"
#include "volume.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
	STAILQ_HEAD(, volume) volumes; // in the order in which they are mounted
	bool is_read_only; // --read-only
} wanted = { .volumes = STAILQ_HEAD_INITIALIZER(wanted.volumes) };

// Reading the options
// -----------------------------------------------------------------------------------------------

// For a loop over all volumes.
#define EACH(one)                                           \
	struct volume *one = STAILQ_FIRST(&wanted.volumes); \
	one;                                                \
	one = STAILQ_NEXT(one, next)

// Makes a volume, and a copy of the option's value for it.
static struct volume *make_volume(const char *option, const char *value, char **copy)
{
	struct volume *volume = calloc(1, sizeof(*volume));
	char *asked;

	*copy = strdup(value);
	if (!volume || !*copy || asprintf(&asked, "%s %s", option, value) == -1)
		die("%s %s: %s", option, value, strerror(errno));
	volume->asked = asked;
	volume->tree = -1;
	return volume;
}

static size_t depth_of(const char *path)
{
	size_t depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	return depth;
}

// A volume at /data comes before one at /data/cache, or it would hide that.
static void insert(struct volume *volume)
{
	struct volume *before = NULL;

	for (EACH(other))
		if (depth_of(other->target) <= depth_of(volume->target))
			before = other;
	if (before)
		STAILQ_INSERT_AFTER(&wanted.volumes, before, volume, next);
	else
		STAILQ_INSERT_HEAD(&wanted.volumes, volume, next);
}

static void add(const char *option, const char *value, void (*parse)(char *, struct volume *))
{
	char *copy;
	struct volume *volume = make_volume(option, value, &copy);

	parse(copy, volume);
	if (target_is_reserved(volume->target))
		die_with(GCR_USAGE, "%s: %s is gcr's own", volume->asked,
			*volume->target ? volume->target : "/");
	for (EACH(other))
		if (strcmp(other->target, volume->target) == 0)
			die_with(GCR_USAGE, "%s: duplicate mount point %s: see %s", volume->asked,
				volume->target, other->asked);
	insert(volume);
}

// Whether a directory that the image wants to be a volume is one already, or lies in one that an option asks for.
static bool is_in_volume(const char *path)
{
	for (EACH(volume))
		if (volume->kind == VOLUME_OF_IMAGE ? strcmp(path, volume->target) == 0
						    : target_is_in(path, volume->target))
			return true;
	return false;
}

static void add_volume_of_image(const char *path)
{
	char clean[PATH_MAX], *target;

	if (snprintf(clean, sizeof(clean), "%s", path) >= PATH_MAX)
		die("the image's volume %s: %s", path, strerror(ENAMETOOLONG));
	if (volume_clean_path(clean) == -1)
		die("the image's volume %s: %s", path, strerror(errno));
	if (target_is_reserved(clean))
		die("the image's volume %s: it is gcr's own", path);
	if (is_in_volume(clean))
		return;
	struct volume *volume = make_volume("the image's volume", clean, &target);
	volume->kind = VOLUME_OF_IMAGE;
	volume->target = target;
	insert(volume);
}

static void add_bind(const char *value)
{
	add("-v", value, volume_parse_bind);
}

static void add_mount(const char *value)
{
	add("--mount", value, volume_parse_mount);
}

static void add_tmpfs(const char *value)
{
	add("--tmpfs", value, volume_parse_tmpfs);
}

static void set_read_only(const char *value)
{
	(void)value;
	wanted.is_read_only = true;
}

const struct gcr_option volumes_options[] = {
	{ "volume", 'v', "VOLUME", "HOST:CONTAINER[:ro]: show a directory or file of the host",
		add_bind },
	{ "mount", 0, "SETTINGS",
		"type=bind,source=HOST,target=CONTAINER[,readonly]: the same; or type=tmpfs",
		add_mount },
	{ "tmpfs", 0, "TMPFS", "CONTAINER[:size=64m,mode=755]: an empty directory in memory",
		add_tmpfs },
	{ "read-only", 0, NULL, "only volumes, /tmp and /dev can be written", set_read_only },
	{ 0 },
};

const struct gcr_hint volumes_hints[] = {
	{ "move_mount(tree", ENOSPC,
		"there are too many mounts: sudo sysctl fs.mount-max=1000000" },
	{ "move_mount(tree", ENOENT, "the place was removed meanwhile" },
	{ "mount(\"tmpfs\", path_of(place).text, \"tmpfs\", flags", EINVAL,
		"the container has no such user or group" },
	{ 0 },
};

// Opening the sources
// -----------------------------------------------------------------------------------------------

static const struct {
	int error;
	const char *text;
} source_errors[] = {
	{ ENOENT, "no such file or directory; mkdir -p makes a directory" },
	{ EACCES, "gcr's caller may not reach it" },
	{ EINVAL, "its mount cannot be shown elsewhere: it is unbindable, or not of this mount "
		  "namespace" },
	{ EMFILE, "too many open files: gcr opens one for each volume: ulimit -n 4096" },
};

static noreturn void die_of_source(const struct volume *volume)
{
	const char *text = strerror(errno);

	for (size_t i = 0; i < COUNT(source_errors); i++)
		if (source_errors[i].error == errno)
			text = source_errors[i].text;
	die("%s: %s: %s", volume->asked, volume->source, text);
}

// Clones the source's mount and all mounts below it. A symbolic link of the host's is followed. Returns whether this process may.
static bool open_source(struct volume *volume)
{
	struct mount_attr attributes = {
		.attr_set = volume->attributes | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		.propagation = MS_PRIVATE,
	};
	const char *source = volume->source;
	struct stat status;

	volume->tree = TELL(
		open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
		"a volume, with all mounts below it", source);
	if (volume->tree == -1 && errno == EPERM)
		return false;
	if (volume->tree == -1 || fstat(volume->tree, &status) == -1)
		die_of_source(volume);
	volume->is_file = !S_ISDIR(status.st_mode);
	if (S_ISBLK(status.st_mode) || S_ISCHR(status.st_mode))
		die("%s: %s is a device, which nothing in a volume is (nodev)", volume->asked,
			source);
	TRY(mount_setattr(volume->tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
		    sizeof(attributes)),
		"what the host forbids stays forbidden; later mounts show on neither side");
	return true;
}

void volumes_open(void)
{
	for (size_t i = 0; image_volumes()[i]; i++)
		add_volume_of_image(image_volumes()[i]);
	if (geteuid() != 0)
		return;
	for (EACH(volume))
		if (volume->kind == VOLUME_BIND && !open_source(volume))
			return;
}

void volumes_open_as_caller(void)
{
	for (EACH(volume))
		if (volume->kind == VOLUME_BIND && volume->tree == -1 && !open_source(volume))
			die_of_source(volume);
}

// Mounting
// -----------------------------------------------------------------------------------------------

// Whether gcr may make something in a directory of the container: not if it is one of the host's. What was mounted last shows.
static bool may_make_in(const char *directory)
{
	bool is_hosts = false;

	for (EACH(volume))
		if (*volume->place && target_is_in(directory, volume->place))
			is_hosts = volume->kind == VOLUME_BIND;
	return !is_hosts;
}

static void mount_bind(int tree, int place)
{
	TRY(move_mount(tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
		"the volume takes its place");
	close(tree);
}

// Unless --tmpfs says it, the mode is that of the directory below.
static void mount_tmpfs(struct volume *volume, int place)
{
	static const char *const names[TMPFS_NUMBERS] = { "size", "mode", "uid", "gid",
		"nr_inodes" };
	unsigned long flags = MS_NOSUID | MS_NODEV;
	struct stat below;
	char data[256] = "";

	TRY(fstat(place, &below), "the directory below");
	if (!*volume->numbers[TMPFS_MODE])
		snprintf(volume->numbers[TMPFS_MODE], sizeof(volume->numbers[0]), "%o",
			below.st_mode & 07777);
	flags |= volume->attributes & MOUNT_ATTR_RDONLY ? MS_RDONLY : 0;
	flags |= volume->attributes & MOUNT_ATTR_NOEXEC ? MS_NOEXEC : 0;
	for (size_t i = 0; i < TMPFS_NUMBERS; i++)
		if (*volume->numbers[i])
			snprintf(data + strlen(data), sizeof(data) - strlen(data), "%s%s=%s",
				*data ? "," : "", names[i], volume->numbers[i]);
	TRY(mount("tmpfs", path_of(place).text, "tmpfs", flags, data), "an empty directory", data);
}

// Mounts a directory over itself: it stays writable when all around it becomes read-only.
static void mount_over_itself(int place)
{
	CLEANUP_CLOSE int copy =
		TRY(open_tree(place, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH),
			"a mount of its own");
	TRY(move_mount(copy, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
		"over what it shows");
}

static int open_place(int root, const struct volume *volume, char real[PATH_MAX])
{
	struct target target = { volume->target, S_IFDIR | 0755, volume->asked, may_make_in };
	struct stat status;

	if (volume->kind == VOLUME_TMPFS)
		target.mode = S_IFDIR | 01777;
	if (volume->is_file)
		target.mode = S_IFREG | 0644;
	int place = target_open(root, &target, real);
	TRY(fstat(place, &status), "what is there");
	if (volume->kind != VOLUME_OF_IMAGE && S_ISDIR(status.st_mode) == volume->is_file)
		die("%s: %s is a %s in the container, and a %s cannot be mounted on it",
			volume->asked, volume->target, volume->is_file ? "directory" : "file",
			volume->is_file ? "file" : "directory");
	if (status.st_nlink > 0)
		return place;
	// Nothing can be mounted on a file without a name, as gcr's own in /etc are.
	TRY(umount2(path_of(place).text, MNT_DETACH), "gcr's own file makes way");
	close(place);
	return target_open(root, &target, real);
}

static void mount_volume(int root, struct volume *volume)
{
	static const char *const reasons[] = {
		[VOLUME_BIND] = "files of the host, and what the container makes of them",
		[VOLUME_TMPFS] = "files in memory, which end with the container",
		[VOLUME_OF_IMAGE] = "stays writable if the rest does not",
	};
	char real[PATH_MAX];

	gcr_explain(volume->asked, reasons[volume->kind]);
	CLEANUP_CLOSE int place = open_place(root, volume, real);
	if (volume->kind == VOLUME_BIND)
		mount_bind(volume->tree, place);
	else if (volume->kind == VOLUME_TMPFS)
		mount_tmpfs(volume, place);
	else if (wanted.is_read_only)
		mount_over_itself(place);
	strcpy(volume->place, real);
}

// The files that gcr itself has mounted in /etc. As in docker, --read-only is for them, too.
static void protect_own_files(int root)
{
	static const char *const names[] = { "etc/hostname", "etc/hosts" };
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < COUNT(names); i++) {
		CLEANUP_CLOSE int place = find_in_rootfs(root, names[i]);
		if (place != -1)
			TRY(mount_setattr(place, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)),
				"gcr's own file becomes read-only", names[i]);
	}
}

void volumes_mount(int root)
{
	mode_t mask = umask(0); // or the container's users might not reach what is made

	if (wanted.is_read_only)
		protect_own_files(root); // before a volume takes the place of one
	for (EACH(volume))
		mount_volume(root, volume);
	umask(mask);
}

void volumes_protect_rootfs(int root)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };

	if (wanted.is_read_only)
		TRY(mount_setattr(root, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)),
			"the rootfs becomes read-only, but no mount in it");
}
