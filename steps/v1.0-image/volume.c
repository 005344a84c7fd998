// Reading -v, --mount and --tmpfs.

#include "volume.h"
#include "array.h"
#include "log.h"
#include "parse.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

// All three options have a list of settings, NAME or NAME=VALUE. Not every setting may stand in each of them.
enum syntax {
	IN_BIND = 1, // -v HOST:CONTAINER:SETTINGS
	IN_TMPFS = 2, // --tmpfs CONTAINER:SETTINGS
	IN_MOUNT = 4, // --mount SETTINGS
};

// A setting that gcr has. set() gets NULL without a VALUE, and returns -1 if the VALUE is wrong.
struct setting {
	const char *name;
	unsigned syntaxes;
	int (*set)(struct volume *volume, char *value, unsigned detail);
	unsigned detail;
	const char *form; // how to write it
};

static int set_type(struct volume *volume, char *value, unsigned detail)
{
	(void)detail;
	if (!value || (strcmp(value, "bind") != 0 && strcmp(value, "tmpfs") != 0))
		return -1;
	volume->kind = strcmp(value, "bind") == 0 ? VOLUME_BIND : VOLUME_TMPFS;
	return 0;
}

static int set_source(struct volume *volume, char *value, unsigned detail)
{
	(void)detail;
	if (!value || !*value)
		return -1;
	volume->source = value;
	return 0;
}

static int set_target(struct volume *volume, char *value, unsigned detail)
{
	(void)detail;
	if (!value || !*value)
		return -1;
	volume->target = value;
	return 0;
}

// A flag is set by NAME, NAME=true and NAME=1.
static int parse_flag(const char *value, bool *is_set)
{
	*is_set = !value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
	return *is_set || strcmp(value, "false") == 0 || strcmp(value, "0") == 0 ? 0 : -1;
}

static int set_attribute(struct volume *volume, char *value, unsigned attribute)
{
	bool is_set;

	if (parse_flag(value, &is_set) == -1)
		return -1;
	if (is_set)
		volume->attributes |= attribute;
	else
		volume->attributes &= ~(uint64_t)attribute;
	return 0;
}

static int clear_attribute(struct volume *volume, char *value, unsigned attribute)
{
	volume->attributes &= ~(uint64_t)attribute;
	return value ? -1 : 0;
}

static int set_propagation(struct volume *volume, char *value, unsigned detail)
{
	(void)volume, (void)detail;
	return value && (strcmp(value, "rprivate") == 0 || strcmp(value, "private") == 0) ? 0 : -1;
}

// A size in bytes, or as a percentage of the memory.
static int set_size(struct volume *volume, char *value, unsigned number)
{
	char *text = volume->numbers[number], digits[4] = "";
	uint64_t size;

	if (!value)
		return -1;
	size_t length = strlen(value);
	if (length > 1 && length <= sizeof(digits) && value[length - 1] == '%') {
		memcpy(digits, value, length - 1);
		if (gcr_parse_number(digits, 1, 100, &size) == -1)
			return -1;
		snprintf(text, sizeof(volume->numbers[0]), "%" PRIu64 "%%", size);
		return 0;
	}
	// A tmpfs of size 0 would have no limit.
	if (gcr_parse_size(value, &size) == -1 || size == 0)
		return -1;
	snprintf(text, sizeof(volume->numbers[0]), "%" PRIu64, size);
	return 0;
}

static int set_octal(struct volume *volume, char *value, unsigned number)
{
	if (!value || !*value || strlen(value) > 5 || strspn(value, "01234567") != strlen(value) ||
		strtoul(value, NULL, 8) > 07777)
		return -1;
	snprintf(volume->numbers[number], sizeof(volume->numbers[0]), "%s", value);
	return 0;
}

static int set_number(struct volume *volume, char *value, unsigned number)
{
	uint64_t parsed;

	if (!value || gcr_parse_number(value, 0, UINT32_MAX - 1, &parsed) == -1)
		return -1;
	snprintf(volume->numbers[number], sizeof(volume->numbers[0]), "%" PRIu64, parsed);
	return 0;
}

