// The floor for gcr's start: the system calls that a step needs and nothing else, checked by nothing but
// perror(3), each as plain as it can be. The upper layer of v1.0 is in $GCR_DATA_DIR.
//
//     floor [OPTIONS] STEP ROOTFS COMMAND [ARG…]     what STEP does, 1 (v0.1-pid) to 10 (v1.0-image)
//       -i FIRST:COUNT     with these subordinate ids, by newuidmap and newgidmap
//       -l                 with a limit on its processes (root, cgroup v2)
//       -n                 connected to gcr's bridge (root); the work of gcr and gcr-net in one process

#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int step;
static bool connected, limited; // -n, -l
static char *first, *count; // -i

static const char *const devices[][2] = {
	{ "/dev/null", "dev/null" },
	{ "/dev/zero", "dev/zero" },
	{ "/dev/full", "dev/full" },
	{ "/dev/random", "dev/random" },
	{ "/dev/urandom", "dev/urandom" },
	{ "/dev/tty", "dev/tty" },
};
static const char *const links[][2] = {
	{ "/proc/self/fd", "dev/fd" },
	{ "/proc/self/fd/0", "dev/stdin" },
	{ "/proc/self/fd/1", "dev/stdout" },
	{ "/proc/self/fd/2", "dev/stderr" },
	{ "pts/ptmx", "dev/ptmx" },
};
static const char *const read_only_paths[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
	"proc/sysrq-trigger" };
static const char *const masked_paths[] = { "proc/acpi", "proc/asound", "proc/interrupts",
	"proc/kcore", "proc/keys", "proc/latency_stats", "proc/sched_debug", "proc/scsi",
	"proc/timer_list", "proc/timer_stats", "sys/devices/virtual/powercap", "sys/firmware" };

static struct sock_filter filter[] = {
#include "filter.inc"
};

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	DO(fd);
	DO(write(fd, text, strlen(text)));
	close(fd);
}

// --- ids -------------------------------------------------------------------------------------------

static void write_map(pid_t child, const char *file, const char *format, unsigned id)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", child, file);
	snprintf(text, sizeof(text), format, id);
	write_file(path, text);
}

static pid_t start_mapper(const char *program, pid_t child, unsigned id)
{
	char pid[16], to[16];
	char *command[] = { (char *)program, pid, "0", to, "1", "1", first, count, NULL };
	pid_t mapper;

	snprintf(pid, sizeof(pid), "%d", child);
	snprintf(to, sizeof(to), "%u", id);
	return posix_spawnp(&mapper, program, NULL, NULL, command, environ) == 0 ? mapper : -1;
}

static void map_ids(pid_t child)
{
	const char *map = geteuid() == 0 ? "0 %u 1\n1 1 65535\n" : "0 %u 1\n";

	if (first) {
		pid_t users = start_mapper("newuidmap", child, geteuid());
		pid_t groups = start_mapper("newgidmap", child, getegid());
		DO(waitpid(users, NULL, 0));
		DO(waitpid(groups, NULL, 0));
		return;
	}
	write_map(child, "uid_map", map, geteuid());
	if (geteuid() != 0)
		write_map(child, "setgroups", "deny", 0);
	write_map(child, "gid_map", map, getegid());
}

