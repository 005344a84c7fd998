// Subordinate ids: which users and groups beside oneself a user may map into a container.

#include "ids.h"
#include "fd.h"

#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

bool gcr_parse_id_range(const char *line, const char *name, uid_t uid, struct gcr_id_range *range)
{
	char owner[256], number[16], end = '\n';
	long first, count; // decimal, octal or hexadecimal, as newuidmap reads them

	if (sscanf(line, "%255[^:\n]:%li:%li%c", owner, &first, &count, &end) < 3)
		return false;
	snprintf(number, sizeof(number), "%u", uid);
	if (strcmp(owner, name) != 0 && strcmp(owner, number) != 0)
		return false;
	*range = (struct gcr_id_range){ (unsigned)first, (unsigned)count };
	return end == '\n' && first > 0 && count > 0 && first < UINT32_MAX &&
	       count <= UINT32_MAX - first;
}

int gcr_find_id_range(const char *path, uid_t uid, struct gcr_id_range *range)
{
	char name[256] = "", *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "re");
	bool found = false;

	*range = (struct gcr_id_range){ 0 };
	if (!file)
		return -1;
	int error = 0;
	while (!found && !error && getline(&line, &size, file) != -1) {
		if (!*name && find_name(uid, name) == -1)
			error = errno;
		else
			found = gcr_parse_id_range(line, name, uid, range);
	}
	if (!error)
		error = feof(file) ? ENOENT : errno;
	free(line);
	fclose(file);
	if (found)
		return 0;
	*range = (struct gcr_id_range){ 0 };
	return errno = error, -1;
}

int gcr_own_id_range(const char *path, struct gcr_id_range *range)
{
	char map[256];
	unsigned first, count, others = 0;

	*range = (struct gcr_id_range){ 1, 0 };
	if (gcr_read_file(path, map, sizeof(map)) == -1)
		return -1;
	for (const char *line = map; line && sscanf(line, "%u %*u %u", &first, &count) == 2;
		line = strchr(line + 1, '\n'))
		if (first <= 1 && count > 1 - first)
			others = count - (1 - first);
	range->count = others < 65535 ? others : 65535;
	return 0;
}
