// What asks for volumes: -v, --mount and --tmpfs.

#include "../../steps/v1.0-image/target.c"
#include "../../steps/v1.0-image/volume.c"
#include "fuzz.h"

// A process that dies frees nothing.
int __lsan_is_turned_off(void)
{
	return 1;
}

// Splits the path at its slashes.
static void check_clean_path(const char *text)
{
	char *path = strdup(text), *parts = strdup(text), *rest = parts, *part,
	     wanted[PATH_MAX] = "";
	size_t length = 0;
	bool is_valid = *text == '/' && strlen(text) < PATH_MAX;

	while ((part = strsep(&rest, "/")) && is_valid) {
		is_valid = strcmp(part, "..") != 0;
		if (*part && strcmp(part, ".") != 0)
			length += (size_t)sprintf(wanted + length, "/%s", part);
	}
	assert((volume_clean_path(path) == 0) == is_valid);
	assert(!is_valid || strcmp(path, wanted) == 0);
	assert(!is_valid || !*path || (volume_clean_path(path) == 0 && strcmp(path, wanted) == 0));
	free(path);
	free(parts);
}

static void check_number(const char *text, enum tmpfs_number number)
{
	size_t digits = strspn(text, "0123456789"), length = strlen(text);

	if (!*text)
		return;
	assert(digits > 0 &&
		(digits == length || (number == TMPFS_SIZE && strcmp(text + digits, "%") == 0)));
	if (number == TMPFS_SIZE) // 0 would be no limit
		assert(strtoull(text, NULL, 10) > 0 &&
			(!text[digits] || strtoull(text, NULL, 10) <= 100));
	if (number == TMPFS_MODE)
		assert(strspn(text, "01234567") == length && strtoul(text, NULL, 8) <= 07777);
	if (number == TMPFS_UID || number == TMPFS_GID)
		assert(strtoull(text, NULL, 10) < UINT32_MAX); // -1 stands for none
}

static void check_volume(const struct volume *volume, const char *text)
{
	assert(volume->kind == VOLUME_BIND || volume->kind == VOLUME_TMPFS);
	assert((volume->source != NULL) == (volume->kind == VOLUME_BIND));
	assert(!volume->source || (*volume->source && strlen(volume->source) <= strlen(text)));
	assert(!*volume->target || *volume->target == '/');
	assert(!strstr(volume->target, "//") && strlen(volume->target) < PATH_MAX);
	assert(!(volume->attributes & ~(uint64_t)(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC)));
	for (size_t i = 0; i < TMPFS_NUMBERS; i++) {
		check_number(volume->numbers[i], i);
		assert(volume->kind == VOLUME_TMPFS || !*volume->numbers[i]);
	}
	// Nothing below /proc is ever a target.
	assert(strncmp(volume->target, "/proc/", 6) != 0 || target_is_reserved(volume->target));
}

static void check_parser(const char *text, void (*parse)(char *, struct volume *))
{
	struct volume volume = { .asked = "-v", .tree = -1 };
	char *copy = strdup(text);

	*fuzz_said = '\0';
	int status = STATUS_OF(parse(copy, &volume));
	if (status == -1)
		check_volume(&volume, text);
	else
		assert(status == GCR_USAGE && strncmp(fuzz_said, "gcr: -v: ", 9) == 0);
	assert(!strstr(fuzz_said, "(null)") || strstr(text, "(null)"));
	free(copy);
}

void fuzz(char *input, size_t size)
{
	(void)size;
	check_clean_path(input);
	check_parser(input, volume_parse_bind);
	check_parser(input, volume_parse_mount);
	check_parser(input, volume_parse_tmpfs);
}
