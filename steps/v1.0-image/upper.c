// The upper layer of a container.

#include "upper.h"
#include "array.h"
#include "container_id.h"
#include "data.h"
#include "fd.h"
#include "tree.h"
#include "try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static struct {
	int containers; // the directory of all upper layers that end with their containers; -1: this one is kept
	int spare[TREE_FILES + 1]; // for tree_remove() and the list, if gcr may open no more
	int lock; // this container's, open and locked
	const char *name; // its name in that directory
	char path[PATH_MAX];
	int user_namespace; // the container's
	const struct gcr_child *child; // NULL before the fork
} upper = { .containers = -1, .user_namespace = -1 };

// Opens a directory and locks it. The kernel drops the lock when gcr ends, however it ends.
static int open_locked(int parent, const char *name, int operation)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1 || flock(fd, operation) == 0)
		return fd;
	gcr_cleanup_close(&fd); // keeps errno
	return -1;
}

static DIR *open_list(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fdopendir(fd);

	if (!stream)
		gcr_cleanup_close(&fd); // keeps errno
	return stream;
}

static bool is_there(int directory, const char *name)
{
	return faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_id(const char *name)
{
	return strlen(name) == GCR_ID_LENGTH && strspn(name, "0123456789abcdef") == GCR_ID_LENGTH;
}

// Removes a directory, but not one that another gcr has locked. Returns whether all is well.
static bool remove_unless_locked(const char *name)
{
	bool is_own = upper.name && strcmp(name, upper.name) == 0;
	CLEANUP_CLOSE int lock =
		is_own ? -1 : open_locked(upper.containers, name, LOCK_EX | LOCK_NB);

	return (lock == -1 && !is_own) || tree_remove(upper.containers, name) == 0;
}

// Removes this container's directory, and what killed gcrs have left.
static int remove_unlocked(void)
{
	DIR *containers = open_list(upper.containers);
	struct dirent *entry;
	int error = containers ? 0 : errno;

	while (containers && (entry = readdir(containers)))
		if (is_id(entry->d_name) && !remove_unless_locked(entry->d_name))
			error = errno;
	if (containers)
		closedir(containers);
	return error ? (errno = error, -1) : 0;
}

// In the container's user namespace, this process has the powers of the container's root over the files of all its users.
static int remove_in_namespace(void)
{
	int status;
	pid_t remover = fork();

	if (remover == 0) {
		bool entered = setns(upper.user_namespace, CLONE_NEWUSER) == 0 &&
			       prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
		_exit(entered && remove_unlocked() == 0 ? 0 : errno);
	}
	if (remover == -1 || waitpid(remover, &status, 0) == -1)
		return -1;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return status == 0 ? 0 : -1;
}

static void reserve_descriptors(void)
{
	for (size_t i = 0; i < COUNT(upper.spare); i++)
		if ((upper.spare[i] = fcntl(upper.containers, F_DUPFD_CLOEXEC, 0)) == -1)
			gcr_die_of("fcntl(upper.containers, F_DUPFD_CLOEXEC, 0)");
}

static int remove_all(void)
{
	for (size_t i = 0; i < COUNT(upper.spare); i++)
		close(upper.spare[i]);
	if (remove_unlocked() == 0)
		return 0;
	return upper.user_namespace == -1 ? -1 : remove_in_namespace();
}

// The container may still run, and write.
static void remove_at_death(void)
{
	siginfo_t end;

	if (upper.child && pidfd_send_signal(upper.child->pidfd, SIGKILL, NULL, 0) == 0)
		waitid(P_PIDFD, (id_t)upper.child->pidfd, &end, WEXITED);
	remove_all();
}

void upper_remove(void)
{
	int directory = (int)(strlen(upper.path) - strlen("/") - GCR_ID_LENGTH);

	if (upper.containers != -1 && TELL(remove_all(), "what it has written ends with it") == -1)
		gcr_warn("cannot remove all that containers have left in %.*s: %s: the next gcr "
			 "tries again",
			directory, upper.path, strerror(errno));
}

// Makes a directory for the container alone and locks it. Before it is locked, another gcr may take it for abandoned and remove it.
static int make_and_lock(const char *id)
{
	do {
		TRY(mkdirat(upper.containers, id, 0700), "for this container", id);
		upper.lock = open_locked(upper.containers, id, LOCK_EX);
	} while (faccessat(upper.containers, id, F_OK, 0) == -1 && errno == ENOENT);
	return upper.lock;
}

static void give_to_root(int directory, const struct upper_root *root)
{
	if (root->user != geteuid() || root->group != getegid())
		TRY(fchown(directory, root->user, root->group),
			"it belongs to the container's root");
}

// An overlay cannot be an upper layer, nor can a file system without user attributes. Of both, mount(2) would say less.
static void require_suitable(int directory)
{
	struct statfs status;

	TRY(fstatfs(directory, &status), "which file system it is on");
	if (status.f_type == OVERLAYFS_SUPER_MAGIC)
		die("%s is on an overlay already, as in a container, and an upper layer cannot be: "
		    "choose a directory on a disk, by --upper or GCR_DATA_DIR",
			upper.path);
	TRY(fsetxattr(directory, "user.gcr", "", 0, 0), "overlayfs needs such attributes");
}

// Makes a part of the layer and gives it to the container's root. That user may have put a symbolic link there, which chmod(2) and
// chown(2) would follow.
static void make_part(int directory, const char *name, mode_t mode, const struct upper_root *root)
{
	if (!is_there(directory, name))
		TRY(mkdirat(directory, name, 0700), "a part of the upper layer", name);
	CLEANUP_CLOSE int part =
		TRY(openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
			"the directory itself", name);
	give_to_root(part, root);
	TRY(fchmod(part, mode), "upper is / inside, work is for overlayfs alone");
}

// Makes what is missing of the layer. If a gcr was killed meanwhile, work is missing, too.
static void make_parts(int directory, const struct upper_root *root)
{
	if (!is_there(directory, "work"))
		make_part(directory, "upper", root->mode, root);
	make_part(directory, "work", 0700, root);
}

const char *upper_make(const char *id, const struct upper_root *root)
{
	upper.containers = data_open_directory("containers", upper.path);
	reserve_descriptors();
	remove_unlocked(); // what it cannot remove yet is removed in the end
	upper.name = id;
	gcr_at_death(remove_at_death);
	TRY(make_and_lock(id), "while it is locked, no other gcr removes it", id);
	size_t length = strlen(upper.path);
	snprintf(upper.path + length, PATH_MAX - length, "/%s", id);
	require_suitable(upper.lock);
	make_parts(upper.lock, root);
	give_to_root(upper.lock, root);
	return upper.path;
}

// Dies if the directory of a kept layer does not belong to the container's root. Another user could change what the container runs,
// or run a setuid program that the container leaves there.
static void require_owner(const char *option, const char *name, int directory, uid_t user)
{
	struct stat status;

	TRY(fstat(directory, &status), "whose it is");
	if (status.st_uid != user)
		die("%s %s: it belongs to user %u, but the container's root is user %u outside: "
		    "chown it, or name another directory",
			option, name, status.st_uid, user);
}

static bool is_empty(int directory)
{
	DIR *stream = open_list(directory);
	int count = 0;

	while (stream && readdir(stream))
		count++;
	if (stream)
		closedir(stream);
	return count == 2; // "." and ".."
}

// Opens and locks a directory that an option names.
static int open_named(const char *option, const char *directory, int operation)
{
	int lock = TELL(open_locked(AT_FDCWD, directory, operation),
		"no other container changes it meanwhile", directory);

	if (lock == -1)
		die("%s %s: %s", option, directory,
			errno == EWOULDBLOCK ? "another container uses it"
			: errno == ENOTDIR   ? "it is a file or a symbolic link: name a directory"
					     : strerror(errno));
	return lock;
}

const char *upper_open_kept(const char *directory, const struct upper_root *root)
{
	bool is_new = TELL(mkdir(directory, 0700), "for what is kept", directory) == 0;

	if (!is_new && errno != EEXIST)
		die("--upper %s: %s", directory, strerror(errno));
	upper.lock = open_named("--upper", directory, LOCK_EX | LOCK_NB);
	snprintf(upper.path, sizeof(upper.path), "%s", directory);
	if (is_new)
		give_to_root(upper.lock, root);
	require_owner("--upper", directory, upper.lock, root->user);
	if (!is_there(upper.lock, "upper") && !is_empty(upper.lock))
		die("--upper %s: it has other files: name a new or an empty directory, or one that "
		    "--upper has made",
			directory);
	TRY(fchmod(upper.lock, 0700), "the container may leave setuid programs in it");
	require_suitable(upper.lock);
	make_parts(upper.lock, root);
	return upper.path;
}

void upper_lock_lower(const char *directory, uid_t user)
{
	int lock = open_named("--lower", directory, LOCK_SH | LOCK_NB); // for as long as gcr runs

	require_owner("--lower", directory, lock, user);
	if (!is_there(lock, "upper"))
		die("--lower %s: it has no upper layer: name a directory that --upper has kept",
			directory);
}

void upper_open_namespace(const struct gcr_child *child)
{
	char path[64];

	upper.child = child;
	snprintf(path, sizeof(path), "/proc/%d/ns/user", child->id);
	upper.user_namespace = TELL(open(path, O_RDONLY | O_CLOEXEC),
		"its user namespace, in which the files of its users can be removed", path);
	if (upper.user_namespace == -1 && !gcr_child_has_ended(child))
		die("cannot open the container's user namespace, %s: %s", path, strerror(errno));
}
