// Files of cgroups: /proc/self/cgroup, cgroup.controllers and memory.events.

#include "../../steps/v0.6-cgroups/cgroup.c"
#include "../../steps/v0.6-cgroups/limits.c"
#include "fuzz.h"

static void check_own_cgroup(const char *text)
{
	char path[PATH_MAX], *copy = strdup(text), *lines = copy, *line = NULL;

	while ((line = strsep(&lines, "\n")) && strncmp(line, "0::/", 4) != 0)
		;
	if (strlen(text) < PATH_MAX - sizeof(CGROUPS)) {
		assert((find_own_cgroup(path) == 0) == (line != NULL));
		assert(!line || strcmp(path + strlen(CGROUPS), line + 3) == 0);
	}
	free(copy);
}

static void check_controllers(const char *text)
{
	char *copy = strdup(text), *words = copy, *word;
	bool found = false;

	while ((word = strsep(&words, " \n")))
		found |= strcmp(word, "cpu") == 0;
	assert(strlen(text) > 255 || has_controller("", "cpu") == found);
	free(copy);
}

void fuzz(char *input, size_t size)
{
	(void)size;
	fuzz_file = input;
	check_own_cgroup(input);
	check_controllers(input);
	count_oom_kills("");
}
