// Making and removing a container's cgroup: where gcr may do so, with whose permission, and what is left to clean up.

#include "cgroup.h"
#include "array.h"
#include "fd.h"
#include "mounts.h"
#include "try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <libgen.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static int find_own_cgroup(char path[PATH_MAX])
{
	char text[PATH_MAX];

	if (gcr_read_file("/proc/self/cgroup", text, sizeof(text)) == -1)
		return -1;
	// The line of version 2 (cgroups(7)). The name of another hierarchy may contain "0::/" too.
	const char *own = strncmp(text, "0::/", 4) == 0 ? text : strstr(text, "\n0::/");
	if (!own)
		return errno = EOPNOTSUPP, -1;
	own = strchr(own, '/');
	snprintf(path, PATH_MAX, CGROUPS "%.*s", (int)strcspn(own, "\n"), own);
	return 0;
}

// Whether systemd has delegated the cgroup to us. The system's manager notes that in user.delegate. A user's manager does not,
// at least up to version 252. So a scope called gcr-….scope counts as delegated.
static bool is_delegated(const char *path)
{
	char value = '0';

	return (getxattr(path, "user.delegate", &value, 1) == 1 && value == '1') ||
	       fnmatch("*/gcr-*.scope", path, 0) == 0;
}

// Whether the user has a service manager. After su(1) there is none.
static bool has_service_manager(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/systemd/private", runtime ? runtime : "");
	return access(path, W_OK) == 0;
}

// Executes this program again, in the same process, in a scope that is delegated to us (systemd-run(1)).
static int start_in_scope(int argc, char *argv[])
{
	char unit[64], self[PATH_MAX] = "";
	const char *const asking[] = { "systemd-run", "--user", "--scope", "--quiet", "--collect",
		"--property=Delegate=yes", unit, self };
	const char *command[COUNT(asking) + (size_t)argc];

	if (!has_service_manager())
		return errno = ENOTCONN, -1;
	snprintf(unit, sizeof(unit), "--unit=gcr-%d.scope", getpid());
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) == -1)
		return -1;
	memcpy(command, asking, sizeof(asking));
	memcpy(command + COUNT(asking), argv + 1, (size_t)argc * sizeof(*argv)); // with the NULL
	gcr_explain_program((char *const *)command, "it replaces gcr, and starts it again");
	return execvp(command[0], (char *const *)command);
}

// Limits of a cgroup, and the first word of their files if there is no limit. pids.max is left out: systemd sets it for every
// unit.
static const struct {
	const char *file, *none;
} limit_files[] = {
	{ "memory.max", "max" },
	{ "memory.high", "max" },
	{ "cpu.max", "max" },
	{ "cpuset.cpus", "" },
	{ "io.max", "" },
};

// Returns the name of a limit of this one cgroup, or NULL.
static const char *find_limit(const char *cgroup)
{
	char path[PATH_MAX + 16], text[256];

	for (size_t i = 0; i < COUNT(limit_files); i++) {
		snprintf(path, sizeof(path), "%s/%s", cgroup, limit_files[i].file);
		if (gcr_read_file(path, text, sizeof(text)) == -1)
			continue;
		text[strcspn(text, " \n")] = '\0';
		if (strcmp(text, limit_files[i].none) != 0)
			return limit_files[i].file;
	}
	return NULL;
}

// Whether an ordinary user's container will be below this cgroup, too: systemd makes the scope in the user's part of the tree.
static bool is_users_part(const char *path)
{
	return geteuid() != 0 && (fnmatch("*/user@*.service", path, 0) == 0 ||
					 fnmatch("*/user-*.slice", path, 0) == 0 ||
					 fnmatch("*/app.slice", path, 0) == 0);
}

// Warns if limits hold for this process, in the cgroup at path, that will not hold for the container.
static void warn_of_other_limits(const char *path)
{
	char cgroup[PATH_MAX];

	snprintf(cgroup, sizeof(cgroup), "%s", path);
	for (; strlen(cgroup) > strlen(CGROUPS "/") && !is_users_part(cgroup); dirname(cgroup)) {
		const char *limit = find_limit(cgroup);
		if (!limit)
			continue;
		gcr_warn("%s of %s does not hold for the container, whose cgroup is elsewhere: "
			 "start gcr in a delegated cgroup (systemd-run -p Delegate=yes)",
			limit, cgroup);
		return;
	}
}

