// The profile: which system calls a container may make, and what the others return. gcr-filter.c compiles it when gcr is built.

#ifndef PROFILE_H
#define PROFILE_H

#include <stdint.h>

// Holds if the call's argument with this index, from 0 on, has this value in the bits of mask. A filter sees all 64 bits of a
// register. The kernel takes an int from the lower 32, so these alone are compared.
struct condition {
	unsigned int argument;
	uint32_t mask, value;
};

// System calls, and what becomes of them if all conditions hold.
struct syscall_group {
	int error; // what they return (errno(3)), or 0 if they are allowed
	const char *names; // separated by spaces (syscalls(2))
	const char *reason;
	struct condition conditions[2]; // a mask of 0: none
};

// The first group that has the call's name, and whose conditions hold, decides. A call that is in no group returns ENOSYS, as if
// the kernel did not have it: programs then do without it.
extern const struct syscall_group profile[]; // ends with { 0 }

#endif