static const struct setting settings[] = {
	{ "type", IN_MOUNT, set_type, 0, "type=bind or type=tmpfs" },
	{ "source", IN_MOUNT, set_source, 0, "source=PATH" },
	{ "src", IN_MOUNT, set_source, 0, "src=PATH" },
	{ "target", IN_MOUNT, set_target, 0, "target=PATH" },
	{ "destination", IN_MOUNT, set_target, 0, "destination=PATH" },
	{ "dst", IN_MOUNT, set_target, 0, "dst=PATH" },
	{ "readonly", IN_MOUNT, set_attribute, MOUNT_ATTR_RDONLY, "readonly or readonly=false" },
	{ "ro", IN_MOUNT, set_attribute, MOUNT_ATTR_RDONLY, "ro or ro=false" },
	{ "bind-propagation", IN_MOUNT, set_propagation, 0, "bind-propagation=rprivate" },
	{ "tmpfs-size", IN_MOUNT, set_size, TMPFS_SIZE, "tmpfs-size=64m" },
	{ "tmpfs-mode", IN_MOUNT, set_octal, TMPFS_MODE, "tmpfs-mode=1777" },
	{ "ro", IN_BIND | IN_TMPFS, set_attribute, MOUNT_ATTR_RDONLY, "ro" },
	{ "rw", IN_BIND | IN_TMPFS, clear_attribute, MOUNT_ATTR_RDONLY, "rw" },
	{ "noexec", IN_BIND | IN_TMPFS, set_attribute, MOUNT_ATTR_NOEXEC, "noexec" },
	{ "exec", IN_BIND | IN_TMPFS, clear_attribute, MOUNT_ATTR_NOEXEC, "exec" },
	{ "size", IN_TMPFS, set_size, TMPFS_SIZE, "size=64m or size=10%" },
	{ "mode", IN_TMPFS, set_octal, TMPFS_MODE, "mode=1777" },
	{ "uid", IN_TMPFS, set_number, TMPFS_UID, "uid=NUMBER" },
	{ "gid", IN_TMPFS, set_number, TMPFS_GID, "gid=NUMBER" },
	{ "nr_inodes", IN_TMPFS, set_number, TMPFS_INODES, "nr_inodes=NUMBER" },
};

// Lists of names have a comma after each. What gcr does anyhow, and what docker does on Linux:
static const char granted[] = "nosuid,nodev,rbind,private,rprivate,consistent,cached,delegated,";

// Settings of other runtimes that gcr lacks, and why.
static const struct {
	const char *names;
	const char *reason;
} refused[] = {
	{ "z,Z,relabel,", "gcr sets no SELinux labels: leave it out" },
	{ "U,chown,", "gcr changes no owner: chown the files on the host" },
	{ "idmap,", "gcr maps no ids of a volume: the container's root is its caller" },
	{ "shared,rshared,slave,rslave,", "a mount in a volume of gcr's never shows elsewhere" },
	{ "bind,bind-nonrecursive,bind-recursive,", "a volume always has the mounts below it" },
	{ "suid,dev,", "volumes are nosuid and nodev: leave it out" },
	{ "O,", "gcr puts no overlay on a volume: use ro" },
};

static bool is_listed(const char *name, const char *list)
{
	size_t length = strlen(name);

	for (; *list; list += strcspn(list, ",") + 1)
		if (strcspn(list, ",") == length && strncmp(list, name, length) == 0)
			return true;
	return false;
}

static noreturn void die_of_setting(
	const struct volume *volume, enum syntax syntax, const char *name)
{
	char known[512] = "";

	for (size_t i = 0; i < COUNT(refused); i++)
		if (is_listed(name, refused[i].names))
			die_with(GCR_USAGE, "%s: %s: %s", volume->asked, name, refused[i].reason);
	for (const struct setting *one = settings; one < settings + COUNT(settings); one++)
		if (one->syntaxes & syntax)
			snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
				*known ? ", " : "", one->name);
	die_with(GCR_USAGE, "%s: there is no '%s'; there are %s", volume->asked, name, known);
}

static void apply_setting(struct volume *volume, enum syntax syntax, char *text)
{
	char *value = strchr(text, '=');

	if (syntax != IN_MOUNT && is_listed(text, granted))
		return;
	if (value)
		*value++ = '\0';
	for (const struct setting *one = settings; one < settings + COUNT(settings); one++) {
		if (!(one->syntaxes & syntax) || strcmp(one->name, text) != 0)
			continue;
		if (one->set(volume, value, one->detail) == -1)
			die_with(GCR_USAGE, "%s: %s%s%s: write %s", volume->asked, text,
				value ? "=" : "", value ? value : "", one->form);
		return;
	}
	die_of_setting(volume, syntax, text);
}

