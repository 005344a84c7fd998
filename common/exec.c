// Executing the command, with an environment of its own.

#include "exec.h"
#include "array.h"
#include "diagnose.h"
#include "fd.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static noreturn void die_not_found(const char *name, const char *path)
{
	if (strchr(name, '/'))
		die_with(GCR_NOT_FOUND, "%s: %s", name, strerror(ENOENT));
	die_with(GCR_NOT_FOUND, "%s: not found in PATH=%s", name, path);
}

// Whether a rootfs may have a file at this path.
static bool may_have(int root, const char *path)
{
	// gcr mounts on these later, so their files are not there yet.
	static const char *const mounts[] = { "dev", "proc", "sys", "tmp" };
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT };
	const char *first = path + strspn(path, "/.");

	for (size_t i = 0; i < COUNT(mounts); i++)
		if (strncmp(first, mounts[i], strlen(mounts[i])) == 0)
			return true;
	CLEANUP_CLOSE int file = gcr_openat2(root, path, &how);
	if (file == -1 && (errno == EPERM || errno == ENOMEM))
		die("rootfs: cannot look for %s: %s", path, strerror(errno));
	return file != -1 || (errno != ENOENT && errno != ENOTDIR);
}

// Writes the next path at which a command may be to file. *place is where in PATH to go on. Returns false at PATH's end.
static bool next_in_path(const char **place, const char *name, char file[PATH_MAX])
{
	if (!*place || !*name)
		return false;
	const char *end = strchrnul(*place, ':');
	int length = (int)(end - *place); // if it is 0, the place is the working directory
	snprintf(file, PATH_MAX, "%.*s%s%s", length, *place, length ? "/" : "", name);
	*place = *end ? end + 1 : NULL;
	return true;
}

void gcr_require_command(int root, char *const command[], char *const variables[])
{
	const char *name = command[0], *path = DEFAULT_PATH;
	char file[PATH_MAX];

	for (size_t i = 0; variables && variables[i]; i++)
		if (strncmp(variables[i], "PATH=", strlen("PATH=")) == 0)
			path = variables[i] + strlen("PATH=");
	if (strchr(name, '/') && may_have(root, name))
		return;
	for (const char *place = path; !strchr(name, '/') && next_in_path(&place, name, file);)
		if (may_have(root, file))
			return;
	die_not_found(name, path);
}

// Executes the first file with the command's name in PATH; if that fails, returns -1, and file is the one at fault, or "". This
// is not execvp(3), which hands a file that the kernel rejects to /bin/sh, even a program for another machine.
static int execute_in_path(char *const command[], char file[PATH_MAX])
{
	const char *path = getenv("PATH");
	char next[PATH_MAX];
	struct stat status;
	int error = 0;

	*file = '\0';
	for (const char *place = path; next_in_path(&place, command[0], next);) {
		execve(next, command, environ);
		if (errno == ENOENT || errno == ENOTDIR || error)
			continue;
		error = errno;
		strcpy(file, next);
		if (error != EACCES)
			return -1;
	}
	// None was found. But one of them may exist and lack the loader or interpreter that it needs.
	for (const char *place = path; !error && next_in_path(&place, command[0], next);)
		if (lstat(next, &status) == 0) {
			error = ENOENT;
			strcpy(file, next);
		}
	errno = error ? error : ENOENT;
	return -1;
}

void gcr_exec(char *const command[])
{
	const char *name = command[0];
	char file[PATH_MAX], why[2 * PATH_MAX];
	struct stat status;

	gcr_explain_program(command, "in place of gcr");
	if (strchr(name, '/')) {
		snprintf(file, sizeof(file), "%s", name);
		execve(name, command, environ);
	} else {
		execute_in_path(command, file);
	}

	int error = errno;
	if (error == ENOENT && lstat(file, &status) == -1)
		die_not_found(name, getenv("PATH"));
	die_with(error == ENOENT ? GCR_NOT_FOUND : GCR_CANNOT_EXEC, "%s",
		gcr_diagnose(file, error, why, sizeof(why)));
}
