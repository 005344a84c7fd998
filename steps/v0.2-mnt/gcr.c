// gcr: a container runtime. main(), at the end of this file, is its recipe.
//
//     sudo ./gcr run ubuntu bash
//
// A container is a process that the kernel shows a world of its own. What this step gives it:
//   v0.1-pid  process ids (CLONE_NEWPID), an init, a session and a terminal of its own
//   v0.2-mnt  mounts, and so files (CLONE_NEWNS, pivot_root)

#include "array.h"
#include "cli.h"
#include "exec.h"
#include "fd.h"
#include "log.h"
#include "masks.h"
#include "mounts.h"
#include "process.h"
#include "rootfs.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct gcr_namespace namespaces[] = {
	NAMESPACE(CLONE_NEWPID, "its processes cannot name a process of the host"),
	NAMESPACE(CLONE_NEWNS, "its mounts and unmounts do not show on the host"),
	{ 0 },
};

static const struct gcr_hint hints[] = {
	{ "clone_container", EPERM, "only root may make these namespaces; try sudo" },
	{ "clone_container", ENOSYS,
		"the kernel is older than 5.15, or a container around this one forbids clone3" },
	{ "mount(NULL", EINVAL, "/ is not a mount here, as in a chroot: start gcr outside it" },
	{ "syscall(SYS_pivot_root", EINVAL,
		"/ cannot be left here, as in an initramfs: start gcr outside it" },
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

// Forks this process into new namespaces (clone(2)). As fork(2), it returns 0 in the child, which is PID 1 of the container.
static pid_t clone_container(struct gcr_child *child)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&child->pidfd,
		.exit_signal = SIGCHLD,
	};
	sigset_t all, before;

	for (const struct gcr_namespace *row = namespaces; row->name; row++) {
		args.flags |= row->flag;
		gcr_explain(row->name, row->reason);
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

// Directories to mount on. gcr makes those that the rootfs lacks.
static const char *const mount_points[] = { "dev", "proc", "sys", "tmp" };

// Makes the rootfs a mount, as pivot_root(2) requires, that only this container sees.
static int mount_rootfs(const struct gcr_run *run)
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
		make_directory(root, mount_points[i], run);
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

// The container, from its first instruction on. This process is PID 1 and stays gcr's; the command is its child.
static noreturn void container(const struct gcr_run *run, struct gcr_child *child)
{
	TRY(gcr_leave_caller(), "neither kill(0, …) nor the caller's terminal leaves its session");
	gcr_log("[fork] as pid %d", getpid());

	int root = mount_rootfs(run);
	mount_kernel_filesystems(root);
	protect_kernel_filesystems(root);
	mount_dev(root);
	pivot_into(root);

	TRY(gcr_open_terminal(child), "what the caller types comes through gcr");
	mount_console(child);
	TRY(gcr_die_with_parent(child), "the container never outlives gcr");
	TRY(gcr_close_inherited_fds(), "the command gets no open file of the host");
	TRY(gcr_fresh_environment(run->environment), "nor the host's environment");
	TRY(prctl(PR_SET_DUMPABLE, 0),
		"nobody inside can trace PID 1 or open its program (CVE-2019-5736)");
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
	gcr_log("[run] as pid %d", getpid());

	// 2. Fork into new namespaces; the child becomes the container.
	struct gcr_child child;
	TRY(gcr_prepare_child(&child), "the command's standard streams");
	if (TRY(clone_container(&child), "one child, in all of these namespaces") == 0)
		container(&run, &child);

	// 3. Wait until it ends, passing signals on, and end as the command did.
	int status = TRY(gcr_wait(&child), "meanwhile, gcr relays signals and streams");
	gcr_end_as(status);
}