static void become_root(void)
{
	(void)!setgroups(0, NULL); // EPERM where that is denied
	DO(setresgid(0, 0, 0));
	DO(setresuid(0, 0, 0));
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
		DO(prctl(PR_CAPBSET_DROP, capability));
	DO(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	DO(syscall(SYS_capset, &header, none));
	DO(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

// --- files -----------------------------------------------------------------------------------------

static char upper[PATH_MAX / 4]; // the directory of the upper layer

static const char *in_upper(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", upper, name);
	return path;
}

static void make_upper(void)
{
	snprintf(upper, sizeof(upper), "%s/floor-%d", getenv("GCR_DATA_DIR"), getpid());
	DO(mkdir(upper, 0755));
	DO(mkdir(in_upper("upper"), 0755));
	DO(mkdir(in_upper("work"), 0755));
}

static int remove_file(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

// What overlayfs leaves has mode 0.
static void remove_upper(void)
{
	DO(chmod(in_upper("work/work"), 0700));
	DO(chmod(in_upper("work/work/incompat"), 0700));
	DO(chmod(in_upper("work/work/incompat/volatile"), 0700));
	DO(nftw(upper, remove_file, 8, FTW_DEPTH | FTW_PHYS));
}

static const char *mount_overlay(const char *rootfs)
{
	char options[PATH_MAX];

	snprintf(options, sizeof(options),
		"userxattr,index=off,volatile,lowerdir=%s,upperdir=%s/upper,workdir=%s/work",
		rootfs, upper, upper);
	DO(mount("overlay", upper, "overlay", MS_NOSUID | MS_NODEV, options));
	return upper;
}

static void mount_rootfs(const char *rootfs)
{
	struct mount_attr no_devices = { .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };

	DO(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (step >= 10)
		rootfs = mount_overlay(rootfs);
	else
		DO(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL));
	DO(chdir(rootfs));
	DO(mount_setattr(AT_FDCWD, ".", AT_RECURSIVE, &no_devices, sizeof(no_devices)));
}

// Only the owner of the network namespace may mount a sysfs.
static void mount_sys(void)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
						    MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

	if (step >= 3 && step < 7) {
		DO(mount("/sys", "sys", NULL, MS_BIND | MS_REC, NULL));
		DO(mount_setattr(AT_FDCWD, "sys", AT_RECURSIVE, &read_only, sizeof(read_only)));
	} else {
		DO(mount("sysfs", "sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			NULL));
	}
}

#define READ_ONLY (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

static void bind_read_only(const char *from, const char *to)
{
	struct mount_attr read_only = { .attr_set = READ_ONLY };

	if (mount(from, to, NULL, MS_BIND, NULL) == 0) // not every kernel has all of them
		DO(mount_setattr(AT_FDCWD, to, 0, &read_only, sizeof(read_only)));
}

static void mask(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		DO(mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			NULL));
	else
		bind_read_only("/dev/null", path);
}

static void mount_kernel_filesystems(void)
{
	DO(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	mount_sys();
	DO(mount("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"));
	if (step >= 9)
		write_file("proc/sys/user/max_user_namespaces", "0");
	for (size_t i = 0; i < COUNT(read_only_paths); i++)
		bind_read_only(read_only_paths[i], read_only_paths[i]);
	for (size_t i = 0; i < COUNT(masked_paths); i++)
		mask(masked_paths[i]);
}

static void mount_cgroup(void)
{
	mask("sys/fs/cgroup");
	DO(unshare(CLONE_NEWCGROUP));
	DO(mount("cgroup2", "sys/fs/cgroup", "cgroup2",
		MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
}

static void mount_in_dev(
	const char *type, const char *directory, unsigned long flags, char *options)
{
	DO(mkdir(directory, 0755));
	DO(mount(type, directory, type, flags | MS_NOSUID | MS_NOEXEC, options));
}

static void mount_dev(void)
{
	struct mount_attr read_only = { .attr_set = READ_ONLY };
	struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };

	DO(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755"));
	for (size_t i = 0; i < COUNT(devices); i++) {
		DO(mknod(devices[i][1], S_IFREG | 0666, 0));
		DO(mount(devices[i][0], devices[i][1], NULL, MS_BIND, NULL));
	}
	DO(mount_setattr(AT_FDCWD, "dev", AT_RECURSIVE, &read_only, sizeof(read_only)));
	DO(mount_setattr(AT_FDCWD, "dev", 0, &writable, sizeof(writable)));
	for (size_t i = 0; i < COUNT(links); i++)
		DO(symlink(links[i][0], links[i][1]));
	mount_in_dev("devpts", "dev/pts", 0, "ptmxmode=666,mode=620");
	mount_in_dev("tmpfs", "dev/shm", MS_NODEV, "mode=1777");
	if (step >= 5)
		mount_in_dev("mqueue", "dev/mqueue", MS_NODEV, NULL);
}

static void bind_text(const char *from, const char *to, const char *text)
{
	DO(mknod(from, S_IFREG | 0644, 0));
	write_file(from, text);
	DO(mount(from, to, NULL, MS_BIND, NULL));
	DO(unlink(from));
}

static void name_container(void)
{
	DO(sethostname("floor", 5));
	bind_text("dev/hostname", "etc/hostname", "floor\n");
	bind_text(
		"dev/hosts", "etc/hosts", "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 floor\n");
}

static void pivot(void)
{
	DO(syscall(SYS_pivot_root, ".", "."));
	DO(umount2(".", MNT_DETACH));
	DO(chdir("/"));
}

static void load_filter(void)
{
	struct sock_fprog program = { COUNT(filter), filter };

	DO(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

// --- limits ----------------------------------------------------------------------------------------

#define PARENT "/sys/fs/cgroup/floor"
#define CGROUP PARENT "/container"

static int make_cgroup(void)
{
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+pids");
	DO(mkdir(PARENT, 0755));
	write_file(PARENT "/cgroup.subtree_control", "+pids");
	DO(mkdir(CGROUP, 0755));
	write_file(CGROUP "/pids.max", "64");
	return open(CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void remove_cgroup(void)
{
	write_file(CGROUP "/cgroup.kill", "1");
	DO(rmdir(CGROUP));
	DO(rmdir(PARENT));
}

// --- all of it -------------------------------------------------------------------------------------

static void container(const char *rootfs, int go)
{
	uint32_t address;
	char byte;

	DO(setsid());
	if (step >= 3) {
		DO(read(go, &byte, 1));
		become_root();
	}
	if (step >= 2) {
		mount_rootfs(rootfs);
		mount_kernel_filesystems();
	}
	if (step >= 6)
		mount_cgroup();
	if (step >= 2)
		mount_dev();
	if (step >= 7) {
		DO(read(go, &address, sizeof(address)));
		configure_network(address);
	}
	if (step >= 4)
		name_container();
	if (connected)
		bind_read_only("/etc/resolv.conf", "etc/resolv.conf");
	if (step >= 2)
		pivot();
	if (step >= 3) {
		drop_capabilities();
		DO(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
	}
	DO(prctl(PR_SET_PDEATHSIG, SIGKILL));
	DO(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC));
	DO(prctl(PR_SET_DUMPABLE, 0));
	if (step >= 9)
		load_filter();
}

// PID 1: starts the command, passes signals on, collects whatever ends, and ends with the command's status.
static void run_init(char *command[])
{
	int status, signal;
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	DO(pid);
	if (pid == 0) {
		DO(setsid());
		sigprocmask(SIG_SETMASK, &before, NULL);
		DO(execv(command[0], command));
	}
	DO(close_range(0, ~0U, 0));
	while ((signal = sigwaitinfo(&all, NULL)))
		if (signal != SIGCHLD)
			kill(pid, signal);
		else
			for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
				if (ended == pid)
					_exit(WEXITSTATUS(status));
}

// As setns(2) has them: which step adds which.
static const unsigned long namespaces[] = { 0, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWUSER,
	CLONE_NEWUTS, CLONE_NEWIPC, 0, CLONE_NEWNET };

static pid_t clone_container(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	for (size_t i = 1; i < COUNT(namespaces) && i <= (size_t)step; i++)
		args.flags |= namespaces[i];
	if (limited) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (unsigned long)make_cgroup();
	}
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void read_options(int argc, char *argv[])
{
	for (int option; (option = getopt(argc, argv, "+i:ln")) != -1;) {
		limited |= option == 'l';
		connected |= option == 'n';
		if (option == 'i') {
			first = strtok(optarg, ":");
			count = strtok(NULL, ":");
		}
	}
	if (argc - optind < 3 || (step = atoi(argv[optind])) < 1 || step > 10) {
		fprintf(stderr,
			"usage: floor [-i FIRST:COUNT] [-l] [-n] STEP ROOTFS COMMAND [ARG…]\n");
		exit(125);
	}
}

int main(int argc, char *argv[])
{
	int status, go[2];
	uint32_t address = 0;

	read_options(argc, argv);
	DO(pipe2(go, O_CLOEXEC));
	if (step >= 10)
		make_upper();
	pid_t child = clone_container();
	DO(child);
	if (child == 0) {
		container(argv[optind + 1], go[0]);
		run_init(argv + optind + 2);
	}
	if (step >= 3)
		map_ids(child);
	DO(write(go[1], "", 1));
	if (connected)
		address = connect_to_bridge(child);
	DO(write(go[1], &address, sizeof(address)));
	DO(waitpid(child, &status, 0));
	if (limited)
		remove_cgroup();
	if (step >= 10)
		remove_upper();
	return WEXITSTATUS(status);
}
