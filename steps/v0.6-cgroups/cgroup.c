// Cgroups to make others in: who may, by whose leave, and who cleans up.

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
	// The line of v2 (cgroups(7)). Another line may have a name with that in it.
	const char *own = strncmp(text, "0::/", 4) == 0 ? text : strstr(text, "\n0::/");
	if (!own)
		return errno = EOPNOTSUPP, -1;
	own = strchr(own, '/');
	snprintf(path, PATH_MAX, CGROUPS "%.*s", (int)strcspn(own, "\n"), own);
	return 0;
}

// Whether systemd leaves what is below the cgroup to us. The system's manager says so in user.delegate. A user's manager does
// not, at least up to version 252: there, a scope of such a name is ours by agreement.
static bool is_delegated(const char *path)
{
	char value = '0';

	return (getxattr(path, "user.delegate", &value, 1) == 1 && value == '1') ||
	       fnmatch("*/gcr-*.scope", path, 0) == 0;
}

// A user who came by su(1) has no service manager.
static bool has_service_manager(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/systemd/private", runtime ? runtime : "");
	return access(path, W_OK) == 0;
}

// Becomes this program again, as the same process, in a cgroup that is ours to divide (systemd-run(1)).
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
	memcpy(command + COUNT(asking), argv + 1, (size_t)argc * sizeof(*argv)); // and the NULL
	gcr_explain_program((char *const *)command, "in place of gcr, which it starts again");
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
		dirname(path); // that of a leaf into which a gcr before us put its caller
	return is_delegated(path) ? 0 : start_in_scope(argc, argv);
}

// Opens a cgroup for us alone. The lock ends with us, whatever ends us. So whoever gets it next knows that nobody looks after
// that cgroup any more.
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
	if (geteuid() == 0 &&
		TELL(mkdir(parent, 0755), "for root's, and none of systemd's") == -1 &&
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
	// Another gcr may just now remove root's empty parent, or take what we made for abandoned.
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
	gcr_explain("rmdir(path)", "when all that was in it is dead");
	for (int tries = 0; (result = rmdir(path)) == -1 && errno == EBUSY && tries < 1000; tries++)
		usleep(1000); // it takes a moment to die
	if (geteuid() == 0) {
		snprintf(parent, sizeof(parent), "%s", path);
		TELL(rmdir(dirname(parent)), "unless another container is in it");
	}
	return result;
}

void cgroup_remove_abandoned(const char *parent)
{
	char pattern[PATH_MAX + 32];
	glob_t found;

	// An ordinary user's are in scopes beside ours.
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
	mask_path(root, "sys/fs/cgroup", "is the host's; a cgroup2 of our own goes over it");
	TRY(unshare(CLONE_NEWCGROUP), "from here on, the cgroup that it is in is / to it "
				      "(cgroup_namespaces(7))");
	CLEANUP_CLOSE int place = open_in_rootfs(root, "sys/fs/cgroup");
	TRY(mount("cgroup2", path_of(place).text, "cgroup2",
		    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
		"its limits, to look at (CVE-2022-0492)");
}
