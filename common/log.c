// Messages: log lines, errors, and explanations.

#include "log.h"
#include "array.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool gcr_quiet;
pid_t gcr_explaining;

// Prints a line by one write(2), so that lines of two processes do not mix. It does not use stdio: a
// fork would copy the buffer, and its text would be printed twice.
static void write_line(const char *prefix, const char *format, va_list arguments)
{
	int saved = errno;
	char line[4096];
	size_t length = (size_t)snprintf(line, sizeof(line), "%s", prefix);
	int more = vsnprintf(line + length, sizeof(line) - length, format, arguments);

	length += more > 0 ? (size_t)more : 0;
	if (length > sizeof(line) - 1)
		length = sizeof(line) - 1;
	line[length++] = '\n';
	// If standard error itself fails, there is no other place to report that.
	ssize_t ignored = write(STDERR_FILENO, line, length);
	(void)ignored;
	errno = saved;
}

void gcr_log(const char *format, ...)
{
	if (gcr_quiet)
		return;

	int saved = errno;
	char stamp[sizeof("2025/09/09 19:37:04 ")] = "";
	time_t now = time(NULL);
	struct tm local;
	if (localtime_r(&now, &local))
		strftime(stamp, sizeof(stamp), "%Y/%m/%d %H:%M:%S ", &local);
	errno = saved;

	va_list arguments;
	va_start(arguments, format);
	write_line(stamp, format, arguments);
	va_end(arguments);
}

void gcr_print(const char *format, ...)
{
	if (gcr_quiet)
		return;

	va_list arguments;
	va_start(arguments, format);
	write_line("", format, arguments);
	va_end(arguments);
}

void gcr_warn(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	write_line("gcr: warning: ", format, arguments);
	va_end(arguments);
}

const char *gcr_join(char *const words[], const char *separator, char *text, size_t size)
{
	size_t length = 0;

	*text = '\0';
	for (size_t i = 0; words[i] && length < size; i++)
		length += (size_t)snprintf(
			text + length, size - length, "%s%s", i ? separator : "", words[i]);
	return text;
}

static void (*at_death[3])(void); // gcr has no more to clean up

void gcr_at_death(void (*clean_up)(void))
{
	size_t i = 0;

	if (!clean_up)
		memset(at_death, 0, sizeof(at_death));
	while (clean_up && at_death[i] && at_death[i] != clean_up && i < COUNT(at_death) - 1)
		i++;
	at_death[i] = clean_up;
}

static noreturn void die_saying(int status, const char *format, va_list arguments)
{
	for (size_t i = COUNT(at_death); i-- > 0;)
		if (at_death[i])
			at_death[i]();
	write_line("gcr: ", format, arguments); // last: the terminal has its caller's modes again
	_exit(status);
}

void die(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	die_saying(GCR_FAILED, format, arguments);
}

void die_with(int status, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	die_saying(status, format, arguments);
}

// Prints all lines by one write(2), so that those of two processes do not mix.
static void explain(const char *call, const char *reason)
{
	const char *speaker = getpid() == gcr_explaining ? "gcr" : "container";
	char lines[1024] = "";
	size_t length = 0;

	for (const char *line = reason; *line && length < sizeof(lines);) {
		int end = (int)strcspn(line, "\n");
		length += (size_t)snprintf(
			lines + length, sizeof(lines) - length, "%9s |     %.*s\n", "", end, line);
		line += end + (line[end] == '\n');
	}
	dprintf(STDERR_FILENO, "%-9s | %s\n%s", speaker, call, lines);
}

void gcr_explain(const char *call, const char *reason)
{
	if (gcr_explaining)
		explain(call, reason);
}

void gcr_explain_program(char *const command[], const char *reason)
{
	char line[4096] = "exec ";
	size_t length = strlen(line);

	if (!gcr_explaining)
		return;
	gcr_join(command, " ", line + length, sizeof(line) - length);
	gcr_explain(line, reason);
}
