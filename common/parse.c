// Numbers and sizes of the command line.

#include "parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Reads the digits at the start of text. *rest is what follows them. Errors: EINVAL if there are none, ERANGE.
static int parse_digits(const char *text, uint64_t *number, const char **rest)
{
	size_t digits = strspn(text, "0123456789"); // strtoull(3) would take a sign and spaces

	if (digits == 0)
		return errno = EINVAL, -1;
	errno = 0;
	*number = strtoull(text, NULL, 10);
	*rest = text + digits;
	return errno == ERANGE ? -1 : 0;
}

int gcr_parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	const char *rest;

	if (parse_digits(text, number, &rest) == -1)
		return -1;
	if (*rest)
		return errno = EINVAL, -1;
	if (*number < least || *number > most)
		return errno = ERANGE, -1;
	return 0;
}

int gcr_parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "BKMGT"; // each 1024 of the one before
	const char *rest, *unit = units;

	if (parse_digits(text, bytes, &rest) == -1)
		return -1;
	if (*rest) {
		unit = strchr(units, *rest & ~0x20); // in either case
		if (!unit || !*unit || rest[1])
			return errno = EINVAL, -1;
	}
	unsigned shift = 10 * (unsigned)(unit - units);
	if (*bytes > (uint64_t)INT64_MAX >> shift)
		return errno = ERANGE, -1;
	*bytes <<= shift;
	return 0;
}
