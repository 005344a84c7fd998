// gcr: a container runtime. main(), at the end of this file, is its recipe.
//
//     ./gcr run ubuntu bash
//
// A container is a process that the kernel shows a world of its own. What this step gives it:
//   v0.1-pid  process ids (CLONE_NEWPID), an init, a session and a terminal of its own
//   v0.2-mnt  mounts, and so files (CLONE_NEWNS, pivot_root)
//   v0.3-user users: root has few powers; outside it is the caller, or the rootfs's owner (CLONE_NEWUSER, capabilities)
//   v0.4-uts  a hostname (CLONE_NEWUTS)
//   v0.5-ipc  System V objects and POSIX message queues (CLONE_NEWIPC)
//   v0.6-cgroups limits on what it may use (CLONE_INTO_CGROUP, CLONE_NEWCGROUP; limits.h, cgroup.h)
//   v0.7-net  a network, with a way to the world (CLONE_NEWNET; net.h)
//   v0.8-ports ports through which the world reaches it (ports.h)
//   v0.9-seccomp a list of the system calls that it may make (seccomp(2); syscalls.h, profile.h)
//   v1.0-image an image that stays clean, volumes, and the image's own words (overlayfs; overlay.h, volumes.h, image.h, user.h)

#include "array.h"
#include "cgroup.h"
#include "cli.h"
#include "container_id.h"
#include "etc.h"
#include "exec.h"
#include "fd.h"
#include "ids.h"
#include "image.h"
#include "limits.h"
#include "log.h"
#include "masks.h"
#include "mounts.h"
#include "net.h"
#include "overlay.h"
#include "ports.h"
#include "process.h"
#include "program.h"
#include "rootfs.h"
#include "syscalls.h"
#include "try.h"
#include "user.h"
#include "volumes.h"
#include "workdir.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct gcr_namespace namespaces[] = {
	NAMESPACE(CLONE_NEWPID, "its processes cannot name a process of the host"),
	NAMESPACE(CLONE_NEWNS, "its mounts and unmounts do not show on the host"),
	NAMESPACE(CLONE_NEWUSER, "its creator is root in it, and needs no sudo for the others"),
	NAMESPACE(CLONE_NEWUTS, "its hostname is its own"),
	NAMESPACE(CLONE_NEWIPC,
		"its shared memory, semaphores and message queues are its own (ipc_namespaces(7))"),
	NAMESPACE(CLONE_NEWNET,
		"its links, addresses, ports and abstract sockets are its own (CVE-2020-15257)"),
	{ 0 },
};

#define APPARMOR "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
#define APPARMOR_CURE \
	"AppArmor forbids it: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"

static const struct gcr_hint hints[] = {
	{ "clone_container", ENOSPC,
		"user namespaces are switched off: sudo sysctl user.max_user_namespaces=65536",
		"/proc/sys/user/max_user_namespaces", "0" },
	{ "clone_container", EPERM,
		"the kernel lets only root make user namespaces: sudo sysctl "
		"kernel.unprivileged_userns_clone=1",
		"/proc/sys/kernel/unprivileged_userns_clone", "0" },
	{ "clone_container", EPERM,
		"user namespaces are forbidden here, by a chroot or a container around this one" },
	{ "gcr_write_file", EPERM, APPARMOR_CURE, APPARMOR, "1" },
	{ "gcr_write_file(path", EPERM,
		"mapping root needs CAP_SETFCAP, mapping others CAP_SETUID and CAP_SETGID; a "
		"container around this one has dropped them" },
	{ "mount(NULL", EPERM, APPARMOR_CURE, APPARMOR, "1" },
	{ "mount(NULL", EACCES, APPARMOR_CURE, APPARMOR, "1" },
	{ "mount(\"proc\"", EPERM,
		"a container around this one hides parts of /proc; docker's and podman's do not "
		"with --privileged, gcr's always do" },
	{ "move_mount(copy", EINVAL, "the rootfs has a directory there instead of a file" },
	{ "gcr_start_mapper", ENOENT, "sudo apt-get install uidmap" },
	{ "syscall(SYS_keyctl", EDQUOT,
		"each container needs a key, and this user may not have more: sudo sysctl "
		"kernel.keys.maxkeys=2000" },
	{ "clone_container", ENOSYS,
		"the kernel is older than 5.15, or a container around this one forbids clone3" },
	{ "mount(NULL", EINVAL, "/ is not a mount here, as in a chroot: start gcr outside it" },
	{ "syscall(SYS_pivot_root", EINVAL,
		"/ cannot be left here, as in an initramfs: start gcr outside it" },
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
	.has_default_command = true,
	.leaves_rootfs = true,
	.options = {
		options,
		limits_options,
		net_options,
		ports_options,
		syscalls_options,
		overlay_options,
		volumes_options,
		image_options,
	},
	.commands = net_commands,
	.hints = {
		hints,
		limits_hints,
		net_hints,
		overlay_hints,
		volumes_hints,
	},
};

