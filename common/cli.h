// The command line: gcr run [OPTIONS] ROOTFS COMMAND [ARG…]

#ifndef GCR_CLI_H
#define GCR_CLI_H

#include "rootfs.h"
#include "try.h"

#include <stdbool.h>

// An option beyond those that every step has. A table ends with { 0 }.
struct gcr_option {
	const char *name; // long, without the dashes
	char letter; // short, or 0
	const char *value; // what --help calls its value; NULL if it takes none
	const char *help;
	void (*set)(const char *value); // called for each use; dies if the value is wrong
};

// A command beside run. A table ends with { 0 }.
struct gcr_command {
	const char *name;
	const char *usage; // what follows its name, for --help
	const char *summary; // one line for --help
	const struct gcr_option *options; // or NULL
	void (*run)(char *arguments[]); // the words after the options; ends with NULL
};

// What the command line needs to know of a step.
#define GCR_TABLES 12
struct gcr_program {
	const char *version; // the step's name
	const char *summary; // one line for --help
	const char *example; // a command to start with
	bool has_default_command; // COMMAND may be left out: then run->command is empty
	bool leaves_rootfs; // as it is: the container writes elsewhere
	const struct gcr_option *options[GCR_TABLES]; // tables; the list ends with NULL
	const struct gcr_command *commands; // or NULL
	const struct gcr_hint *hints[GCR_TABLES]; // tables; the list ends with NULL
};

// What the user asked for.
struct gcr_run {
	const char *name; // ROOTFS as it was typed
	struct gcr_rootfs rootfs; // the directory that ROOTFS stands for
	char **command; // COMMAND and its arguments: a part of argv; ends with NULL
	char **environment; // what -e adds, for gcr_fresh_environment()
	char **arguments; // argv: all of the command line
};

// Reads the command line (getopt_long(3)) into *run and finds the rootfs. Also opens descriptors 0, 1 and 2 if they are
// closed. Returns only if the command is run. --help, --version and the commands beside run end gcr here: with status 0,
// unless the command chooses another. A wrong command line ends it with GCR_USAGE, an unknown rootfs with GCR_FAILED,
// and one line that says why.
void gcr_command_line(
	int argc, char *argv[], const struct gcr_program *program, struct gcr_run *run);

#endif
