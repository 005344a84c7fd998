// File descriptors, and small files.

#ifndef GCR_FD_H
#define GCR_FD_H

#include <stddef.h>

// Opens /dev/null in place of those of 0, 1 and 2 that are closed, so that no later file becomes somebody's standard
// input. Errors: open(2).
int gcr_open_standard_fds(void);

// Has every descriptor but 0, 1 and 2 closed on exec. Errors: close_range(2).
int gcr_close_inherited_fds(void);

// Reads a file whole, up to size - 1 bytes, as a string. Errors: open(2), read(2).
int gcr_read_file(const char *path, char *text, size_t size);

// Writes a text to a file that is there, in one piece. Under --explain both are told. Errors: open(2), write(2).
int gcr_write_file(const char *path, const char *text);

// Closes the descriptor when the variable's scope ends, unless it is -1. Keeps errno:
//
//     CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
#define CLEANUP_CLOSE __attribute__((cleanup(gcr_cleanup_close)))
void gcr_cleanup_close(int *fd);

#endif
