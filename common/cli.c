// The command line.

#include "cli.h"
#include "exec.h"
#include "fd.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// The step's options and then the common ones, as getopt_long(3) wants them. The val of an option is FIRST_LONG plus its index
// in options[].
#define MAX_OPTIONS 48
#define FIRST_LONG  256 // above every letter

// The state for reading the command line. An option's set() gets only its value, so this cannot be an argument.
static struct {
	const struct gcr_program *program;
	const struct gcr_command *command; // NULL: run
	char **environment; // of -e
	const struct gcr_option *options[MAX_OPTIONS];
	struct option long_options[MAX_OPTIONS + 1];
	// "+" ends the options at the first argument. ":" tells a missing value from an unknown option.
	char letters[2 + 2 * MAX_OPTIONS + 1];
	size_t count; // of options
} cli = { .letters = "+:" };

static void set_environment(const char *value)
{
	if (gcr_add_variable(&cli.environment, value) == -1)
		die_with(GCR_USAGE, "-e %s: %s: write NAME=VALUE or NAME", value, strerror(errno));
}

static void set_explain(const char *value)
{
	(void)value;
	gcr_explaining = getpid();
}

static void set_quiet(const char *value)
{
	(void)value;
	gcr_quiet = true;
}

static noreturn void print_help(const char *value);
static noreturn void print_version(const char *value);

static const struct gcr_option common_options[] = {
	{ "env", 'e', "NAME[=VALUE]",
		"set a variable for the command; without VALUE, as on the host", set_environment },
	{ "explain", 0, NULL, "print each call that builds the container, and why", set_explain },
	{ "quiet", 'q', NULL, "print no log lines", set_quiet },
	{ "help", 'h', NULL, "print this text", print_help },
	{ "version", 0, NULL, "print the name of this step", print_version },
	{ 0 },
};

static void collect_options(const struct gcr_option *table)
{
	for (; table->name && cli.count < MAX_OPTIONS; table++, cli.count++) {
		cli.options[cli.count] = table;
		cli.long_options[cli.count] = (struct option){
			.name = table->name,
			.has_arg = table->value ? required_argument : no_argument,
			.val = (int)cli.count + FIRST_LONG,
		};
		if (table->letter)
			snprintf(cli.letters + strlen(cli.letters), 3, "%c%s", table->letter,
				table->value ? ":" : "");
	}
}

static const struct gcr_option *option_of(int value)
{
	if (value >= FIRST_LONG)
		return cli.options[value - FIRST_LONG];
	for (size_t i = 0; i < cli.count; i++)
		if (cli.options[i]->letter == value)
			return cli.options[i];
	return NULL;
}

static void print_option(const struct gcr_option *option)
{
	char flags[64];

	if (option->letter)
		snprintf(flags, sizeof(flags), "-%c, --%s", option->letter, option->name);
	else
		snprintf(flags, sizeof(flags), "    --%s", option->name);
	if (option->value)
		snprintf(
			flags + strlen(flags), sizeof(flags) - strlen(flags), " %s", option->value);
	printf("  %-24s  %s\n", flags, option->help);
}

static const struct gcr_command *find_command(const char *name)
{
	for (const struct gcr_command *one = cli.program->commands; one && one->name; one++)
		if (strcmp(one->name, name) == 0)
			return one;
	return NULL;
}

static void print_usage_of_run(void)
{
	printf("gcr %s: %s\n"
	       "\n"
	       "Usage: gcr run [OPTIONS] ROOTFS %s\n"
	       "   as in: %s\n"
	       "\n"
	       "  ROOTFS   a directory with a Linux system in it: a path if it has a slash, else a "
	       "name,\n"
	       "           looked up in $GCR_ROOTFS_DIR, ./rootfs and ~/.local/share/gcr/rootfs.\n"
	       "           scripts/img2rootfs makes one from any container image.\n"
	       "  COMMAND  what to run, found in the container's PATH%s\n"
	       "\n"
	       "Options:\n",
		cli.program->version, cli.program->summary,
		cli.program->has_default_command ? "[COMMAND [ARG...]]" : "COMMAND [ARG...]",
		cli.program->example,
		cli.program->has_default_command ? ", else what the image says" : "");
}

