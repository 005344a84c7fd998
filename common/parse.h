// Numbers and sizes of the command line.

#ifndef GCR_PARSE_H
#define GCR_PARSE_H

#include <stdint.h>

// Reads a whole decimal number of a range. Errors: EINVAL if it is none, ERANGE.
int gcr_parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);

// Reads a size, as in 65536, 64K, 64M or 2G (or T), in powers of 1024. Errors: EINVAL if it is none, ERANGE.
int gcr_parse_size(const char *text, uint64_t *bytes);

#endif
