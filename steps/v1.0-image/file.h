// Small files that somebody else may have written.

#ifndef FILE_H
#define FILE_H

#include <stddef.h>

// Reads all of an open file and closes it. Returns the text with a NUL after its end, which the caller frees. Dies if the file is
// not a regular one (a FIFO or a device might have no end), or has more than 1 MiB. The path is for the error alone.
char *read_small_file(int fd, const char *path, size_t *length);

#endif
