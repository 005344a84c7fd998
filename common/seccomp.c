// System calls that the kernel refuses the container (seccomp(2)).

#include "gcr.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// Programs that the kernel runs, and the number that ioctl(2) has in them.
static const struct {
	uint32_t architecture, ioctl;
} abis[] = {
#if defined(__x86_64__)
	{ AUDIT_ARCH_X86_64, SYS_ioctl },
	{ AUDIT_ARCH_X86_64, 0x40000000 + 514 }, // x32: 64 bits, but for pointers
	{ AUDIT_ARCH_I386, 54 },
#elif defined(__aarch64__)
	{ AUDIT_ARCH_AARCH64, SYS_ioctl },
	{ AUDIT_ARCH_ARM, 54 },
#endif
};

#define LOAD(field)		  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (uint8_t)(count))
#define RETURN(value)		  BPF_STMT(BPF_RET | BPF_K, value)
#define MAX_REQUESTS		  8

static struct sock_filter instructions[COUNT(abis) * (5 + 2 * MAX_REQUESTS) + 1];
static struct sock_fprog program = { 0, instructions };

static void add(struct sock_filter instruction)
{
	instructions[program.len++] = instruction;
}

int gcr_forbid_ioctls(const unsigned *requests, size_t count)
{
	if (count > MAX_REQUESTS)
		return errno = E2BIG, -1;
	program.len = 0;
	for (size_t i = 0; i < COUNT(abis); i++) {
		add((struct sock_filter)LOAD(arch));
		add((struct sock_filter)SKIP_UNLESS(abis[i].architecture, 3 + 2 * count));
		add((struct sock_filter)LOAD(nr));
		add((struct sock_filter)SKIP_UNLESS(abis[i].ioctl, 1 + 2 * count));
		// Its low 32 bits: the kernel does not look at the others (CVE-2019-10063).
		add((struct sock_filter)LOAD(args[1]));
		for (size_t j = 0; j < count; j++) {
			add((struct sock_filter)SKIP_UNLESS(requests[j], 1));
			add((struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM));
		}
	}
	add((struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
