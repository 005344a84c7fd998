// Other programs, started by their words and never by a shell.

#ifndef GCR_PROGRAM_H
#define GCR_PROGRAM_H

#include <sys/types.h>

// Starts another program, found in PATH, and returns its process id. Errors: posix_spawn(3).
pid_t gcr_start_program(char *const command[]);

// As gcr_start_program(), with these descriptors as its standard input, output and error. -1 leaves it gcr's own.
pid_t gcr_start_program_on(char *const command[], const int standard[3]);

// Waits until the program ends. Returns its exit status, see gcr_exit_status() in process.h. Errors: waitid(2).
int gcr_finish_program(pid_t program);

#endif
