// Subordinate ids: which other users and groups a user may map into a container.

#include "gcr.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The login name of a user in /etc/passwd (passwd(5)); $USER for the caller, who may be known elsewhere, unless
// that is root (newuidmap does not believe it, but root needs no newuidmap). Not getpwuid(3): in a
// static program it would load libraries.
static void find_name(uid_t uid, char name[256])
{
	const char *user = uid != 0 && uid == geteuid() ? getenv("USER") : NULL;
	FILE *file = fopen("/etc/passwd", "re");
	char line[1024];
	unsigned number;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%255[^:]:%*[^:]:%u:", name, &number) != 2 || number != uid)
			continue;
		fclose(file);
		return;
	}
	snprintf(name, 256, "%s", user ? user : "");
	if (file)
		fclose(file);
}

bool gcr_parse_id_range(const char *line, const char *name, uid_t uid, struct gcr_id_range *range)
{
	char owner[256], number[16], end = '\n';
	unsigned long first, count; // ten digits may be more than an id has

	if (sscanf(line, "%255[^:\n]:%10lu:%10lu%c", owner, &first, &count, &end) < 3)
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
	char name[256] = "", line[512];
	FILE *file = fopen(path, "re");
	bool found = false;

	*range = (struct gcr_id_range){ 0 };
	if (!file)
		return -1;
	while (!found && fgets(line, sizeof(line), file)) {
		if (!*name)
			find_name(uid, name);
		found = gcr_parse_id_range(line, name, uid, range);
	}
	fclose(file);
	if (found)
		return 0;
	*range = (struct gcr_id_range){ 0 };
	errno = ENOENT;
	return -1;
}

struct gcr_id_range gcr_own_id_range(const char *path)
{
	char map[256];
	unsigned count = 0;

	if (gcr_read_file(path, map, sizeof(map)) == 0)
		sscanf(map, " 0 %*u %u", &count);
	if (count > 65536)
		count = 65536;
	return (struct gcr_id_range){ 1, count > 0 ? count - 1 : 0 };
}