// Forks this process into new namespaces (clone(2)). As fork(2), it returns 0 in the child, which is PID 1 of the container.
static pid_t clone_container(struct gcr_child *child, int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&child->pidfd,
		.exit_signal = SIGCHLD,
	};
	sigset_t all, before;

	for (const struct gcr_namespace *row = namespaces; row->name; row++) {
		args.flags |= row->flag;
		if (row->flag)
			gcr_explain(row->name, row->reason);
	}
	if (cgroup != -1) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
		gcr_explain("CLONE_INTO_CGROUP", "in its cgroup from its first instruction on");
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before); // PID 1 loses signals that it does not block
	child->id = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (child->id != 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return child->id;
}

// Starts the command, which leads a session of its own. PID 1 is not in that session, so a signal from the command to its
// process group does not reach PID 1.
static pid_t start_command(const struct gcr_run *run, const struct gcr_child *child)
{
	pid_t command = fork();

	if (command != 0)
		return command;
	TRY(setsid(), "Ctrl+C and job control reach only the command's own session");
	TRY(gcr_take_streams(&child->streams), "its standard streams, and a terminal of its own");
	gcr_reset_signals();
	user_become();
	gcr_exec(run->command);
}

// PID 1's second duty: every process whose own parent has ended is now its child (pid_namespaces(7)). One that has ended
// stays as a zombie until its parent asks for its status. Ends PID 1 when the command has ended.
static void reap_children(pid_t command)
{
	int status;

	for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
		if (ended == command) {
			gcr_send_status(status);
			_exit(gcr_exit_status(status)); // the kernel kills all that is left
		}
}

// PID 1's first duty. The kernel takes no default action for a signal to PID 1, but it does for one to the command.
static noreturn void run_init(pid_t command)
{
	sigset_t all;

	sigfillset(&all);
	for (;;) {
		int signal = sigwaitinfo(&all, NULL);
		if (signal == SIGCHLD)
			reap_children(command);
		else if (signal > 0)
			kill(command, signal);
	}
}

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
// whether the owner has any.
static bool find_ids(const struct id_kind *kind, id_t root, uid_t owner, struct gcr_id_map *map)
{
	*map = (struct gcr_id_map){ .ranges = { { 0, root, 1 } }, .count = 1 };
	int found = root == 0 && geteuid() == 0 ? gcr_add_own_ids(map, kind->own)
						: gcr_add_subordinate_ids(map, kind->ranges, owner);
	if (found == -1 && errno != ENOENT)
		die("cannot read which %ss may be mapped: %s", kind->name, strerror(errno));
	return found == 0;
}

// Writes a map for the child. Returns the id of the process that writes it, or 0 if gcr has written it itself.
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
	write_proc(child, kind->map, map, "maps ids inside to ids outside");
	if (geteuid() == 0)
		gcr_log_id_map(kind->name, ids);
	return 0;
}

