// Executing the command, with an environment of its own.

#include "exec.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

int gcr_add_variable(char ***variables, const char *variable)
{
	size_t name_length = strcspn(variable, "=");
	const char *value = strchr(variable, '=') ? NULL : getenv(variable);
	char *entry = NULL;
	size_t count = 0;

	if (name_length == 0) {
		errno = EINVAL;
		return -1;
	}
	if (variable[name_length] == '\0' && !value)
		return 0;
	if (asprintf(&entry, "%s%s%s", variable, value ? "=" : "", value ? value : "") == -1)
		return -1;
	while (*variables && (*variables)[count])
		count++;
	char **more = reallocarray(*variables, count + 2, sizeof(*more));
	if (!more)
		return -1;
	*variables = more;
	more[count] = entry;
	more[count + 1] = NULL;
	return 0;
}

int gcr_fresh_environment(char *const variables[])
{
	const char *term = getenv("TERM");

	clearenv();
	if (setenv("PATH", DEFAULT_PATH, 1) == -1 || setenv("HOME", "/root", 1) == -1)
		return -1;
	if (term && setenv("TERM", term, 1) == -1)
		return -1;
	for (size_t i = 0; variables && variables[i]; i++)
		if (putenv(variables[i]) != 0)
			return -1;
	return 0;
}

void gcr_exec(char *const command[])
{
	const char *name = command[0];

	gcr_explain_program(command, "in place of gcr");
	execvp(name, command);

	const char *why = strerror(errno);
	if (errno == ENOENT && !strchr(name, '/'))
		die_with(GCR_NOT_FOUND, "%s: not found in PATH=%s", name, getenv("PATH"));
	if (errno == ENOENT && access(name, F_OK) == 0)
		die_with(GCR_NOT_FOUND, "%s: its interpreter or dynamic loader is missing", name);
	if (errno == ENOENT)
		die_with(GCR_NOT_FOUND, "%s: %s", name, why);
	if (errno == ENOEXEC)
		die_with(GCR_CANNOT_EXEC, "%s: %s: for another architecture?", name, why);
	die_with(GCR_CANNOT_EXEC, "%s: %s", name, why);
}