static void print_end_of_run(void)
{
	for (const struct gcr_command *one = cli.program->commands; one && one->name; one++)
		printf("\nAlso: gcr %s %s\n      %s\n", one->name, one->usage, one->summary);
	printf("\n"
	       "Exit status: the command's own; 128+N if signal N ended it; 125 if gcr failed;\n"
	       "126 if the command cannot be executed; 127 if it is not found.\n");
}

// Ends gcr after it has printed its answer. If the answer cannot be written, gcr has failed.
static noreturn void exit_flushed(void)
{
	if (fflush(stdout) == EOF)
		die("standard output: %s", strerror(errno));
	exit(EXIT_SUCCESS);
}

static void print_help(const char *value)
{
	(void)value;
	if (cli.command)
		printf("gcr %s: %s\n\nUsage: gcr %s %s\n\nOptions:\n", cli.program->version,
			cli.command->summary, cli.command->name, cli.command->usage);
	else
		print_usage_of_run();
	for (size_t i = 0; i < cli.count; i++)
		print_option(cli.options[i]);
	if (!cli.command)
		print_end_of_run();
	exit_flushed();
}

static void print_version(const char *value)
{
	(void)value;
	printf("gcr %s\n", cli.program->version);
	exit_flushed();
}

// Says why getopt_long() rejected an option: it returned ':' or '?'.
static noreturn void die_of_option(int value, const char *text)
{
	if (value == ':')
		die_with(GCR_USAGE, "%s needs a value; see gcr --help", text);
	if (optopt >= FIRST_LONG)
		die_with(GCR_USAGE, "--%s takes no value; see gcr --help", option_of(optopt)->name);
	if (optopt)
		die_with(GCR_USAGE, "-%c: no such option; see gcr --help", optopt);
	die_with(GCR_USAGE, "%s: no such option; see gcr --help", text);
}

// Reads options up to the first argument. Returns the arguments from there on.
static char **read_options(int argc, char *argv[])
{
	int value;

	opterr = 0;
	optind = 0; // start anew (getopt(3))
	// Options after ROOTFS belong to the container's command. Other commands take options anywhere.
	const char *taken = cli.command ? cli.letters + 1 : cli.letters;
	while ((value = getopt_long(argc, argv, taken, cli.long_options, NULL)) != -1) {
		if (value == ':' || value == '?')
			die_of_option(value, argv[optind - 1]);
		option_of(value)->set(optarg);
	}
	return argv + optind;
}

static noreturn void die_of_rootfs(const char *name)
{
	char places[4096];
	const char *closed = ", one of which you may not enter: try sudo";
	int error = errno;

	if (error == EBUSY)
		die("rootfs %s: this is the host's own /; name another directory", name);
	if (error == ENOENT && (*name == '/' || *name == '.'))
		die("rootfs %s: no such directory", name);
	if (error == ENOENT && strchr(name, '/'))
		die("rootfs %s: no such directory; if it is an image: scripts/img2rootfs -image %s "
		    "-output rootfs%s",
			name, name, strrchr(name, '/'));
	if (strchr(name, '/') || (error != ENOENT && error != EACCES))
		die("rootfs %s: %s", name, strerror(error));
	gcr_rootfs_places(places, sizeof(places));
	die("no rootfs '%s' in %s%s; make one: scripts/img2rootfs -image %s -output rootfs/%s",
		name, places, error == EACCES ? closed : "", name, name);
}

// Whether root here is root outside, too: in a user namespace it is another user (user_namespaces(7)).
static bool is_hosts_root(void)
{
	char map[64];
	unsigned root = 1;

	if (geteuid() == 0 && gcr_read_file("/proc/self/uid_map", map, sizeof(map)) == -1)
		die("/proc/self/uid_map: %s", strerror(errno));
	return geteuid() == 0 && sscanf(map, " 0 %u", &root) == 1 && root == 0;
}

