// Small files that somebody else may have written.

#include "file.h"
#include "fd.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST ((size_t)1 << 20) // bytes

char *read_small_file(int fd, const char *path, size_t *length)
{
	CLEANUP_CLOSE int file = fd;
	char *text = malloc(MOST + 1);
	struct stat status;
	ssize_t got;

	if (!text || fstat(file, &status) == -1)
		die("%s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		die("%s is not a regular file", path);
	// The size of fstat(2) would not do: the file may grow, and those of /proc have the size 0.
	for (*length = 0; (got = read(file, text + *length, MOST + 1 - *length)) > 0;)
		*length += (size_t)got;
	if (got == -1)
		die("%s: %s", path, strerror(errno));
	if (*length > MOST)
		die("%s has more than 1 MiB", path);
	text[*length] = '\0';
	return text;
}
