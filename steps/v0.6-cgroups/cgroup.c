// Making and removing a container's cgroup: where gcr may do so, with whose permission, and what is left to clean up.

#include "cgroup.h"
#include "array.h"
#include "fd.h"
#include "mounts.h"
#include "try.h"

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

int cgroup_find_delegated(int argc, char *argv[], char path[PATH_MAX])
{
	struct statfs status;

	if (statfs(CGROUPS, &status) == -1 || status.f_type != CGROUP2_SUPER_MAGIC)
		return errno = EOPNOTSUPP, -1;
	if (geteuid() == 0) {
		strcpy(path, CGROUPS "/gcr");
		return 0;
	}
	if (find_own_cgroup(path) == -1)
		return -1;
	if (!is_delegated(path))
		dirname(path); // we may be in a leaf: an earlier gcr moved our caller there
	return is_delegated(path) ? 0 : start_in_scope(argc, argv);
}

// Opens a cgroup and locks it. The lock ends with this process, however it ends. So a gcr that gets the lock of an existing
// cgroup knows that the cgroup is abandoned.
static int open_locked(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && faccessat(fd, "cgroup.procs", F_OK, 0) == 0)
		return fd;
	gcr_cleanup_close(&fd); // keeps errno
	return -1;
}

static int make_and_lock(const char *parent, const char *path)
{
	if (geteuid() == 0 && TELL(mkdir(parent, 0755), "the parent of root's cgroups") == -1 &&
		errno != EEXIST)
		return -1;
	if (TELL(mkdir(path, 0755), "a new directory is a new cgroup") == -1 && errno != EEXIST)
		return -1;
	return open_locked(path);
}

int cgroup_make(const char *parent, const char *id, char path[PATH_MAX])
{
	int fd;

	snprintf(path, PATH_MAX, "%s/gcr-%s", parent, id);
	// Meanwhile another gcr may remove root's empty parent, or lock our new cgroup as an abandoned one.
	do
		fd = make_and_lock(parent, path);
	while (fd == -1 && (errno == ENOENT || errno == EWOULDBLOCK));
	return fd;
}

int cgroup_remove(const char *path)
{
	char file[PATH_MAX + 16], parent[PATH_MAX];
	int result;

	snprintf(file, sizeof(file), "%s/cgroup.kill", path);
	gcr_write_file(file, "1");
	gcr_explain("rmdir(path)", "once all its processes are dead");
	for (int tries = 0; (result = rmdir(path)) == -1 && errno == EBUSY && tries < 1000; tries++)
		usleep(1000); // killed processes take a moment to end
	if (result == 0 && geteuid() == 0) {
		snprintf(parent, sizeof(parent), "%s", path);
		TELL(rmdir(dirname(parent)), "fails if it has another container's cgroup");
	}
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