// Checks a rootfs that belongs to root. There the container's root has the id of the host's root, so a setuid program that it
// leaves makes others root. Dies if another user could choose or write the rootfs. Warns if another user could run the program. A step
// that leaves the rootfs as it is keeps that program where no other user gets.
static void check_danger(const struct gcr_run *run)
{
	char where[PATH_MAX];

	if (!is_hosts_root())
		return;
	int danger = gcr_find_danger(run->name, &run->rootfs, where);
	if (danger == -1)
		die_of_rootfs(run->name);
	if (danger == GCR_LED)
		die("rootfs %s: %s is another user's symbolic link, which may lead root anywhere: "
		    "name the directory itself",
			run->name, where);
	if (danger == GCR_WRITABLE)
		die("rootfs %s belongs to root, but others may write to it: chmod go-w", run->name);
	if (danger == GCR_OPEN && !cli.program->leaves_rootfs)
		gcr_warn("rootfs %s belongs to root, but is open to other users, who could run "
			 "setuid programs that its root leaves there: chmod 700 the directory that "
			 "it is in",
			run->name);
}

// Collects the options of these tables, and then the common ones.
static void collect_all_options(const struct gcr_option *const tables[])
{
	cli.count = 0;
	cli.letters[2] = '\0';
	for (; *tables; tables++)
		collect_options(*tables);
	collect_options(common_options);
	cli.long_options[cli.count] = (struct option){ 0 };
}

static noreturn void run_command(int argc, char *argv[])
{
	const struct gcr_option *const tables[] = { cli.command->options, NULL };

	collect_all_options(tables);
	cli.command->run(read_options(argc, argv));
	exit_flushed();
}

// Dies early if the limit on open files is low. Later, not every call that lacks a descriptor would name that cause.
static void require_descriptors(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 32)
		die("Too many open files: gcr opens some 20: ulimit -n 256");
}

// Dies if there is no /proc, or if it shows another PID namespace, as after unshare --pid. gcr finds processes in /proc by
// their ids. In another PID namespace the same ids are other processes.
static void require_proc(void)
{
	char self[16] = "";

	if (readlink("/proc/self", self, sizeof(self) - 1) == -1)
		die("/proc/self: %s: gcr needs a /proc: mount -t proc proc /proc", strerror(errno));
	if (strtol(self, NULL, 10) != getpid())
		die("/proc shows the processes of another PID namespace: mount -t proc proc /proc");
}

void gcr_command_line(int argc, char *argv[], const struct gcr_program *the, struct gcr_run *run)
{
	if (gcr_open_standard_fds() == -1)
		die("/dev/null: %s", strerror(errno));
	cli.program = the;
	cli.environment = NULL;
	gcr_hints = the->hints;
	collect_all_options(the->options);

	char **verb = read_options(argc, argv);
	cli.command = verb[0] ? find_command(verb[0]) : NULL;
	if (cli.command)
		run_command(argc - (int)(verb - argv), verb);
	if (!verb[0] || strcmp(verb[0], "run") != 0)
		die_with(GCR_USAGE, "%s%swrite: %s, or see gcr --help", verb[0] ? verb[0] : "",
			verb[0] ? ": no such command; " : "nothing to do; ", the->example);

	char **arguments = read_options(argc - (int)(verb - argv), verb);
	if (!arguments[0] || (!arguments[1] && !the->has_default_command))
		die_with(GCR_USAGE, "run needs a %s: write: %s, or see gcr --help",
			arguments[0] ? "COMMAND" : "ROOTFS and a COMMAND", the->example);

	require_descriptors();
	require_proc();
	run->arguments = argv;
	run->name = arguments[0];
	run->command = arguments + 1;
	run->environment = cli.environment;
	if (gcr_find_rootfs(run->name, &run->rootfs) == -1)
		die_of_rootfs(run->name);
	check_danger(run);
}
