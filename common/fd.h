// File descriptors, and small files.

#ifndef GCR_FD_H
#define GCR_FD_H

#include <linux/openat2.h>
#include <stddef.h>

// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed. Otherwise a file opened later would become
// standard input, output or error. Errors: open(2).
int gcr_open_standard_fds(void);

// Marks every descriptor but 0, 1 and 2 to be closed on exec. Errors: close_range(2).
int gcr_close_inherited_fds(void);

// Reads a file into text, up to size - 1 bytes, and ends it with a NUL. Errors: open(2), read(2).
int gcr_read_file(const char *path, char *text, size_t size);

// Writes a text to an existing file, by one write(2). Under --explain, prints path and text. Errors: open(2), write(2).
int gcr_write_file(const char *path, const char *text);

// Calls openat2(2), for which the C library has no function. With RESOLVE_IN_ROOT, the kernel answers EAGAIN if anything on the
// machine was renamed or mounted while it looked up a "..". Then the function tries again, up to 100 times. Errors: openat2(2).
int gcr_openat2(int directory, const char *path, const struct open_how *how);

// Closes the descriptor when the variable's scope ends, unless it is -1. Keeps errno:
//
//     CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
#define CLEANUP_CLOSE __attribute__((cleanup(gcr_cleanup_close)))
void gcr_cleanup_close(int *fd);

#endif
