// What nft(8) lists. Other users may name tables in it, so their names must not get into a command that gcr prints.

#include "../../steps/v0.7-net/rules.c"
#include "fuzz.h"

static const char harmless[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./ ,:;\n";

static void check_obstacles(struct json_object *ruleset)
{
	char *text = NULL;
	size_t size;
	FILE *usual = stdout;

	stdout = open_memstream(&text, &size);
	bool found = print_obstacles(ruleset, "br0");
	fclose(stdout);
	stdout = usual;
	assert(found == (size > 0) && strspn(text, harmless) == size);
	// Of ours, each follows a name, and a name has none.
	for (const char *mark = text; (mark = strchr(mark, ';')); mark++)
		assert(strncmp(mark, "; sudo ", 7) == 0 || strncmp(mark, "; see nft ", 10) == 0);
	free(text);
}

void fuzz(char *input, size_t size)
{
	struct json_object *ruleset = json_tokener_parse(input), *again = json_tokener_parse(input);

	(void)size;
	check_obstacles(ruleset);
	assert(count_own_tables(ruleset) == count_own_tables(again));
	assert(have_equal_tables(ruleset, again));
	json_object_put(ruleset);
	json_object_put(again);
}
