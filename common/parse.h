// Numbers and sizes of the command line.

#ifndef GCR_PARSE_H
#define GCR_PARSE_H

#include <stdint.h>

// Reads a decimal number from least to most. Errors: EINVAL if text is no such number, ERANGE.
int gcr_parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);

// Reads a size in bytes, as in 65536, 64K, 64M, 2G or 1T, in powers of 1024. Errors: EINVAL if text is no size, ERANGE.
int gcr_parse_size(const char *text, uint64_t *bytes);

#endif
