// What goes to the terminal. All of it goes to standard error: standard output is the command's.

#ifndef GCR_LOG_H
#define GCR_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>

// Exit statuses of gcr itself. They are those of env(1), chroot(1) and other container runtimes. All others are the
// command's own.
enum gcr_status {
	GCR_USAGE = 2, // the command line makes no sense
	GCR_FAILED = 125, // gcr failed
	GCR_CANNOT_EXEC = 126, // the command exists but cannot be executed
	GCR_NOT_FOUND = 127, // there is no such command
	GCR_SIGNALED = 128, // 128 + N: signal N ended the command
};

extern bool gcr_quiet; // -q: no log lines
extern bool gcr_explaining; // --explain: each call is told, and why

// Prints a line with the time before it, as in 2025/09/09 19:37:04 [run] as pid 5293. Keeps errno.
__attribute__((format(printf, 1, 2))) void gcr_log(const char *format, ...);

// Prints a line as it is. Like gcr_log(), it is silent under -q. Keeps errno.
__attribute__((format(printf, 1, 2))) void gcr_print(const char *format, ...);

// Writes the words, up to a NULL, to text, with the separator between them. Cuts them to size bytes. Returns text.
const char *gcr_join(char *const words[], const char *separator, char *text, size_t size);

// Prints "gcr: " and the message, and ends this process with GCR_FAILED. No atexit(3) handler runs: the container's
// process may call it, too.
__attribute__((format(printf, 1, 2))) noreturn void die(const char *format, ...);

// As die(), with a status of one's own.
__attribute__((format(printf, 2, 3))) noreturn void die_with(int status, const char *format, ...);

// Has die() call a function before it ends this process. NULL: no longer. The child of gcr_clone() does not inherit it.
void gcr_at_death(void (*clean_up)(void));

// Under --explain, prints a call as it is written, and the reason for it. TRY() in try.h does so for each call.
void gcr_explain(const char *call, const char *reason);

// Under --explain, prints that another program is executed, with these words.
void gcr_explain_program(char *const command[], const char *reason);

#endif
