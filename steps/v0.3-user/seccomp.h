// System calls that the kernel refuses the container (seccomp(2)).

#ifndef SECCOMP_H
#define SECCOMP_H

#include <stddef.h>

// Has ioctl(2) fail with EPERM from here on where its request is one of these, at most eight. That holds in this process
// and in all that come of it, whatever architecture their programs are for. Errors: E2BIG; PR_SET_SECCOMP(2const), EACCES
// without no_new_privs.
int seccomp_forbid_ioctls(const unsigned *requests, size_t count);

#endif
