// Who has which subordinate ids. An input is all of /etc/passwd, /etc/subuid and /proc/PID/uid_map.

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
static bool read_line(char *line, const char *name, const char *number, struct gcr_id_range *range)
{
	char *owner = strsep(&line, ":"), *first = strsep(&line, ":"), *count = line, *end[2];

	if (!count || strchr(count, ':') || !*owner || !*first || !*count)
		return false;
	long from = strtol(first, &end[0], 0), many = strtol(count, &end[1], 0);
	*range = (struct gcr_id_range){ (unsigned)from, (unsigned)many };
	return (strcmp(owner, name) == 0 || strcmp(owner, number) == 0) && !*end[0] && !*end[1] &&
	       from > 0 && many > 0 && from < UINT32_MAX && many <= UINT32_MAX - from;
}

static void check_ranges(const char *text)
{
	struct gcr_id_range wanted, range;
	const char *name = find_name(12345);
	char *copy = strdup(text), *lines = copy, *line;
	bool found = false;

	while (!found && (line = strsep(&lines, "\n")))
		found = read_line(line, name, "12345", &wanted);
	assert((gcr_find_id_range("/etc/subuid", 12345, &range) == 0) == found);
	assert(found ? range.first == wanted.first && range.count == wanted.count
		     : range.count == 0);
	free(copy);
}

// A map as the kernel prints it, of the input's numbers.
static void check_map(const char *input, size_t size)
{
	unsigned one[3], wanted = 0;
	char map[256] = "";
	struct gcr_id_range range;

	for (size_t i = 0; i < 5 && (i + 1) * sizeof(one) <= size; i++) {
		memcpy(one, input + i * sizeof(one), sizeof(one));
		snprintf(map + strlen(map), 34, "%10u %10u %10u\n", one[0], one[1], one[2]);
		if (one[0] <= 1 && one[2] > 1 - one[0])
			wanted = one[2] - (1 - one[0]);
	}
	fuzz_file = map;
	assert(gcr_own_id_range("/proc/self/uid_map", &range) == 0);
	assert(range.first == 1 && range.count == (wanted < 65535 ? wanted : 65535));
}

void fuzz(char *input, size_t size)
{
	struct gcr_id_range range;

	fuzz_file = input;
	check_ranges(input);
	gcr_own_id_range("/proc/self/uid_map", &range);
	check_map(input, size);
}
