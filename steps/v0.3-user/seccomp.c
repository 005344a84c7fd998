// System calls that the kernel refuses the container (seccomp(2)).

#include "seccomp.h"
#include "array.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// The ABIs whose programs this kernel runs, and the number of ioctl(2) in each.
static const struct {
	uint32_t architecture, ioctl;
} abis[] = {
#if defined(__x86_64__)
	{ AUDIT_ARCH_X86_64, SYS_ioctl },
	{ AUDIT_ARCH_X86_64, 0x40000000 + 514 }, // x32: 64-bit code with 32-bit pointers
	{ AUDIT_ARCH_I386, 54 },
#elif defined(__aarch64__)
	{ AUDIT_ARCH_AARCH64, SYS_ioctl },
	{ AUDIT_ARCH_ARM, 54 },
#else
#error "add the ABIs of this architecture: without them the filter forbids nothing"
#endif
};

#define LOAD(field)		  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (uint8_t)(count))
#define RETURN(value)		  BPF_STMT(BPF_RET | BPF_K, value)
#define MAX_REQUESTS		  8

// A program for the kernel (seccomp(2)). It runs before each system call, and decides what becomes of the call.
struct filter {
	struct sock_filter instructions[COUNT(abis) * (5 + 2 * MAX_REQUESTS) + 1];
	unsigned short length;
};

static void append(struct filter *filter, struct sock_filter instruction)
{
	filter->instructions[filter->length++] = instruction;
}

// Appends instructions that refuse the requests under one ABI. Under another ABI they are skipped.
static void append_abi(struct filter *filter, size_t abi, const unsigned *requests, size_t count)
{
	append(filter, (struct sock_filter)LOAD(arch));
	append(filter, (struct sock_filter)SKIP_UNLESS(abis[abi].architecture, 3 + 2 * count));
	append(filter, (struct sock_filter)LOAD(nr));
	append(filter, (struct sock_filter)SKIP_UNLESS(abis[abi].ioctl, 1 + 2 * count));
	// Only the low 32 bits of the request count: the kernel ignores the others (CVE-2019-10063).
	append(filter, (struct sock_filter)LOAD(args[1]));
	for (size_t i = 0; i < count; i++) {
		append(filter, (struct sock_filter)SKIP_UNLESS(requests[i], 1));
		append(filter, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM));
	}
}

int seccomp_forbid_ioctls(const unsigned *requests, size_t count)
{
	struct filter filter = { .length = 0 };

	if (count > MAX_REQUESTS)
		return errno = E2BIG, -1;
	for (size_t i = 0; i < COUNT(abis); i++)
		append_abi(&filter, i, requests, count);
	append(&filter, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
	struct sock_fprog program = { filter.length, filter.instructions };
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