int cgroup_find_delegated(int argc, char *argv[], char path[PATH_MAX])
{
	struct statfs status;

	if (statfs(CGROUPS, &status) == -1 || status.f_type != CGROUP2_SUPER_MAGIC)
		return errno = EOPNOTSUPP, -1;
	char own[PATH_MAX];
	if (find_own_cgroup(own) == -1)
		return -1;
	strcpy(path, own);
	if (!is_delegated(path))
		dirname(path); // we may be in a leaf: an earlier gcr moved our caller there
	if (is_delegated(path))
		return 0;
	warn_of_other_limits(own);
	if (geteuid() != 0)
		return start_in_scope(argc, argv);
	strcpy(path, CGROUP_OF_ROOT);
	return 0;
}

// Opens a cgroup and locks it. The kernel drops the lock when this process ends, however it ends. If another gcr then gets the
// lock, the cgroup is abandoned. Error EBUSY: a gcr that lives has the lock.
static int open_locked(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && faccessat(fd, "cgroup.procs", F_OK, 0) == 0)
		return fd;
	if (errno == EWOULDBLOCK)
		errno = EBUSY; // EWOULDBLOCK is EAGAIN, which mkdir(2) may return, too
	gcr_cleanup_close(&fd); // keeps errno
	return -1;
}

static int make_and_lock(const char *parent, const char *path)
{
	if (strcmp(parent, CGROUP_OF_ROOT) == 0 &&
		TELL(mkdir(parent, 0755), "the parent of root's cgroups") == -1 && errno != EEXIST)
		return -1;
	if (TELL(mkdir(path, 0700), "a new directory is a new cgroup; no other user may lock it") ==
			-1 &&
		errno != EEXIST)
		return -1;
	return open_locked(path);
}

// Whether another gcr was in the way for a moment: it removed root's empty parent, or it locked our new cgroup, which looked
// abandoned.
static bool is_passing(int error)
{
	return error == ENOENT || error == ENODEV || error == EBUSY;
}

int cgroup_make(const char *parent, const char *id, char path[PATH_MAX])
{
	int fd;

	snprintf(path, PATH_MAX, "%s/gcr-%s", parent, id);
	for (int tries = 0;
		(fd = make_and_lock(parent, path)) == -1 && is_passing(errno) && tries < 1000;
		tries++)
		usleep(1000);
	return fd;
}

// Removes a cgroup, and first those below it, which the container may have made. cgroup.max.depth limits the recursion.
static int remove_tree(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char below[PATH_MAX];

	if (!directory)
		return -1;
	while ((entry = readdir(directory))) {
		if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		if ((size_t)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) <
			sizeof(below))
			remove_tree(below);
	}
	closedir(directory);
	return rmdir(path); // EBUSY if one below is still there
}

int cgroup_remove(const char *path)
{
	char file[PATH_MAX + 16], parent[PATH_MAX];
	int result;

	snprintf(file, sizeof(file), "%s/cgroup.kill", path);
	gcr_write_file(file, "1");
	gcr_explain("rmdir(path)", "once all its processes are dead");
	for (int tries = 0; (result = remove_tree(path)) == -1 && errno == EBUSY && tries < 1000;
		tries++)
		usleep(1000); // killed processes take a moment to end
	snprintf(parent, sizeof(parent), "%s", path);
	if (result == 0 && strcmp(dirname(parent), CGROUP_OF_ROOT) == 0)
		TELL(rmdir(parent), "fails if it has another container's cgroup");
	return result;
}

void cgroup_remove_abandoned(const char *parent)
{
	char pattern[PATH_MAX + 32];
	glob_t found;

	// An ordinary user's cgroups are in scopes beside ours.
	snprintf(pattern, sizeof(pattern), "%s%s/gcr-*", parent,
		geteuid() == 0 ? "" : "/../*.scope");
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		CLEANUP_CLOSE int fd = open_locked(found.gl_pathv[i]);
		if (fd != -1)
			cgroup_remove(found.gl_pathv[i]);
	}
	globfree(&found);
}

void cgroup_mount(int root)
{
	mask_path(root, "sys/fs/cgroup", "is the host's; the container's own cgroup2 covers it");
	TRY(unshare(CLONE_NEWCGROUP), "from here on, it sees its own cgroup as / "
				      "(cgroup_namespaces(7))");
	CLEANUP_CLOSE int place = open_in_rootfs(root, "sys/fs/cgroup");
	TRY(mount("cgroup2", path_of(place).text, "cgroup2",
		    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
		"its limits, read-only (CVE-2022-0492)");
}
