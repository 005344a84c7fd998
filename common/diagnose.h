// Why a program that is there cannot be executed.

#ifndef GCR_DIAGNOSE_H
#define GCR_DIAGNOSE_H

#include <stddef.h>

// Says why execve(2) refused a file with this error. The error alone is not enough: ENOENT may mean that the program's
// dynamic loader or the script's interpreter is missing. So the file's first bytes are read (elf(5)). Writes a sentence that
// begins with path to text, cut to size bytes. Where no cause is found, it ends with the error. Returns text.
const char *gcr_diagnose(const char *path, int error, char *text, size_t size);

#endif
