// Messages. They all go to standard error: standard output belongs to the command alone.

#ifndef GCR_LOG_H
#define GCR_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>
#include <sys/types.h>

// Exit statuses of gcr itself. env(1), chroot(1) and other container runtimes have the same. Every other status is the
// command's own.
enum gcr_status {
	GCR_USAGE = 2, // the command line makes no sense
	GCR_FAILED = 125, // gcr failed
	GCR_CANNOT_EXEC = 126, // the command exists but cannot be executed
	GCR_NOT_FOUND = 127, // there is no such command
	GCR_SIGNALED = 128, // 128 + N: signal N ended the command
};

extern bool gcr_quiet; // -q: no log lines

// --explain: print each call, its reason, and who makes it. It is the process id of gcr, or -1 in the container, whose process
// ids may be the same. 0: without --explain.
extern pid_t gcr_explaining;

// Prints a line with the time before it, as in 2025/09/09 19:37:04 [run] as pid 5293. Keeps errno.
__attribute__((format(printf, 1, 2))) void gcr_log(const char *format, ...);

// Prints "gcr: warning: " and the message: the container starts, but not all is as its user may expect. -q does not silence
// it. Keeps errno.
__attribute__((format(printf, 1, 2))) void gcr_warn(const char *format, ...);

// Prints a line as it is. Like gcr_log(), it is silent under -q. Keeps errno.
__attribute__((format(printf, 1, 2))) void gcr_print(const char *format, ...);

// Joins words, which end with NULL, by the separator. Writes at most size bytes to text. Returns text.
const char *gcr_join(char *const words[], const char *separator, char *text, size_t size);

// Prints "gcr: " and the message, and ends this process with GCR_FAILED. It runs no atexit(3) handlers: they are gcr's,
// and the container's process, a fork of gcr, may call die() too.
__attribute__((format(printf, 1, 2))) noreturn void die(const char *format, ...);

// As die(), with another status.
__attribute__((format(printf, 2, 3))) noreturn void die_with(int status, const char *format, ...);

// Makes die() call clean_up before it prints: three functions at most, the last one first. NULL cancels all.
void gcr_at_death(void (*clean_up)(void));

// Under --explain, prints who makes a call, the call as it is written, and its reason. TRY() in try.h does this for each call.
void gcr_explain(const char *call, const char *reason);

// Under --explain, prints that a program is executed: its words, which end with NULL, and the reason.
void gcr_explain_program(char *const command[], const char *reason);

#endif
