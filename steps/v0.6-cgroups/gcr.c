// gcr: a container runtime. main(), at the end of this file, is its recipe.
//
//     ./gcr run ubuntu bash
//
// A container is a process that the kernel shows a world of its own. What this step gives it:
//   v0.1-pid  process ids (CLONE_NEWPID)
//   v0.2-mnt  mounts, and so files (CLONE_NEWNS, pivot_root)
//   v0.3-user users: root has few powers; outside it is the caller, or the rootfs's owner (CLONE_NEWUSER, capabilities)
//   v0.4-uts  a hostname (CLONE_NEWUTS)
//   v0.5-ipc  System V objects and POSIX message queues (CLONE_NEWIPC)
//   v0.6-cgroups limits on what it may use (CLONE_INTO_CGROUP, CLONE_NEWCGROUP; limits.h, cgroup.h)

#include "array.h"
#include "cgroup.h"
#include "cli.h"
#include "exec.h"
#include "fd.h"
#include "id.h"
#include "ids.h"
#include "limits.h"
#include "log.h"
#include "mounts.h"
#include "process.h"
#include "program.h"
#include "rootfs.h"
#include "seccomp.h"
#include "terminal.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct gcr_namespace namespaces[] = {
	NAMESPACE(CLONE_NEWPID, "the command is PID 1 and can name no process of the host's"),
	NAMESPACE(CLONE_NEWNS, "its mounts and unmounts do not show on the host"),
	NAMESPACE(CLONE_NEWUSER,
		"its maker is root in it, and so makes the other namespaces without sudo"),
	NAMESPACE(CLONE_NEWUTS, "its hostname is its own"),
	NAMESPACE(CLONE_NEWIPC,
		"its shared memory, semaphores and message queues are its own (ipc_namespaces(7))"),
	{ 0 },
};

#define APPARMOR "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
#define APPARMOR_CURE \
	"AppArmor forbids it: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"

static const struct gcr_hint hints[] = {
	{ "gcr_clone", ENOSPC,
		"user namespaces are switched off: sudo sysctl user.max_user_namespaces=65536",
		"/proc/sys/user/max_user_namespaces", "0" },
	{ "gcr_clone", EPERM,
		"the kernel lets only root make user namespaces: sudo sysctl "
		"kernel.unprivileged_userns_clone=1",
		"/proc/sys/kernel/unprivileged_userns_clone", "0" },
	{ "gcr_clone", EPERM,
		"user namespaces are forbidden here, by a chroot or a container around this one" },
	{ "gcr_write_file", EPERM, APPARMOR_CURE, APPARMOR, "1" },
	{ "gcr_write_file(path", EPERM,
		"to map root takes CAP_SETFCAP, others CAP_SETUID and CAP_SETGID; a container "
		"around "
		"this one has taken them" },
	{ "mount(NULL", EPERM, APPARMOR_CURE, APPARMOR, "1" },
	{ "mount(NULL", EACCES, APPARMOR_CURE, APPARMOR, "1" },
	{ "mount(\"proc\"", EPERM,
		"a container around this one hides parts of /proc; docker's and podman's do not "
		"with --privileged, gcr's always do" },
	{ "mount(rootfs", EACCES,
		"the container's root is the rootfs's owner, and that user cannot reach it" },
	{ "move_mount(copy", EINVAL, "the rootfs has a directory there instead of a file" },
	{ "gcr_start_mapper", ENOENT, "sudo apt-get install uidmap" },
	{ "syscall(SYS_keyctl", EDQUOT,
		"each container takes a key, and this user may have no more: sudo sysctl "
		"kernel.keys.maxkeys=2000" },
	{ "gcr_clone", ENOSYS,
		"the kernel is older than 5.15, or a container around this one forbids clone3" },
	{ "mount(NULL", EINVAL, "/ is no mount here, as in a chroot: start gcr outside of that" },
	{ "syscall(SYS_pivot_root", EINVAL,
		"/ cannot be left here, as in an initramfs: start gcr outside of that" },
	{ 0 },
};

