// The subordinate ids of a user. An input is all of /etc/passwd, /etc/subuid and /proc/PID/uid_map.

#include "fuzz.h"

#include <pwd.h>

static const char *find_name(uid_t uid)
{
	FILE *file = fopen("/etc/passwd", "r");
	struct passwd *entry;

	while ((entry = fgetpwent(file)) && entry->pw_uid != uid)
		;
	fclose(file);
	return entry ? entry->pw_name : "";
}

// As shadow's subordinateio.c reads a line, and so newuidmap(1).
static bool read_line(
	char *line, const char *name, const char *number, unsigned *first, unsigned *count)
{
	char *owner = strsep(&line, ":"), *from = strsep(&line, ":"), *many = line, *end[2];

	if (!many || strchr(many, ':') || !*owner || !*from || !*many)
		return false;
	long a = strtol(from, &end[0], 0), b = strtol(many, &end[1], 0);
	*first = (unsigned)a;
	*count = (unsigned)b;
	return (strcmp(owner, name) == 0 || strcmp(owner, number) == 0) && !*end[0] && !*end[1] &&
	       a > 0 && b > 0 && a < UINT32_MAX && b <= UINT32_MAX - a;
}

// How often a map has an id of the host's.
static int times(const struct gcr_id_map *map, unsigned id)
{
	int found = 0;

	for (size_t i = 0; i < map->count; i++)
		found += id >= map->ranges[i].outside &&
			 id - map->ranges[i].outside < map->ranges[i].count;
	return found;
}

static void check_ranges(const char *text)
{
	struct gcr_id_map map = { .ranges = { { 0, 12345, 1 } }, .count = 1 };
	const char *name = find_name(12345);
	char *copy = strdup(text), *lines = copy, *line, written[GCR_ID_MAP_SIZE];
	bool found = false;

	int result = gcr_add_subordinate_ids(&map, "/etc/subuid", 12345);
	while ((line = strsep(&lines, "\n"))) {
		unsigned first, count;
		if (!read_line(line, name, "12345", &first, &count))
			continue;
		found = true;
		assert(map.count == GCR_MAX_RANGES || times(&map, first) == 1);
		assert(map.count == GCR_MAX_RANGES || times(&map, first + count - 1) == 1);
	}
	assert((result == 0) == found);
	unsigned inside = 0;
	for (size_t i = 0; i < map.count; i++) {
		assert(map.ranges[i].inside == inside && map.ranges[i].count > 0);
		inside += map.ranges[i].count;
		assert(times(&map, map.ranges[i].outside) == 1);
	}
	assert(strlen(gcr_id_map_text(&map, written)) < sizeof(written));
	free(copy);
}

// A map as the kernel prints it, of the input's numbers.
static void check_map(const char *input, size_t size)
{
	unsigned one[3], wanted = 0;
	char text[256] = "";
	struct gcr_id_map map = { .count = 0 };

	for (size_t i = 0; i < 5 && (i + 1) * sizeof(one) <= size; i++) {
		memcpy(one, input + i * sizeof(one), sizeof(one));
		snprintf(text + strlen(text), 34, "%10u %10u %10u\n", one[0], one[1], one[2]);
		if (one[0] <= 1 && one[2] > 1 - one[0])
			wanted = one[2] - (1 - one[0]);
	}
	fuzz_file = text;
	assert(gcr_add_own_ids(&map, "/proc/self/uid_map") == 0);
	assert(map.count == (wanted > 0));
	assert(wanted == 0 || (map.ranges[0].outside == 1 &&
				      map.ranges[0].count == (wanted < 65535 ? wanted : 65535)));
}

void fuzz(char *input, size_t size)
{
	struct gcr_id_map map = { .count = 0 };

	fuzz_file = input;
	check_ranges(input);
	gcr_add_own_ids(&map, "/proc/self/uid_map");
	check_map(input, size);
}
