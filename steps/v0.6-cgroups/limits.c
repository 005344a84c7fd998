// Limits: their options, their files, and the cgroup in which they hold.

#include "limits.h"
#include "array.h"
#include "cgroup.h"
#include "fd.h"
#include "parse.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What the container may use (cgroups(7), the kernel's cgroup-v2.rst).
enum { PIDS, MEMORY, SWAP, CPUS, CPUSET, IO, LIMITS };
static struct limit {
	const char *option, *controller, *file, *reason;
	const char *cure; // printed if the kernel refuses the limit
	const char *asked; // as it was typed; NULL: no limit
	char value[64]; // as the file takes it
} limits[LIMITS] = {
	[PIDS] = { "--pids-max", "pids", "pids.max",
		"at this number of processes and threads, a fork fails" },
	[MEMORY] = { "--memory", "memory", "memory.max",
		"if it needs more bytes, one of its processes is killed" },
	[SWAP] = { "--memory", "memory", "memory.swap.max", "no swap: this memory is all it has" },
	[CPUS] = { "--cpus", "cpu", "cpu.max", "microseconds of CPU time in each 100000" },
	[CPUSET] = { "--cpuset", "cpuset", "cpuset.cpus", "it runs on these CPUs",
		": " CGROUPS "/cpuset.cpus.effective lists the CPUs that exist" },
	[IO] = { "--io-weight", "io", "io.weight", "its share of a disk that others use too",
		": the kernel may lack CONFIG_BLK_CGROUP_IOCOST" },
};

static void set_limit(struct limit *limit, const char *asked, const char *value)
{
	limit->asked = asked;
	snprintf(limit->value, sizeof(limit->value), "%s", value);
}

static void set_pids_max(const char *value)
{
	uint64_t number;

	if (gcr_parse_number(value, 2, 4194304, &number) == -1)
		die_with(GCR_USAGE,
			"--pids-max '%s': write a number of processes from 2 on: PID 1 is one of "
			"them",
			value);
	// The kernel reads a number with a leading 0 as octal.
	set_limit(&limits[PIDS], value, value + strspn(value, "0"));
}

static void set_memory(const char *value)
{
	uint64_t bytes;
	char number[32];

	if (gcr_parse_size(value, &bytes) == -1 || bytes == 0)
		die_with(GCR_USAGE, "--memory '%s': write a size, as in 512K, 64M or 2G", value);
	snprintf(number, sizeof(number), "%llu", (unsigned long long)bytes);
	set_limit(&limits[MEMORY], value, number);
	set_limit(&limits[SWAP], value, "0");
}

static void set_cpus(const char *value)
{
	char quota[64], *end;
	double cpus = strtod(value, &end);

	if (*end || strspn(value, "0123456789.") != strlen(value) || cpus < 0.01 || cpus > 8192)
		die_with(GCR_USAGE, "--cpus '%s': write how many, as in 2 or 0.5", value);
	snprintf(quota, sizeof(quota), "%.0f 100000", cpus * 100000);
	set_limit(&limits[CPUS], value, quota);
}

static void set_cpuset(const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length >= sizeof(limits[CPUSET].value) ||
		strspn(value, "0123456789-,") != length)
		die_with(GCR_USAGE, "--cpuset '%s': write numbers of CPUs, as in 0-2,4", value);
	set_limit(&limits[CPUSET], value, value);
}

static void set_io_weight(const char *value)
{
	uint64_t number;

	if (gcr_parse_number(value, 1, 10000, &number) == -1)
		die_with(GCR_USAGE, "--io-weight '%s': write a number from 1 to 10000", value);
	set_limit(&limits[IO], value, value + strspn(value, "0"));
}

const struct gcr_option limits_options[] = {
	{ "pids-max", 0, "N", "at most N processes and threads at the same time", set_pids_max },
	{ "memory", 0, "SIZE", "at most this many bytes, as in 64M", set_memory },
	{ "cpus", 0, "X", "at most the time of X CPUs, as in 0.5", set_cpus },
	{ "cpuset", 0, "LIST", "only these CPUs, as in 0-2,4", set_cpuset },
	{ "io-weight", 0, "N", "its share of disks, 1 to 10000, where others have 100",
		set_io_weight },
	{ 0 },
};