// Cuts the next field off a list with commas, as of a CSV file (RFC 4180): a field in quotes may have commas, and quotes that
// are doubled. Returns it without the quotes, or NULL if the quotes are wrong. *rest becomes NULL at the end of the list.
static char *next_field(char **rest)
{
	char *field = *rest, *to = field, *from = field;
	bool is_whole = *field != '"';

	if (is_whole)
		to = from += strcspn(from, ",\"");
	else
		for (from++; *from && !(is_whole = *from == '"' && *++from != '"'); from++)
			*to++ = *from;
	if (!is_whole || (*from && *from != ','))
		return NULL;
	*rest = *from ? from + 1 : NULL;
	*to = '\0';
	return field;
}

static void apply_settings(struct volume *volume, enum syntax syntax, char *text)
{
	for (char *rest = text; rest;) {
		char *field = next_field(&rest);
		if (!field)
			die_with(GCR_USAGE, "%s: write a value with a comma as in \"source=a,b\"",
				volume->asked);
		apply_setting(volume, syntax, field);
	}
}

int volume_clean_path(char *path)
{
	char *to = path;

	if (*path != '/')
		return errno = EINVAL, -1;
	if (strlen(path) >= PATH_MAX)
		return errno = ENAMETOOLONG, -1;
	for (const char *part = path + 1; *part; part += *part == '/') {
		size_t length = strcspn(part, "/");
		if (length == 2 && strncmp(part, "..", 2) == 0)
			return errno = EINVAL, -1;
		if (length > 1 || (length == 1 && *part != '.')) {
			*to++ = '/';
			memmove(to, part, length);
			to += length;
		}
		part += length;
	}
	*to = '\0';
	return 0;
}

static void clean_target(const struct volume *volume)
{
	if (volume_clean_path(volume->target) == -1)
		die_with(GCR_USAGE, "%s: %s: write a path in the container from / on, without ..",
			volume->asked, volume->target);
}

// Cuts text at its first colon. Returns what follows, or NULL if there is none.
static char *cut(char *text)
{
	char *colon = strchr(text, ':');

	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

void volume_parse_bind(char *text, struct volume *volume)
{
	char *source = text, *target = cut(source);
	char *list = target ? cut(target) : NULL;

	if (!*source || !target || !*target || (list && strchr(list, ':')))
		die_with(GCR_USAGE,
			"%s: write HOST:CONTAINER[:ro], as in ./data:/data; for a path with a "
			"colon, see --mount",
			volume->asked);
	// Docker manages volumes that have names.
	if (!strchr(source, '/') && *source != '.')
		die_with(GCR_USAGE, "%s: gcr has no named volumes; for a directory, write ./%s",
			volume->asked, source);
	volume->source = source;
	volume->target = target;
	if (list)
		apply_settings(volume, IN_BIND, list);
	clean_target(volume);
}

void volume_parse_tmpfs(char *text, struct volume *volume)
{
	char *target = text, *list = cut(target);

	volume->kind = VOLUME_TMPFS;
	volume->target = target;
	volume->attributes = MOUNT_ATTR_NOEXEC;
	if (list)
		apply_settings(volume, IN_TMPFS, list);
	clean_target(volume);
}

static bool has_numbers(const struct volume *volume)
{
	for (size_t i = 0; i < TMPFS_NUMBERS; i++)
		if (*volume->numbers[i])
			return true;
	return false;
}

void volume_parse_mount(char *text, struct volume *volume)
{
	const char *wrong = NULL;

	volume->kind = VOLUME_OF_IMAGE; // which no type is
	apply_settings(volume, IN_MOUNT, text);
	if (volume->kind == VOLUME_OF_IMAGE)
		wrong = "type=bind or type=tmpfs is missing";
	else if (!volume->target)
		wrong = "target=PATH is missing";
	else if (volume->kind == VOLUME_BIND && !volume->source)
		wrong = "source=PATH is missing";
	else if (volume->kind == VOLUME_BIND && has_numbers(volume))
		wrong = "tmpfs-size and tmpfs-mode need type=tmpfs";
	else if (volume->kind == VOLUME_TMPFS && volume->source)
		wrong = "a tmpfs has no source";
	if (wrong)
		die_with(GCR_USAGE, "%s: %s", volume->asked, wrong);
	if (volume->kind == VOLUME_TMPFS)
		volume->attributes |= MOUNT_ATTR_NOEXEC;
	clean_target(volume);
}
