// The filter of system calls, and the option that leaves it out.

#include "syscalls.h"
#include "array.h"
#include "fd.h"
#include "log.h"
#include "mounts.h"
#include "profile.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter filter[] = {
#include "filter.inc" // made by gcr-filter.c
};

static bool unconfined; // as --security-opt seccomp=unconfined says

static void set_security(const char *value)
{
	if (strcmp(value, "seccomp=unconfined") != 0)
		die_with(GCR_USAGE, "--security-opt '%s': there is only seccomp=unconfined", value);
	unconfined = true;
}

const struct gcr_option syscalls_options[] = {
	{ "security-opt", 0, "OPT", "seccomp=unconfined: allow every system call", set_security },
	{ 0 },
};

void syscalls_limit_user_namespaces(int root)
{
	CLEANUP_CLOSE int proc = open_in_rootfs(root, "proc");
	char path[64];

	if (unconfined)
		return;
	snprintf(path, sizeof(path), "%s/sys/user/max_user_namespaces", path_of(proc).text);
	TRY(gcr_write_file(path, "0"),
		"no user namespace inside: nobody there gets back what root has lost");
}

// Prints the profile under --explain: the refused calls by their names, the allowed ones by their groups.
static void explain_profile(void)
{
	char allowed[1024] = "allowed", refused[512];
	size_t length = strlen(allowed);

	for (const struct syscall_group *group = profile; group->names; group++) {
		if (group->error) {
			snprintf(refused, sizeof(refused), "%s: %s", strerrorname_np(group->error),
				group->names);
			gcr_explain(refused, group->reason);
		} else if (length < sizeof(allowed)) {
			length += (size_t)snprintf(allowed + length, sizeof(allowed) - length,
				"%s %s", length == strlen("allowed") ? ":" : ",", group->reason);
		}
	}
	gcr_explain(allowed, "every other call returns ENOSYS, as if the kernel did not have it");
}

void syscalls_load_filter(void)
{
	struct sock_fprog program = { COUNT(filter), filter };

	if (unconfined) {
		gcr_warn("no seccomp filter: the container may make every system call");
		return;
	}
	explain_profile();
	TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program),
		"from here on, the kernel asks this filter before each system call (seccomp(2))");
}
