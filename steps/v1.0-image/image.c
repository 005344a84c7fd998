// What a container runs, and as whom, where and with which variables.

#include "image.h"
#include "config.h"
#include "exec.h"
#include "fd.h"
#include "log.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the options say; NULL: nothing.
static struct {
	const char *entrypoint, *user, *directory;
	char **environment; // of --env-file
} asked;

static struct image_config config;
static bool has_home;

static void set_entrypoint(const char *value)
{
	asked.entrypoint = value;
}

static void set_user(const char *value)
{
	asked.user = value;
}

static void set_directory(const char *value)
{
	if (*value && *value != '/')
		die_with(GCR_USAGE, "-w %s: write an absolute path, as in -w /srv", value);
	asked.directory = value;
}

// Adds the variable that a line of --env-file sets. docker reads such a file in this way: it knows no quotes.
static int add_line(const char *line)
{
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return 0;
	if (strcspn(line, " \t") < strcspn(line, "="))
		return errno = EINVAL, -1;
	return gcr_add_variable(&asked.environment, line);
}

static void add_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0, number = 0;
	ssize_t length;

	if (!file)
		die("--env-file %s: %s", path, strerror(errno));
	while ((length = getline(&line, &size, file)) != -1) {
		number++;
		if (strlen(line) != (size_t)length)
			die("--env-file %s: line %zu has a NUL in it", path, number);
		size_t end = strcspn(line, "\n");
		line[end > 0 && line[end - 1] == '\r' ? end - 1 : end] = '\0';
		if (add_line(line) == -1)
			die("--env-file %s: line %zu: %s: write NAME=VALUE or NAME", path, number,
				strerror(errno));
	}
	if (ferror(file))
		die("--env-file %s: %s", path, strerror(errno));
	free(line);
	fclose(file);
}

// docker and podman have to be told what gcr always does.
static void set_nothing(const char *value)
{
	(void)value;
}

const struct gcr_option image_options[] = {
	{ "entrypoint", 0, "PROGRAM",
		"what runs COMMAND, in place of the image's Entrypoint and Cmd; '' for nothing",
		set_entrypoint },
	{ "env-file", 0, "FILE", "set the variables that a file has, each on a line of its own",
		add_file },
	{ "user", 'u', "USER[:GROUP]",
		"run COMMAND as this user of the container: names or numbers", set_user },
	{ "workdir", 'w', "DIR", "run COMMAND in this directory; it is made if it is missing",
		set_directory },
	{ "interactive", 'i', NULL, "always so, as are the next three: docker's words work here",
		set_nothing },
	{ "tty", 't', NULL, "a terminal, where gcr's own input and output are one", set_nothing },
	{ "init", 0, NULL, "a PID 1 that passes signals on", set_nothing },
	{ "rm", 0, NULL, "what it writes ends with the container, without --upper", set_nothing },
	{ 0 },
};

static size_t count(char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

// Makes a list of two.
static char **join(char *const *one, char *const *other)
{
	size_t first = count(one), second = count(other);
	char **list = calloc(first + second + 1, sizeof(*list));

	if (!list)
		die("%s", strerror(errno));
	for (size_t i = 0; i < first; i++)
		list[i] = one[i];
	for (size_t i = 0; i < second; i++)
		list[first + i] = other[i];
	return list;
}

static noreturn void die_of_no_command(const struct gcr_run *run, bool has_config)
{
	if (has_config)
		die_with(GCR_USAGE,
			"run needs a COMMAND, as the image %s names none: write: gcr run %s sh, or "
			"see gcr --help",
			run->name, run->name);
	die_with(GCR_USAGE,
		"run needs a COMMAND, as there is no %s.json that names one: write: gcr run %s sh, "
		"or see gcr --help",
		run->rootfs.path, run->name);
}

// What docker runs: Entrypoint and then COMMAND, or Cmd if there is none. --entrypoint replaces both Entrypoint and Cmd.
static char **find_command(char **command)
{
	const char *own = asked.entrypoint;
	char *entrypoint[] = { own && *own ? (char *)own : NULL, NULL };

	return join(
		own ? entrypoint : config.entrypoint, own || command[0] ? command : config.command);
}

// The last variable of a name counts.
static char **find_environment(char **variables)
{
	char **below = join(config.environment, asked.environment);
	char **all = join(below, variables);

	free(below);
	for (char **variable = all; *variable; variable++)
		has_home |= strncmp(*variable, "HOME=", strlen("HOME=")) == 0;
	return all;
}

void image_complete_run(struct gcr_run *run)
{
	bool has_config = config_read(&run->rootfs, &config);

	run->command = find_command(run->command);
	if (!run->command[0])
		die_of_no_command(run, has_config);
	run->environment = find_environment(run->environment);
}

const char *image_user(void)
{
	return asked.user && *asked.user ? asked.user : config.user;
}

const char *image_directory(void)
{
	return asked.directory && *asked.directory ? asked.directory : config.directory;
}

bool image_sets_home(void)
{
	return has_home;
}

const char *const *image_volumes(void)
{
	return (const char *const *)config.volumes;
}