static void map_users_and_groups(const struct gcr_child *child, const struct gcr_rootfs *rootfs)
{
	struct stat owner = { .st_uid = geteuid(), .st_gid = getegid() };
	struct gcr_id_map uids, gids;
	char why[PATH_MAX + 64];

	if (geteuid() == 0) {
		CLEANUP_CLOSE int root = TRY(gcr_open_rootfs(rootfs), "the rootfs to mount");
		TRY(fstat(root, &owner), "root may map any user: it maps the owner of the rootfs");
	}
	if (owner.st_uid != 0 && owner.st_gid == 0)
		die("rootfs %s belongs to user %u, but to root's group; chgrp it to a group "
		    "of that user",
			rootfs->path, owner.st_uid);
	if (geteuid() == 0)
		TELL(gcr_give_streams(&child->streams, owner.st_uid, owner.st_gid),
			"so that /dev/stdout can be opened inside");
	bool users_found = find_ids(&users, owner.st_uid, owner.st_uid, &uids);
	if (!find_ids(&groups, owner.st_gid, owner.st_uid, &gids) || !users_found)
		gcr_warn("user %u has no subordinate ids, so root is the container's only %s: "
			 "scripts/doctor subids says what to do",
			owner.st_uid, users_found ? "group" : "user");
	pid_t mappers[] = { map_ids(child->id, &users, &uids), map_ids(child->id, &groups, &gids) };
	for (size_t i = 0; i < COUNT(mappers); i++)
		if (mappers[i] && gcr_finish_program(mappers[i]) != 0 &&
			!gcr_child_has_ended(child))
			die("%s could not map the ids: %s", (i ? groups : users).mapper,
				gcr_why_not_mapped((i ? groups : users).mapper, why, sizeof(why)));
}

// In the child: waits until its ids are mapped, and becomes the root of the container.
static void become_root(const struct gcr_child *child)
{
	char go;

	close(child->to_child); // else read() would wait for this process, too
	if (TRY(read(child->to_parent, &go, 1), "wait until its ids are mapped") == 0)
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
static int mount_rootfs(const struct gcr_run *run)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };

	TRY(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
		"before the first mount, so that none of ours shows on the host");
	int root = overlay_mount(&run->rootfs);
	TRY(mount_setattr(root, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof(attributes)),
		"no setuid program and no device of an untrusted rootfs works");
	for (size_t i = 0; i < COUNT(mount_points); i++)
		overlay_make_directory(root, mount_points[i]);
	return root;
}

static void mount_sys(int root)
{
	struct mount_attr read_only = { .attr_set = FOR_READING_ONLY | MOUNT_ATTR_NODEV };
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
	struct mount_attr read_only = { .attr_set = FOR_READING_ONLY };
	struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < COUNT(devices); i++)
		bind_device(dev, devices[i].name, devices[i].source, devices[i].reason);
	// A process may still write to a device in a read-only mount: that does not change its file.
	TRY(mount_setattr(dev, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only, sizeof(read_only)),
		"mode and owner of the host's devices stay as they are");
	TRY(mount_setattr(dev, "", AT_EMPTY_PATH, &writable, sizeof(writable)),
		"but /dev itself takes new files");

	for (size_t i = 0; i < COUNT(dev_links); i++)
		TRY(symlinkat(dev_links[i].target, dev, dev_links[i].name),
			"a name that programs look for", dev_links[i].target, dev_links[i].name);
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
		"the terminals that it opens, and none of the host");
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

// Decides on the container's network. With --net host it stays in the network namespace of its caller.
static void choose_network(void)
{
	net_decide();
	for (struct gcr_namespace *row = namespaces; row->name; row++)
		if (row->flag == CLONE_NEWNET && net_mode() == NET_HOST)
			row->flag = 0;
}

// In the child: waits until it is connected, and sets up its network. Returns its address, or a prefix of 0.
static struct net_address join_network(const struct gcr_child *child)
{
	struct net_address address = { 0 };

	if (net_mode() == NET_HOST)
		return address;
	if (TRY(read(child->to_parent, &address, sizeof(address)), "until it is connected") == 0)
		_exit(GCR_FAILED); // the parent has printed why
	net_configure(address);
	return address;
}

static void open_ports(void)
{
	if (ports_any() && net_mode() != NET_BRIDGED)
		die_with(GCR_USAGE, "-p needs a container on the bridge: add --net bridge");
	ports_listen();
}

static void name_container(int root, struct net_address address)
{
	const char *own = address.prefix ? inet_ntoa(address.address) : "127.0.1.1";
	char text[256];

	TRY(sethostname(hostname, strlen(hostname)), "uname(2) shows it, but only inside",
		hostname);
	snprintf(text, sizeof(text), "%s\n", hostname);
	bind_text(root, "hostname", text);
	int first = (int)strcspn(hostname, "."); // web.example.org is also called web
	snprintf(text, sizeof(text), "127.0.0.1 localhost\n::1 localhost\n%s %s%s%.*s\n", own,
		hostname, hostname[first] ? " " : "", hostname[first] ? first : 0, hostname);
	bind_text(root, "hosts", text);
}

