// gcr: a container runtime. main(), at the end of this file, is its recipe.
//
//     sudo ./gcr run ubuntu bash
//
// A container is a process that the kernel shows a world of its own. What this step gives it:
//   v0.1-pid  process ids (CLONE_NEWPID)
//   v0.2-mnt  mounts, and so files (CLONE_NEWNS, pivot_root)

#include "array.h"
#include "cli.h"
#include "exec.h"
#include "fd.h"
#include "log.h"
#include "mounts.h"
#include "process.h"
#include "rootfs.h"
#include "terminal.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct gcr_namespace namespaces[] = {
	NAMESPACE(CLONE_NEWPID, "the command is PID 1 and can name no process of the host's"),
	NAMESPACE(CLONE_NEWNS, "its mounts and unmounts do not show on the host"),
	{ 0 },
};

static const struct gcr_hint hints[] = {
	{ "gcr_clone", EPERM, "only root may make these namespaces; try sudo" },
	{ "gcr_clone", ENOSYS,
		"the kernel is older than 5.15, or a container around this one forbids clone3" },
	{ "mount(NULL", EINVAL, "/ is no mount here, as in a chroot: start gcr outside of that" },
	{ "syscall(SYS_pivot_root", EINVAL,
		"/ cannot be left here, as in an initramfs: start gcr outside of that" },
	{ 0 },
};

static const struct gcr_program program = {
	.version = GCR_STEP,
	.summary = "run a command in a container",
	.example = "sudo ./gcr run ubuntu bash",
	.hints = {
		hints,
	},
};

// Directories to mount on. gcr makes those that the rootfs lacks.
static const char *const mount_points[] = { "dev", "proc", "sys", "tmp" };

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
}

static void pivot_into(int root)
{
	TRY(fchdir(root), "the new root is .");
	TRY(syscall(SYS_pivot_root, ".", "."),
		"the rootfs becomes /, with the host's / on top of it");
	TRY(umount2(".", MNT_DETACH), "the host's / goes: none of its files has a name here now");
	TRY(chdir("/"), "and none is the working directory (CVE-2024-21626)");
}

// The container, from its first instruction to the command's.
static noreturn void container(const struct gcr_run *run, const struct gcr_child *child)
{
	gcr_log("[fork] as pid %d", getpid());

	int root = bind_rootfs(run);
	mount_kernel_filesystems(root);
	protect_kernel_filesystems(root);
	mount_dev(root);
	pivot_into(root);

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
	gcr_log("[run] as pid %d", getpid());

	// 2. Fork into new namespaces; the child becomes the container.
	struct gcr_child child;
	if (TRY(gcr_clone(namespaces, &child), "one child, in all of these namespaces") == 0)
		container(&run, &child);

	// 3. Wait until it ends, passing signals on, and exit with its status.
	return TRY(gcr_wait(&child), "the command's exit status becomes ours");
}
