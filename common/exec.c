// Executing the command, with an environment of its own.

#include "exec.h"
#include "array.h"
#include "diagnose.h"
#include "fd.h"
#include "log.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

// Whether a rootfs may have a file of that path.
static bool may_have(int root, const char *path)
{
	// What is mounted there is not there yet.
	static const char *const mounts[] = { "dev", "proc", "sys", "tmp" };
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT };
	const char *first = path + strspn(path, "/.");

	for (size_t i = 0; i < COUNT(mounts); i++)
		if (strncmp(first, mounts[i], strlen(mounts[i])) == 0)
			return true;
	CLEANUP_CLOSE int file = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (file == -1 && (errno == EPERM || errno == ENOMEM))
		die("rootfs: cannot look for %s: %s", path, strerror(errno));
	return file != -1 || (errno != ENOENT && errno != ENOTDIR);
}

void gcr_require_command(int root, char *const command[], char *const variables[])
{
	const char *name = command[0], *path = DEFAULT_PATH, *end = NULL;
	char file[PATH_MAX];

	for (size_t i = 0; variables && variables[i]; i++)
		if (strncmp(variables[i], "PATH=", strlen("PATH=")) == 0)
			path = variables[i] + strlen("PATH=");
	if (strchr(name, '/') && may_have(root, name))
		return;
	for (const char *place = path; *name && !strchr(name, '/'); place = end + 1) {
		end = strchrnul(place, ':');
		snprintf(file, sizeof(file), "%.*s/%s", (int)(end - place), place, name);
		if (may_have(root, file))
			return;
		if (!*end)
			break;
	}
	die_not_found(name, path);
}

// What became of the first file that is there and cannot be executed.
struct failure {
	char path[PATH_MAX];
	int error; // 0: there is no such file
};

// Executes a file; if that fails, notes why, unless an earlier failure is noted. Returns whether another may be tried.
static bool execute(const char *path, char *const command[], struct failure *failure)
{
	struct stat status;

	execve(path, command, environ);
	int error = errno;
	bool elsewhere = error == ENOENT || error == ENOTDIR || error == EACCES;
	if (!failure->error && !(elsewhere && lstat(path, &status) == -1)) {
		snprintf(failure->path, sizeof(failure->path), "%s", path);
		failure->error = error;
	}
	return elsewhere;
}

// Executes the first file with the command's name in PATH. execvp(3) is not used: what the kernel takes for no program,
// that gives to /bin/sh, even a program for another machine.
static void execute_in_path(char *const command[], struct failure *failure)
{
	const char *end = NULL;
	char path[PATH_MAX];

	for (const char *place = getenv("PATH"); *command[0]; place = end + 1) {
		end = strchrnul(place, ':');
		int length = (int)(end - place); // if it is 0, the place is the working directory
		snprintf(path, sizeof(path), "%.*s%s%s", length, place, length ? "/" : "",
			command[0]);
		if (!execute(path, command, failure) || !*end)
			break;
	}
}

void gcr_exec(char *const command[])
{
	const char *name = command[0];
	struct failure failure = { "", 0 };
	char why[2 * PATH_MAX];

	gcr_explain_program(command, "in place of gcr");
	terminal_take();
	if (strchr(name, '/'))
		execute(name, command, &failure);
	else
		execute_in_path(command, &failure);

	if (!failure.error)
		die_not_found(name, getenv("PATH"));
	die_with(failure.error == ENOENT ? GCR_NOT_FOUND : GCR_CANNOT_EXEC, "%s",
		gcr_diagnose(failure.path, failure.error, why, sizeof(why)));
}
