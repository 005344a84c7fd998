// The command's environment. An input is what -e gets, each ended by a NUL.

#include "../../common/exec.c"
#include "fuzz.h"

static bool is_default(const char *entry)
{
	return strcmp(entry, "PATH=" DEFAULT_PATH) == 0 || strcmp(entry, "HOME=/root") == 0;
}

// The last to set a name decides. SET is all that the host has.
static bool is_asked_for(const char *entry, const char *input, const char *end)
{
	size_t length = strcspn(entry, "=") + 1;
	const char *last = NULL;

	for (; input < end; input += strlen(input) + 1)
		if (strncmp(input, entry, length) == 0)
			last = input;
		else if (strcmp(input, "SET") == 0 && strncmp(entry, "SET=", length) == 0)
			last = "SET=here";
	return last ? strcmp(entry, last) == 0 : is_default(entry);
}

void fuzz(char *input, size_t size)
{
	const char *end = input + size;
	char **variables = NULL;

	clearenv();
	setenv("SET", "here", 1);
	for (const char *one = input; one < end; one += strlen(one) + 1)
		assert((gcr_add_variable(&variables, one) == 0) == (*one && *one != '='));
	assert(gcr_fresh_environment(variables) == 0);
	for (char **entry = environ; *entry; entry++)
		assert(is_asked_for(*entry, input, end));
	for (char **one = variables; one && *one; one++)
		assert(getenv(strndupa(*one, strcspn(*one, "="))));
	clearenv();
	for (char **one = variables; one && *one; one++)
		free(*one);
	free(variables);
}