static char id[GCR_ID_LENGTH + 1]; // the container's name
static const char *hostname = id; // or as --hostname says

// What hostname(7) and the kernel (HOST_NAME_MAX) allow.
static void set_hostname(const char *value)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	size_t length = strlen(value);

	if (length == 0 || length > HOST_NAME_MAX || strspn(value, allowed) != length)
		die_with(GCR_USAGE, "--hostname '%s': write 1 to %d letters, digits, '-' and '.'",
			value, HOST_NAME_MAX);
	hostname = value;
}

static const struct gcr_option options[] = {
	{ "hostname", 0, "NAME", "the container's hostname, else its id", set_hostname },
	{ 0 },
};

static const struct gcr_program program = {
	.version = GCR_STEP,
	.summary = "run a command in a container",
	.example = "./gcr run ubuntu bash",
	.options = {
		options,
		limits_options,
	},
	.hints = {
		hints,
		limits_hints,
	},
};

// How users or groups are mapped (user_namespaces(7)).
struct id_kind {
	const char *name;
	const char *map; // the file in /proc/PID that maps ids inside to ids outside
	const char *mapper; // a program that may write the map for an ordinary user (newuidmap(1))
	const char *ranges; // the ids that it may map: the user's subordinate ids (subuid(5))
	const char *own; // the ids that this process may map itself if it is root
};
static const struct id_kind users = { "uid", "uid_map", "newuidmap", "/etc/subuid",
	"/proc/self/uid_map" };
static const struct id_kind groups = { "gid", "gid_map", "newgidmap", "/etc/subgid",
	"/proc/self/gid_map" };

static void write_proc(pid_t child, const char *file, const char *text, const char *reason)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", child, file);
	TRY(gcr_write_file(path, text), reason, path, text);
}

// Finds how to map the container's root to an id outside, and its other ids to subordinate ids of the owner. Returns
// whether there are such.
static bool find_ids(const struct id_kind *kind, id_t root, uid_t owner, struct gcr_id_map *map)
{
	*map = (struct gcr_id_map){ .ranges = { { 0, root, 1 } }, .count = 1 };
	int found = root == 0 && geteuid() == 0 ? gcr_add_own_ids(map, kind->own)
						: gcr_add_subordinate_ids(map, kind->ranges, owner);
	if (found == -1 && errno != ENOENT)
		die("cannot read which %ss there are to map: %s", kind->name, strerror(errno));
	return found == 0;
}

// Writes a map of the child's, by a process whose id it returns, or itself: then it returns 0.
static pid_t map_ids(pid_t child, const struct id_kind *kind, const struct gcr_id_map *ids)
{
	const char *mapper = kind->mapper;
	char map[GCR_ID_MAP_SIZE];

	gcr_id_map_text(ids, map);
	if (ids->count > 1 && geteuid() != 0)
		return TRY(gcr_start_mapper(mapper, child, map),
			"the container's root is the caller, its other ids are subordinate ids",
			mapper, map);

	// A process that leaves a group could open files that are closed to the group (CVE-2014-8989).
	if (kind == &groups && geteuid() != 0)
		write_proc(child, "setgroups", "deny",
			"an ordinary user must deny setgroups(2) before mapping a group");
	write_proc(child, kind->map, map, "who the container's users are outside");
	if (geteuid() == 0)
		gcr_log_id_map(kind->name, ids);
	return 0;
}

