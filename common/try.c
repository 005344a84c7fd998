// What TRY() does if a call fails.

#include "try.h"
#include "fd.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CALL_SIZE 2048
#define MAX_VALUE 256 // letters of a value that are printed

const struct gcr_hint *const *gcr_hints;

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

// Whether the hint's file, if it names one, starts as the hint says.
static bool applies(const struct gcr_hint *hint)
{
	char text[64];

	return !hint->file || (gcr_read_file(hint->file, text, sizeof(text)) == 0 &&
				      starts_with(text, hint->start));
}

#define TOO_MANY_NAMESPACES \
	"there are too many namespaces: sysctl -a --pattern '^user.max_' shows the limits"

#define TOO_MANY_PROCESSES "there are too many processes: see ulimit -u, and pids.max of the cgroup"

// Hints for every step: what the machine may run out of, and what may vanish meanwhile.
static const struct gcr_hint losses[] = {
	{ "clone_container", ENOSPC, TOO_MANY_NAMESPACES },
	{ "unshare(", ENOSPC, TOO_MANY_NAMESPACES },
	{ "clone_container", EAGAIN, TOO_MANY_PROCESSES },
	{ "start_command", EAGAIN, TOO_MANY_PROCESSES },
	{ "gcr_", EAGAIN, TOO_MANY_PROCESSES },
	{ "", EMFILE, "gcr opens some 20 files, and one for each port: ulimit -n 256" },
	{ "gcr_open_rootfs", ESTALE, "another directory has the name of the rootfs now" },
	{ "mount_setattr(root", EINVAL, "the rootfs was removed meanwhile" },
	{ 0 },
};

static const char *find_hint(const struct gcr_hint *hints, const char *call, int error)
{
	for (const struct gcr_hint *hint = hints; hint->call; hint++)
		if (hint->error == error && starts_with(call, hint->call) && applies(hint))
			return hint->text;
	return NULL;
}

static bool is_part_of_name(char letter)
{
	return isalnum((unsigned char)letter) || letter == '_';
}

__attribute__((format(printf, 2, 3))) static void append(
	char text[CALL_SIZE], const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, CALL_SIZE - length, format, arguments);
	va_end(arguments);
}

// Appends a value as C would have it, and as strace(1) does: a long one is cut.
static void append_value(char text[CALL_SIZE], const char *value)
{
	append(text, "\"");
	for (const char *letter = value; *letter && letter < value + MAX_VALUE; letter++)
		if (*letter == '\n')
			append(text, "\\n");
		else if (iscntrl((unsigned char)*letter))
			append(text, "\\%03o", (unsigned char)*letter);
		else
			append(text, "%s%c", strchr("\"\\", *letter) ? "\\" : "", *letter);
	append(text, "\"%s", strlen(value) > MAX_VALUE ? "..." : "");
}

// Finds the variable whose name stands at the beginning of text, and writes the name's length to *length. Returns its
// value, or NULL if there is no such variable.
static const char *find_value(const struct gcr_call *call, const char *text, size_t *length)
{
	const char *end = call->names + strlen(call->names);
	size_t count = 0;

	while (call->values[count])
		count++;
	// From the last one on: a reason may have commas in it, a variable has none.
	while (--count > 0) {
		const char *comma = memrchr(call->names, ',', (size_t)(end - call->names));
		*length = (size_t)(end - comma) - strlen(", ");
		if (strncmp(text, comma + strlen(", "), *length) == 0 &&
			!is_part_of_name(text[*length]))
			return call->values[count];
		end = comma;
	}
	return NULL;
}

// Writes the call as it is written to text, with the values of its variables in place of their names.
static const char *text_of(const struct gcr_call *call, char text[CALL_SIZE])
{
	char before = ' '; // a name does not begin within another, within quotes, or after -> or .

	*text = '\0';
	for (const char *here = call->text; *here;) {
		size_t length;
		bool begins = !is_part_of_name(before) && !strchr("\">.", before);
		const char *value = begins ? find_value(call, here, &length) : NULL;

		if (value)
			append_value(text, value);
		else
			append(text, "%c", *here);
		here += value ? length : 1;
		before = here[-1];
	}
	return text;
}

void gcr_explain_call(const struct gcr_call *call)
{
	char text[CALL_SIZE];

	if (gcr_explaining)
		gcr_explain(text_of(call, text), call->values[0]);
}

void gcr_die_of_call(const struct gcr_call *call)
{
	int error = errno;
	const char *hint = NULL;
	char text[CALL_SIZE];

	for (const struct gcr_hint *const *table = gcr_hints; table && *table && !hint; table++)
		hint = find_hint(*table, call->text, error);
	if (!hint)
		hint = find_hint(losses, call->text, error);
	die("%s: %s%s%s", text_of(call, text), strerror(error), hint ? ": " : "", hint ? hint : "");
}

void gcr_die_of(const char *call)
{
	gcr_die_of_call(&(const struct gcr_call){ call, "", (const char *const[]){ "", NULL } });
}
