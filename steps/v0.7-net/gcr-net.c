// gcr-net: connects a network namespace to the bridge of gcr's containers. It is the only privileged program of gcr.
//
//     gcr-net </proc/PID/ns/net
//
// Its only input is standard input: a network namespace, which must belong to the caller. It lays a cable to the namespace, a
// pair of Ethernet devices (veth(4)): one end is a port of the bridge, the other the namespace's eth0. It prints the address
// that the namespace may use, as 10.0.0.42/24. The rules of gcr net setup let no other address through.
//
// Programs like this one have had these bugs: CVE-2017-5985 (it did not check whose namespace it was), CVE-2022-47952 (its
// errors told what the caller may not see), CVE-2026-39402 (it trusted a name). So gcr-net takes no path, number or name, and
// refuses everything with the same message.

#include "array.h"
#include "fd.h"
#include "net.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static noreturn void refuse(void)
{
	die("gcr-net: refused");
}

// Runs before the constructor of libnl, which reads the environment before main() starts.
__attribute__((constructor(101))) static void forget_environment(void)
{
	clearenv();
}

// Gives up what the caller passed on, and every capability but one.
static void start_afresh(void)
{
	static const cap_value_t wanted[] = { CAP_NET_ADMIN };
	cap_t kept = cap_init();

	TRY(gcr_open_standard_fds(), "no socket may become standard output");
	TRY(close_range(3, ~0U, 0), "no other file of the caller's stays open");
	cap_set_flag(kept, CAP_PERMITTED, COUNT(wanted), wanted, CAP_SET);
	cap_set_flag(kept, CAP_EFFECTIVE, COUNT(wanted), wanted, CAP_SET);
	if (cap_set_proc(kept) == -1)
		die(NET_HELPER " lacks its capability, " NET_CAPABILITY ": sudo ./gcr net setup");
	cap_free(kept);
}

// Whether the caller made the user namespace.
static bool is_callers(int userns)
{
	uid_t owner;

	return ioctl(userns, NS_GET_OWNER_UID, &owner) == 0 && owner == getuid();
}

static bool is_hosts(int netns)
{
	struct stat theirs, hosts;

	return fstat(netns, &theirs) == -1 || stat("/proc/self/ns/net", &hosts) == -1 ||
	       (theirs.st_dev == hosts.st_dev && theirs.st_ino == hosts.st_ino);
}

// Whether the caller may connect the namespace. The kernel does not check that: a capability on the host holds in every
// namespace below.
static bool may_connect(int netns)
{
	struct statfs fs;

	if (fstatfs(netns, &fs) == -1 || fs.f_type != NSFS_MAGIC ||
		ioctl(netns, NS_GET_NSTYPE) != CLONE_NEWNET || is_hosts(netns))
		return false;
	CLEANUP_CLOSE int userns = ioctl(netns, NS_GET_USERNS);
	return userns != -1 && is_callers(userns);
}

int main(int argc, char *argv[])
{
	char text[NET_ADDRESS_TEXT];

	(void)argv;
	start_afresh();
	if (argc != 1 || !may_connect(STDIN_FILENO))
		refuse();
	struct net_address address = net_lay_cable(STDIN_FILENO);
	TRY(dprintf(STDOUT_FILENO, "%s\n", net_address_text(address, text)),
		"the caller waits for it");
	return 0;
}
