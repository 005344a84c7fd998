// System calls that the kernel refuses the container (seccomp(2)).

#ifndef SECCOMP_H
#define SECCOMP_H

#include <stddef.h>

// Makes ioctl(2) fail with EPERM for these requests, at most eight. This holds for this process and all its descendants,
// whatever architecture their programs are for. Errors: E2BIG for too many requests; those of PR_SET_SECCOMP(2const), as
// EACCES without no_new_privs.
int seccomp_forbid_ioctls(const unsigned *requests, size_t count);

#endif