static void map_users_and_groups(pid_t child, const struct gcr_rootfs *rootfs)
{
	struct stat owner = { .st_uid = geteuid(), .st_gid = getegid() };
	struct gcr_id_map uids, gids;
	char why[PATH_MAX + 64];

	if (geteuid() == 0) {
		CLEANUP_CLOSE int root = TRY(gcr_open_rootfs(rootfs), "the rootfs to mount");
		TRY(fstat(root, &owner), "root may map any user: it maps the owner of the rootfs");
	}
	if (owner.st_uid != 0 && owner.st_gid == 0)
		die("rootfs %s belongs to user %u, but to the group of root; chown it to a group "
		    "of the user's",
			rootfs->path, owner.st_uid);
	bool users_found = find_ids(&users, owner.st_uid, owner.st_uid, &uids);
	if (!find_ids(&groups, owner.st_gid, owner.st_uid, &gids) || !users_found)
		gcr_warn("user %u has no subordinate ids, so root is the container's only %s: "
			 "scripts/doctor subids tells the cure",
			owner.st_uid, users_found ? "group" : "user");
	pid_t mappers[] = { map_ids(child, &users, &uids), map_ids(child, &groups, &gids) };
	for (size_t i = 0; i < COUNT(mappers); i++)
		if (mappers[i] && gcr_finish_program(mappers[i]) != 0)
			die("%s could not map the ids: %s", (i ? groups : users).mapper,
				gcr_why_not_mapped((i ? groups : users).mapper, why, sizeof(why)));
}

// In the child: waits until its ids are mapped, and becomes the root of the container.
static void become_root(const int from_parent[2])
{
	char go;

	close(from_parent[1]); // else read() would wait for this process too
	if (TRY(read(from_parent[0], &go, 1), "wait until its ids are mapped") == 0)
		_exit(GCR_FAILED); // the parent has printed why
	int left = TELL(setgroups(0, NULL), "leave the caller's groups; EPERM if denied");
	if (left == -1 && errno != EPERM)
		gcr_die_of("setgroups(0, NULL)");
	TRY(setresgid(0, 0, 0), "become root's group");
	TRY(setresuid(0, 0, 0), "become root");
}

// Directories to mount on. gcr makes those that the rootfs lacks.
static const char *const mount_points[] = { "dev", "etc", "proc", "sys", "tmp" };

// Makes the rootfs a mount, as pivot_root(2) requires, that only this container sees.
static int bind_rootfs(const struct gcr_run *run)
{
	const struct gcr_rootfs *rootfs = &run->rootfs;
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };

	TRY(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
		"before the first mount, so that none of ours shows on the host");
	TRY(mount(rootfs->path, rootfs->path, NULL, MS_BIND | MS_REC, NULL),
		"a new root has to be a mount: the rootfs, bound onto itself", rootfs->path);

	int root = TRY(gcr_open_rootfs(rootfs), "the mount itself, wherever its path leads later");
	TRY(mount_setattr(root, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof(attributes)),
		"no setuid program and no device of an untrusted rootfs works");
	for (size_t i = 0; i < COUNT(mount_points); i++)
		if (faccessat(root, mount_points[i], F_OK, AT_SYMLINK_NOFOLLOW) == -1) {
			gcr_require_command(root, run->command, run->environment);
			make_directory(root, mount_points[i]);
		}
	return root;
}