static void pivot_into(int root)
{
	TRY(fchdir(root), "the new root is .");
	TRY(syscall(SYS_pivot_root, ".", "."),
		"the rootfs becomes /, with the host's / on top of it");
	TRY(umount2(".", MNT_DETACH), "the host's / goes, and no file of it has a name here");
	TRY(chdir("/"), "and none is the working directory (CVE-2024-21626)");
}

// The command's terminal, if it has one, is the container's console, too.
static void mount_console(const struct gcr_child *child)
{
	const char *terminal = ttyname(child->streams.terminal.inside);

	if (!terminal)
		return;
	TRY(mknod("/dev/console", S_IFREG | 0600, 0), "an empty file to mount on");
	TRY(mount(terminal, "/dev/console", NULL, MS_BIND, NULL), "console(4)");
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

// The container, from its first instruction on. This process is PID 1 and stays gcr's; the command is its child.
static noreturn void container(const struct gcr_run *run, struct gcr_child *child)
{
	TRY(gcr_leave_caller(), "neither kill(0, …) nor the caller's terminal leaves its session");
	volumes_open_as_caller();
	become_root(child);
	gcr_log("[fork] as pid %d", getpid());

	int root = mount_rootfs(run);
	mount_kernel_filesystems(root);
	net_allow_ping(root);
	syscalls_limit_user_namespaces(root);
	protect_kernel_filesystems(root);
	cgroup_mount(root);
	mount_dev(root);
	struct net_address address = join_network(child);
	name_container(root, address);
	net_mount_resolv_conf(root);
	volumes_mount(root);
	workdir_make(root);
	volumes_protect_rootfs(root);
	pivot_into(root);

	TRY(gcr_open_terminal(child), "what the caller types comes through gcr");
	mount_console(child);
	drop_capabilities();
	TRY(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL),
		"a new keyring, without its caller's keys (session-keyring(7))");
	TRY(gcr_die_with_parent(child), "the container never outlives gcr");
	TRY(gcr_close_inherited_fds(), "the command gets no open file of the host");
	TRY(gcr_fresh_environment(run->environment), "nor the host's environment");
	TRY(prctl(PR_SET_DUMPABLE, 0),
		"nobody inside can trace PID 1 or open its program (CVE-2019-5736)");
	syscalls_load_filter();
	pid_t command = TRY(start_command(run, child), "PID 2");
	TRY(gcr_keep_socket(child), "PID 1 keeps no file open but its socket to gcr");
	gcr_set_title(run->arguments, "gcr-init"); // gcr's arguments name files of the host
	run_init(command);
}

int main(int argc, char *argv[])
{
	// 1. Read what to run, on which root filesystem.
	struct gcr_run run;
	gcr_command_line(argc, argv, &program, &run);
	image_complete_run(&run);
	limits_find_parent(argc, argv);
	gcr_log("[run] as pid %d", getpid());
	TRY(gcr_new_id(id), "the container's name: twelve hex digits");

	// 2. Decide on its network, take the ports that it publishes, and make its upper layer, and its cgroup, if it has limits.
	choose_network();
	open_ports();
	volumes_open();
	overlay_make_upper(&run.rootfs, id);
	int cgroup = limits_make_cgroup(id);

	// 3. Fork into new namespaces and that cgroup; the child becomes the container.
	struct gcr_child child;
	TRY(gcr_prepare_child(&child), "the command's standard streams");
	if (TRY(clone_container(&child, cgroup), "one child, in all of these namespaces") == 0)
		container(&run, &child);

	// 4. Map its users and groups, and let it go on.
	int network = net_open_namespace(&child);
	overlay_open_namespace(&child);
	map_users_and_groups(&child, &run.rootfs);
	TRY(write(child.to_child, "", 1), "the child may go on");

	// 5. Meanwhile, connect it to the bridge.
	struct net_address address = net_connect(network);
	int ports = ports_start(address.address);
	TRY(write(child.to_child, &address, sizeof(address)), "its address");

	// 6. Wait until it ends, passing signals on and serving its ports, and end as the command did.
	int status = TRY(gcr_wait_serving(&child, ports, ports_serve),
		"meanwhile, gcr relays signals and streams");
	ports_end();
	limits_report_kills(status);
	limits_remove_cgroup();
	overlay_remove_upper();
	gcr_end_as(status);
}
