// Subordinate ids: the other users and groups that a user may map into a container.

#include "ids.h"
#include "fd.h"
#include "log.h"
#include "program.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

// Finds the login name of a user in /etc/passwd (passwd(5)). An account of LDAP's or the like is not in that file. Then
// $USER is taken as the caller's name. A wrong $USER gains nothing, because newuidmap(1) checks the range. Root's $USER is
// ignored, because newuidmap does not check what root maps. getpwuid(3) is not used: in a static program it would load
// libraries.
static int find_name(uid_t uid, char name[256])
{
	const char *user = uid != 0 && uid == geteuid() ? getenv("USER") : NULL;
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *entry = NULL;

	if (!file && errno != ENOENT)
		return -1;
	while (file && (entry = fgetpwent(file)) && entry->pw_uid != uid)
		;
	int result = !file || entry || feof(file) ? 0 : -1;
	snprintf(name, 256, "%s", entry ? entry->pw_name : user ? user : "");
	if (file)
		fclose(file);
	return result;
}

bool gcr_parse_id_range(
	const char *line, const char *name, uid_t uid, unsigned *first, unsigned *count)
{
	char owner[256], number[16], end = '\n';
	long long from, many; // decimal, octal or hexadecimal, as newuidmap reads them

	if (sscanf(line, "%255[^:\n]:%lli:%lli%c", owner, &from, &many, &end) < 3)
		return false;
	snprintf(number, sizeof(number), "%u", uid);
	if (strcmp(owner, name) != 0 && strcmp(owner, number) != 0)
		return false;
	*first = (unsigned)from;
	*count = (unsigned)many;
	return end == '\n' && from > 0 && many > 0 && from < UINT32_MAX &&
	       many <= UINT32_MAX - from;
}

void gcr_add_ids(struct gcr_id_map *map, unsigned first, unsigned count)
{
	unsigned inside = 0;

	for (size_t i = 0; i < map->count; i++) {
		struct gcr_id_range range = map->ranges[i];
		unsigned end = first + count, range_end = range.outside + range.count;

		if (first < range_end && range.outside < end) {
			if (first < range.outside)
				gcr_add_ids(map, first, range.outside - first);
			if (range_end < end)
				gcr_add_ids(map, range_end, end - range_end);
			return;
		}
		inside = range.inside + range.count;
	}
	if (count > UINT32_MAX - inside)
		count = UINT32_MAX - inside;
	if (map->count < GCR_MAX_RANGES && count > 0)
		map->ranges[map->count++] = (struct gcr_id_range){ inside, first, count };
}

int gcr_add_subordinate_ids(struct gcr_id_map *map, const char *path, uid_t uid)
{
	char name[256] = "", *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "re");
	bool failed = false, found = false;

	if (!file)
		return -1;
	while (!failed && getline(&line, &size, file) != -1) {
		unsigned first, count;

		if (!*name && find_name(uid, name) == -1) {
			failed = true;
		} else if (gcr_parse_id_range(line, name, uid, &first, &count)) {
			gcr_add_ids(map, first, count);
			found = true;
		}
	}
	int error = failed || !feof(file) ? errno : found ? 0 : ENOENT;
	free(line);
	fclose(file);
	return error ? (errno = error, -1) : 0;
}

int gcr_add_own_ids(struct gcr_id_map *map, const char *path)
{
	char text[256];
	unsigned first, count, others = 0;

	if (gcr_read_file(path, text, sizeof(text)) == -1)
		return -1;
	for (const char *line = text; line && sscanf(line, "%u %*u %u", &first, &count) == 2;
		line = strchr(line + 1, '\n'))
		if (first <= 1 && count > 1 - first)
			others = count - (1 - first);
	if (others > 0)
		gcr_add_ids(map, 1, others < 65535 ? others : 65535);
	return 0;
}

const char *gcr_id_map_text(const struct gcr_id_map *map, char text[GCR_ID_MAP_SIZE])
{
	size_t length = 0;

	*text = '\0';
	for (const struct gcr_id_range *range = map->ranges; range < map->ranges + map->count;
		range++)
		length += (size_t)sprintf(
			text + length, "%u %u %u\n", range->inside, range->outside, range->count);
	return text;
}

void gcr_log_id_map(const char *name, const struct gcr_id_map *map)
{
	for (const struct gcr_id_range *range = map->ranges; range < map->ranges + map->count;
		range++)
		if (range->count == 1)
			gcr_log("[map] %s %u is %u outside", name, range->inside, range->outside);
		else
			gcr_log("[map] %s %u-%u are %u-%u outside", name, range->inside,
				range->inside + range->count - 1, range->outside,
				range->outside + range->count - 1);
}

pid_t gcr_start_mapper(const char *mapper, pid_t child, const char *map)
{
	char pid[16], numbers[GCR_ID_MAP_SIZE];
	char *words[2 + 3 * GCR_MAX_RANGES + 1] = { (char *)mapper, pid };
	size_t count = 2;

	snprintf(pid, sizeof(pid), "%d", child);
	snprintf(numbers, sizeof(numbers), "%s", map);
	for (char *word = strtok(numbers, " \n"); word; word = strtok(NULL, " \n"))
		words[count++] = word;
	return gcr_start_program(words);
}

// Finds a program in PATH. Returns false if it is not there.
static bool find_program(const char *name, char path[PATH_MAX], struct stat *status)
{
	const char *end;

	for (const char *place = getenv("PATH"); place; place = *end ? end + 1 : NULL) {
		end = strchrnul(place, ':');
		snprintf(path, PATH_MAX, "%.*s/%s", (int)(end - place), place, name);
		if (stat(path, status) == 0 && access(path, X_OK) == 0)
			return true;
	}
	return false;
}

const char *gcr_why_not_mapped(const char *mapper, char *text, size_t size)
{
	char path[PATH_MAX];
	struct stat status;
	struct statvfs filesystem;

	snprintf(text, size, "see above");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		snprintf(text, size,
			"no_new_privs is set, so it has no rights: start gcr without it");
	else if (prctl(PR_CAPBSET_READ, CAP_SETUID, 0, 0, 0) == 0)
		snprintf(text, size, "a container around this one has dropped CAP_SETUID");
	else if (!find_program(mapper, path, &status))
		;
	else if (!(status.st_mode & S_ISUID) &&
		 getxattr(path, "security.capability", NULL, 0) == -1)
		snprintf(text, size, "it is neither setuid nor has a capability: sudo chmod u+s %s",
			path);
	else if (statvfs(path, &filesystem) == 0 && filesystem.f_flag & ST_NOSUID)
		snprintf(text, size, "%s is on a filesystem that is mounted nosuid", path);
	return text;
}