#define DOMAIN_INVALID                                                                    \
	"the container's cgroup is 'domain invalid', as a cgroup above it has processes " \
	"and hands controllers on: see cgroup.type"

const struct gcr_hint limits_hints[] = {
	{ "cgroup_find_delegated", EOPNOTSUPP,
		"/sys/fs/cgroup is not a cgroup v2 hierarchy: boot with "
		"systemd.unified_cgroup_hierarchy=1, or try it in vm/qemu shell" },
	{ "cgroup_find_delegated", ENOTCONN,
		"an ordinary user's limits need systemd's user service manager, and none runs for "
		"this user: log in again, not by su, or use sudo" },
	{ "cgroup_find_delegated", ENOENT, "systemd-run is not installed; use sudo" },
	{ "cgroup_make", EAGAIN,
		"a cgroup above it may not have more below it: see its cgroup.max.descendants and "
		"cgroup.max.depth" },
	{ "gcr_write_file(control.path", EOPNOTSUPP, DOMAIN_INVALID },
	{ "clone_container", EOPNOTSUPP, DOMAIN_INVALID },
	{ 0 },
};

// The cgroup in which the limits hold, and its parent.
static struct {
	char parent[PATH_MAX], own[PATH_MAX];
} cgroups;

// How many cgroups the container may make below, if it ever gets to write there. Each takes memory of the host.
static const struct {
	const char *file, *value;
} below[] = {
	{ "cgroup.max.depth", "10" },
	{ "cgroup.max.descendants", "100" },
};

static bool any_limit(void)
{
	for (size_t i = 0; i < LIMITS; i++)
		if (limits[i].asked)
			return true;
	return false;
}

void limits_find_parent(int argc, char *argv[])
{
	if (any_limit())
		TRY(cgroup_find_delegated(argc, argv, cgroups.parent),
			"where gcr may make a cgroup; systemd may have to restart gcr for that");
}

// A file of a cgroup.
struct cgroup_file {
	char path[PATH_MAX + 64];
};

static struct cgroup_file file_of(const char *cgroup, const char *name)
{
	struct cgroup_file file;

	snprintf(file.path, sizeof(file.path), "%s/%s", cgroup, name);
	return file;
}

// Only a cgroup without processes may hand controllers on to its children. So its processes, gcr among them, move to a leaf
// beside the container's cgroup.
static void move_processes_to_leaf(const char *parent)
{
	char leaf[PATH_MAX + 16], pid[32];

	snprintf(leaf, sizeof(leaf), "%s/supervisor", parent);
	while (gcr_read_file(file_of(parent, "cgroup.procs").path, pid, sizeof(pid)) == 0 && *pid) {
		*strchrnul(pid, '\n') = '\0';
		if (strcmp(pid, "0") == 0)
			die("%s has processes of another pid namespace", parent);
		TELL(mkdir(leaf, 0755), "only an empty cgroup may hand controllers on");
		if (gcr_write_file(file_of(leaf, "cgroup.procs").path, pid) == -1 && errno != ESRCH)
			die("cannot move process %s to %s: %s", pid, leaf, strerror(errno));
	}
}

static bool has_controller(const char *directory, const char *name)
{
	struct cgroup_file controllers = file_of(directory, "cgroup.controllers");
	char text[256], *rest = NULL;

	TRY(gcr_read_file(controllers.path, text, sizeof(text)), "what can be limited here",
		controllers.path);
	for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
		if (strcmp(word, name) == 0)
			return true;
	return false;
}

static void require_controller(const char *directory, const struct limit *limit)
{
	if (!has_controller(directory, limit->controller))
		die("%s: the controller '%s' %s", limit->option, limit->controller,
			geteuid() == 0
				? "is not there: boot with cgroup_no_v1=all and without "
				  "cgroup_disable="
				: "is not delegated to ordinary users here: sudo vm/provision.sh, "
				  "then log in again");
}

