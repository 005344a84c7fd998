// The accounts of a container. An input is USER[:GROUP], /etc/passwd and /etc/group, each ended by a NUL.

#include "../../steps/v1.0-image/accounts.c"
#include "fuzz.h"

#include <ctype.h>

// A process that dies frees nothing.
int __lsan_is_turned_off(void)
{
	return 1;
}

static const char *next_text(char **input, const char *end)
{
	char *text = *input;

	*input = text + strlen(text) < end ? text + strlen(text) + 1 : text + strlen(text);
	return text;
}

static FILE *open_text(const char *text)
{
	return fmemopen((char *)text, strlen(text) + 1, "r");
}

// Whether a line of the text has a field of this value.
static bool has_field(const char *text, const char *value, int field)
{
	char *copy = strdup(text), *lines = copy, *line;
	bool found = false;

	while ((line = strsep(&lines, "\n"))) {
		char *one = NULL;
		for (int i = 0; i <= field && line; i++)
			one = strsep(&line, ":");
		found |= one && strcmp(one, value) == 0;
	}
	free(copy);
	return found;
}

// In a line that begins with a space, the C library takes what was in its buffer before for fields that are missing.
static bool has_indented_line(const char *text)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (isspace((unsigned char)*line))
			return true;
	}
	return false;
}

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static void check_id(const char *asked, unsigned id, const char *text)
{
	if (is_number(asked))
		assert(strtoull(asked, NULL, 10) == id);
	else
		assert(has_field(text, asked, 0));
}

static void check_account(char *name, const char *passwd, const char *group)
{
	FILE *files[] = { open_text(passwd), open_text(group) };
	struct account account;

	int status = STATUS_OF(account = find_account(name, files[0], files[1]));
	for (size_t i = 0; i < COUNT(files); i++)
		fclose(files[i]);
	if (status != -1) {
		assert(status == GCR_FAILED && strncmp(fuzz_said, "gcr: ", 5) == 0);
		return;
	}
	const char *user = strsep(&name, ":");
	check_id(*user ? user : "0", account.user, passwd);
	if (name && *name) {
		check_id(name, account.group, group);
		assert(account.count == 1);
	}
	assert(account.user <= INT32_MAX && account.count > 0);
	assert(account.groups[0] == account.group);
	for (size_t i = 0; i < account.count; i++)
		assert(account.groups[i] <= INT32_MAX);
	assert(strcmp(account.home, account.user == 0 ? "/root" : "/") == 0 ||
		has_field(passwd, account.home, 5));
	free(account.groups);
	free(account.home);
}

void fuzz(char *input, size_t size)
{
	const char *end = input + size;
	char *name = (char *)next_text(&input, end);
	const char *passwd = next_text(&input, end), *group = next_text(&input, end);

	if (!has_indented_line(passwd) && !has_indented_line(group))
		check_account(name, passwd, group);
}