static void mount_sys(int root)
{
	struct mount_attr read_only = { .attr_set = READ_ONLY | MOUNT_ATTR_NODEV };
	CLEANUP_CLOSE int place = open_in_rootfs(root, "sys");

	if (TELL(mount("sysfs", path_of(place).text, "sysfs",
			 MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
		    "the kernel's devices and the network's links, read-only") == 0)
		return;
	if (errno != EPERM)
		gcr_die_of("mount(\"sysfs\", \"sys\", \"sysfs\")");
	TRY(mount("/sys", path_of(place).text, NULL, MS_BIND | MS_REC, NULL),
		"the host's: only the owner of a network namespace may mount a new sysfs");
	CLEANUP_CLOSE int sys = open_in_rootfs(root, "sys");
	TRY(mount_setattr(sys, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only, sizeof(read_only)),
		"the kernel's devices, read-only");
}

static void mount_kernel_filesystems(int root)
{
	CLEANUP_CLOSE int proc = open_in_rootfs(root, "proc");

	TRY(mount("proc", path_of(proc).text, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
		"ps shows only our processes");
	mount_sys(root);
	CLEANUP_CLOSE int tmp = follow_in_rootfs(root, "tmp"); // a link in some images
	TRY(mount("tmpfs", path_of(tmp).text, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=25%"),
		"a /tmp that ends with the container");
}

// Parts of /proc and /sys that belong to the host in spite of all namespaces (proc(5)). They become read-only
// or hidden. Root can undo this as long as it has CAP_SYS_ADMIN.
static const struct {
	const char *path, *reason;
} read_only_paths[] = {
	{ "proc/bus", "sets the host's PCI devices" },
	{ "proc/fs", "sets the host's filesystems" },
	{ "proc/irq", "sets which CPU serves which interrupt" },
	{ "proc/sys", "sets what sysctl(8) sets" },
	{ "proc/sysrq-trigger", "reboots the host, by a letter" },
}, masked_paths[] = {
	{ "proc/acpi", "tells of the host's battery and lid" },
	{ "proc/asound", "tells of the host's sound cards" },
	{ "proc/interrupts", "tells how often keys are pressed" },
	{ "proc/kcore", "is the host's memory" },
	{ "proc/keys", "tells of the host's users' keys" },
	{ "proc/latency_stats", "tells what the host's processes wait for" },
	{ "proc/sched_debug", "tells of the host's processes" },
	{ "proc/scsi", "tells of the host's disks" },
	{ "proc/timer_list", "tells addresses in the kernel" },
	{ "proc/timer_stats", "tells what the host's processes wait for" },
	{ "sys/devices/virtual/powercap", "tells the power it takes, which reveals keys (CVE-2020-8694)" },
	{ "sys/firmware", "tells what the host's firmware knows" },
	{ "sys/kernel/debug", "tells and sets what the kernel's authors look at (debugfs)" },
	{ "sys/kernel/tracing", "tells what the host's processes call (tracefs)" },
};

static void protect_kernel_filesystems(int root)
{
	for (size_t i = 0; i < COUNT(read_only_paths); i++)
		make_read_only(root, read_only_paths[i].path, read_only_paths[i].reason);
	for (size_t i = 0; i < COUNT(masked_paths); i++)
		mask_path(root, masked_paths[i].path, masked_paths[i].reason);
}

static const struct {
	const char *name, *source, *reason;
} devices[] = {
	{ "null", "/dev/null", "swallows what is written to it (null(4))" },
	{ "zero", "/dev/zero", "zeros without end (zero(4))" },
	{ "full", "/dev/full", "a disk that is full (full(4))" },
	{ "random", "/dev/random", "random bytes (random(4))" },
	{ "urandom", "/dev/urandom", "random bytes, even early at boot (urandom(4))" },
	{ "tty", "/dev/tty", "a process's own terminal (tty(4))" },
};

static const struct {
	const char *name, *target;
} dev_links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

// Binds the host's device. A device that the rootfs brings along is never used (CVE-2025-31133).
static void bind_device(int dev, const char *name, const char *source, const char *reason)
{
	TRY(mknodat(dev, name, S_IFREG | 0666, 0), "an empty file to mount on", name);
	CLEANUP_CLOSE int device = TRY(
		open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), reason, source);
	TRY(move_mount(device, "", dev, name, MOVE_MOUNT_F_EMPTY_PATH),
		"the device takes its place", name);
}

static void fill_dev(int dev)
{
	struct mount_attr read_only = { .attr_set = READ_ONLY };
	struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < COUNT(devices); i++)
		bind_device(dev, devices[i].name, devices[i].source, devices[i].reason);
	const char *terminal = ttyname(gcr_terminal());
	if (terminal)
		bind_device(dev, "console", terminal, "the terminal that gcr runs in (console(4))");
	// A process may still write to a device in a read-only mount: that does not change its file.
	TRY(mount_setattr(dev, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only, sizeof(read_only)),
		"mode and owner of the host's devices stay as they are");
	TRY(mount_setattr(dev, "", AT_EMPTY_PATH, &writable, sizeof(writable)),
		"but /dev itself takes new files");

	for (size_t i = 0; i < COUNT(dev_links); i++)
		TRY(symlinkat(dev_links[i].target, dev, dev_links[i].name),
			"a name that programs look for");
}

static void mount_dev(int root)
{
	CLEANUP_CLOSE int place = open_in_rootfs(root, "dev");

	TRY(mount("tmpfs", path_of(place).text, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    "mode=755,size=64m"),
		"a /dev without the host's disks");
	CLEANUP_CLOSE int dev = open_in_rootfs(root, "dev");
	fill_dev(dev);

	TRY(mkdirat(dev, "pts", 0755), "to mount on");
	CLEANUP_CLOSE int pts = open_in_rootfs(dev, "pts");
	TRY(mount("devpts", path_of(pts).text, "devpts", MS_NOSUID | MS_NOEXEC,
		    "ptmxmode=666,mode=620"),
		"terminals of its own: those that it opens, none of the host's");
	TRY(mkdirat(dev, "shm", 0755), "to mount on");
	CLEANUP_CLOSE int shm = open_in_rootfs(dev, "shm");
	TRY(mount("tmpfs", path_of(shm).text, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    "mode=1777,size=64m"),
		"shared memory of its own (shm_overview(7))");
	TRY(mkdirat(dev, "mqueue", 0755), "to mount on");
	CLEANUP_CLOSE int mqueue = open_in_rootfs(dev, "mqueue");
	TRY(mount("mqueue", path_of(mqueue).text, "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
		"its message queues, as files (mq_overview(7))");
}

// Opens a file of the container's /etc to mount on, or an empty one that it makes. A symbolic link is not followed, but itself
// what is mounted on: it may lead to what only a running system has. If the file cannot be made, warns and returns -1.
static int open_in_etc(int root, const char *name)
{
	CLEANUP_CLOSE int etc = open_in_rootfs(root, "etc");

	if (TELL(mknodat(etc, name, S_IFREG | 0644, 0), "to mount on", name) == -1 &&
		errno != EEXIST) {
		gcr_warn("the rootfs has no /etc/%s, and it cannot be made: %s", name,
			strerror(errno));
		return -1;
	}
	return TRY(openat(etc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), "the place itself", name);
}

// Mounts a file with this text over a file of the container's /etc. The new file is in memory, in the container's /dev,
// where its name is removed at once. Only open_in_etc() writes to the rootfs.
static void bind_text(int root, const char *name, const char *text)
{
	CLEANUP_CLOSE int place = open_in_etc(root, name);
	if (place == -1)
		return;
	CLEANUP_CLOSE int dev = open_in_rootfs(root, "dev");
	CLEANUP_CLOSE int file = TRY(openat(dev, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0),
		"a file in memory", name);
	TRY(write(file, text, strlen(text)), "the text that it shows");
	TRY(fchmod(file, 0644), "everybody may read it");

	CLEANUP_CLOSE int copy = TRY(open_tree(dev, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
		"a mount of that one file", name);
	TRY(move_mount(copy, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
		"over what the rootfs has there");
	TRY(unlinkat(dev, name, 0), "the mount keeps the file without this name", name);
}

static void name_container(int root)
{
	char text[256];

	TRY(sethostname(hostname, strlen(hostname)), "uname(2) shows it, but only inside",
		hostname);
	snprintf(text, sizeof(text), "%s\n", hostname);
	bind_text(root, "hostname", text);
	snprintf(
		text, sizeof(text), "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s\n", hostname);
	bind_text(root, "hosts", text);
}

static void pivot_into(int root)
{
	TRY(fchdir(root), "the new root is .");
	TRY(syscall(SYS_pivot_root, ".", "."),
		"the rootfs becomes /, with the host's / on top of it");
	TRY(umount2(".", MNT_DETACH), "the host's / goes: none of its files has a name here now");
	TRY(chdir("/"), "and none is the working directory (CVE-2024-21626)");
}

// What the container's root may still do inside (capabilities(7)). All else is for the host's root.
static const cap_value_t capabilities[] = { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID,
	CAP_KILL, CAP_NET_BIND_SERVICE, CAP_SETFCAP, CAP_SETGID, CAP_SETPCAP, CAP_SETUID,
	CAP_SYS_CHROOT };

static bool is_kept(cap_value_t capability)
{
	for (size_t i = 0; i < COUNT(capabilities); i++)
		if (capabilities[i] == capability)
			return true;
	return false;
}

static int cut_bounding_set(void)
{
	for (cap_value_t capability = 0; capability < cap_max_bits(); capability++)
		if (!is_kept(capability) && cap_drop_bound(capability) == -1)
			return -1;
	return 0;
}

static void drop_capabilities(void)
{
	cap_t kept = cap_init();

	TRY(cut_bounding_set(), "no program that the container executes gets more than these");
	cap_set_flag(kept, CAP_PERMITTED, COUNT(capabilities), capabilities, CAP_SET);
	cap_set_flag(kept, CAP_EFFECTIVE, COUNT(capabilities), capabilities, CAP_SET);
	TRY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
		"a program gets none if its user is not root");
	TRY(cap_set_proc(kept), "the inheritable set is empty (CVE-2022-29162)");
	cap_free(kept);
	TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
		"no setuid program or file capability gives more");
}

// Requests of ioctl(2) by which a process types or pastes at a terminal in the user's place (TIOCSTI(2const),
// TIOCLINUX(2const)).
static const unsigned typing[] = { TIOCSTI, TIOCLINUX };

// Leaves what belongs to the caller's session, which no namespace covers (credentials(7)).
static void leave_session(void)
{
	TRY(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL),
		"a new keyring, without its caller's keys (session-keyring(7))");
	TRY(seccomp_forbid_ioctls(typing, COUNT(typing)),
		"it may use the terminal, but not type for its caller (CVE-2017-5226)");
}

// The container, from its first instruction to the command's.
static noreturn void container(
	const struct gcr_run *run, const struct gcr_child *child, const int from_parent[2])
{
	become_root(from_parent);
	gcr_log("[fork] as pid %d", getpid());

	int root = bind_rootfs(run);
	mount_kernel_filesystems(root);
	protect_kernel_filesystems(root);
	cgroup_mount(root);
	mount_dev(root);
	name_container(root);
	pivot_into(root);
	drop_capabilities();
	leave_session();

	TRY(gcr_die_with_parent(child), "the container never outlives gcr");
	TRY(gcr_close_inherited_fds(), "the command gets no open file of the host's");
	TRY(gcr_fresh_environment(run->environment), "nor the host's environment");
	gcr_exec(run->command);
}

int main(int argc, char *argv[])
{
	// 1. Read what to run, on which root filesystem.
	struct gcr_run run;
	gcr_command_line(argc, argv, &program, &run);
	limits_find_parent(argc, argv);
	gcr_log("[run] as pid %d", getpid());
	TRY(gcr_new_id(id), "the container's name: twelve hex digits");

	// 2. Make its cgroup, if it has limits.
	int cgroup = limits_make_cgroup(id);

	// 3. Fork into new namespaces and that cgroup; the child becomes the container.
	int from_parent[2];
	TRY(pipe2(from_parent, O_CLOEXEC), "by reading from it, the child waits for its parent");
	struct gcr_child child;
	if (TRY(gcr_clone_into(namespaces, cgroup, &child),
		    "one child, in all of these namespaces") == 0)
		container(&run, &child, from_parent);

	// 4. Map its users and groups, and let it go on.
	map_users_and_groups(child.id, &run.rootfs);
	TRY(write(from_parent[1], "", 1), "the child may go on");

	// 5. Wait until it ends, passing signals on, and exit with its status.
	int status = TRY(gcr_wait(&child), "the command's exit status becomes ours");
	limits_remove_cgroup(status);
	return status;
}