static void enable_controller(const char *directory, const struct limit *limit)
{
	struct cgroup_file control = file_of(directory, "cgroup.subtree_control");
	char text[32];

	snprintf(text, sizeof(text), "+%s", limit->controller);
	TRY(gcr_write_file(control.path, text), "its child cgroups may have this limit",
		control.path, text);
}

static void write_limit(const char *directory, const struct limit *limit)
{
	gcr_explain(limit->file, limit->reason);
	if (gcr_write_file(file_of(directory, limit->file).path, limit->value) == 0)
		return;
	if (limit == &limits[SWAP] && errno == ENOENT)
		return; // some kernels cannot limit swap
	die("%s %s: the controller '%s' refuses it: %s%s", limit->option, limit->asked,
		limit->controller, strerror(errno), limit->cure ? limit->cure : "");
}

static void for_each_limit(
	void (*function)(const char *directory, const struct limit *limit), const char *directory)
{
	for (size_t i = 0; i < LIMITS; i++)
		if (limits[i].asked)
			function(directory, &limits[i]);
}

static void remove_own_cgroup(void)
{
	cgroup_remove(cgroups.own);
}

// Makes the container's own cgroup, below the one in which the limits hold. In the container it is /, and its files show the
// limits. Root inside owns these files. With nsdelegate, a process whose cgroup namespace starts there cannot write to
// them. But it may make a second namespace further down, and then lift these limits. The limits above still hold.
static int make_container_cgroup(void)
{
	struct cgroup_file container = file_of(cgroups.own, "container");

	for (size_t i = 0; i < COUNT(below); i++) {
		struct cgroup_file file = file_of(cgroups.own, below[i].file);
		TRY(gcr_write_file(file.path, below[i].value), "so that it ends quickly", file.path,
			below[i].value);
	}
	for_each_limit(enable_controller, cgroups.own);
	TRY(mkdir(container.path, 0755), "the container's own, below its limits", container.path);
	for_each_limit(write_limit, container.path);
	return TRY(open(container.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "for clone3",
		container.path);
}

int limits_make_cgroup(const char *id)
{
	bool delegated = strcmp(cgroups.parent, CGROUP_OF_ROOT) != 0;

	if (!any_limit())
		return -1;
	for_each_limit(require_controller, delegated ? cgroups.parent : CGROUPS);
	cgroup_remove_abandoned(cgroups.parent);
	TRY(cgroup_make(cgroups.parent, id, cgroups.own), "in it, the limits hold");
	gcr_at_death(remove_own_cgroup);

	if (delegated)
		move_processes_to_leaf(cgroups.parent);
	else
		for_each_limit(enable_controller, CGROUPS);
	for_each_limit(enable_controller, cgroups.parent);
	for_each_limit(write_limit, cgroups.own);
	return make_container_cgroup();
}

static unsigned count_oom_kills(const char *cgroup)
{
	char text[512] = "";
	unsigned count = 0;

	gcr_read_file(file_of(cgroup, "memory.events").path, text, sizeof(text));
	const char *line = strstr(text, "oom_kill ");
	if (line)
		sscanf(line, "oom_kill %u", &count);
	return count;
}

void limits_report_kills(int status)
{
	static const char message[] =
		"the kernel killed %u of the container's processes (--memory %s)";
	unsigned kills = any_limit() ? count_oom_kills(cgroups.own) : 0;

	if (kills > 0 && gcr_exit_status(status) == GCR_SIGNALED + SIGKILL)
		die_with(gcr_exit_status(status), message, kills, limits[MEMORY].asked);
	if (kills > 0)
		gcr_warn(message, kills, limits[MEMORY].asked);
}

void limits_remove_cgroup(void)
{
	if (!any_limit())
		return;
	gcr_at_death(NULL);
	if (TELL(cgroup_remove(cgroups.own), "processes left in it are killed") == -1)
		gcr_warn("cannot remove %s: %s", cgroups.own, strerror(errno));
}
