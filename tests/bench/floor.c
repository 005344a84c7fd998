// The floor for gcr's start: the system calls that it needs and nothing else, checked by nothing but
// perror(3).
//
//     floor ROOTFS COMMAND [ARG…]               what v0.2 does
//     floor -u ROOTFS COMMAND [ARG…]            what v0.5 does for an ordinary user
//     floor -u FIRST COUNT ROOTFS COMMAND …     the same with subordinate ids

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DO(call)                       \
	do {                           \
		if ((call) == -1) {    \
			perror(#call); \
			_exit(125);    \
		}                      \
	} while (0)

static const char *const devices[][2] = {
	{ "/dev/null", "dev/null" },
	{ "/dev/zero", "dev/zero" },
	{ "/dev/full", "dev/full" },
	{ "/dev/random", "dev/random" },
	{ "/dev/urandom", "dev/urandom" },
	{ "/dev/tty", "dev/tty" },
};

static const char *const read_only_paths[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
	"proc/sysrq-trigger" };
static const char *const masked_paths[] = { "proc/acpi", "proc/asound", "proc/kcore", "proc/keys",
	"proc/latency_stats", "proc/sched_debug", "proc/scsi", "proc/timer_list",
	"proc/timer_stats", "sys/firmware" };

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void protect(void)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };
	struct stat status;

	for (size_t i = 0; i < COUNT(read_only_paths); i++)
		if (mount(read_only_paths[i], read_only_paths[i], NULL, MS_BIND, NULL) == 0)
			DO(mount_setattr(
				AT_FDCWD, read_only_paths[i], 0, &read_only, sizeof(read_only)));
	for (size_t i = 0; i < COUNT(masked_paths); i++)
		if (stat(masked_paths[i], &status) == 0 && S_ISDIR(status.st_mode))
			DO(mount("tmpfs", masked_paths[i], "tmpfs", MS_RDONLY, NULL));
		else if (mount("/dev/null", masked_paths[i], NULL, MS_BIND, NULL) == 0)
			DO(mount_setattr(
				AT_FDCWD, masked_paths[i], 0, &read_only, sizeof(read_only)));
}

static bool user; // -u

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	DO(fd);
	DO(write(fd, text, strlen(text)));
	close(fd);
}

static void write_map(pid_t child, const char *file, const char *format, unsigned id)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", child, file);
	snprintf(text, sizeof(text), format, id);
	write_file(path, text);
}

static pid_t start_mapper(const char *program, pid_t child, unsigned id, char *first, char *count)
{
	char pid[16], to[16];
	char *command[] = { (char *)program, pid, "0", to, "1", "1", first, count, NULL };
	pid_t mapper;

	snprintf(pid, sizeof(pid), "%d", child);
	snprintf(to, sizeof(to), "%u", id);
	return posix_spawnp(&mapper, program, NULL, NULL, command, environ) == 0 ? mapper : -1;
}

static void map_ids(pid_t child, char *first, char *count)
{
	if (first) {
		pid_t users = start_mapper("newuidmap", child, geteuid(), first, count);
		pid_t groups = start_mapper("newgidmap", child, getegid(), first, count);
		DO(waitpid(users, NULL, 0));
		DO(waitpid(groups, NULL, 0));
		return;
	}
	write_map(child, "uid_map", "0 %u 1\n", geteuid());
	write_map(child, "setgroups", "deny", 0);
	write_map(child, "gid_map", "0 %u 1\n", getegid());
}

static void mount_sys(void)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
						    MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

	if (user) {
		DO(mount("/sys", "sys", NULL, MS_BIND | MS_REC, NULL));
		DO(mount_setattr(AT_FDCWD, "sys", AT_RECURSIVE, &read_only, sizeof(read_only)));
	} else {
		DO(mount("sysfs", "sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			NULL));
	}
}

static void add_names(void)
{
	DO(sethostname("floor", 5));
	DO(mkdir("dev/mqueue", 0755));
	DO(mount("mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	for (int i = 0; i < 2; i++) {
		const char *from = i ? "dev/hosts" : "dev/hostname",
			   *to = i ? "etc/hosts" : "etc/hostname";
		DO(mknod(from, S_IFREG | 0644, 0));
		write_file(from, "floor\n");
		DO(mount(from, to, NULL, MS_BIND, NULL));
		DO(unlink(from));
	}
}

static void drop_capabilities(void)
{
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
		DO(prctl(PR_CAPBSET_DROP, capability));
	DO(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void build(const char *rootfs)
{
	struct mount_attr no_devices = { .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };
	struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };

	DO(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	DO(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL));
	DO(chdir(rootfs));
	DO(mount_setattr(AT_FDCWD, ".", AT_RECURSIVE, &no_devices, sizeof(no_devices)));
	DO(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	mount_sys();
	protect();
	DO(mount("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"));
	DO(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755"));
	for (size_t i = 0; i < COUNT(devices); i++) {
		DO(mknod(devices[i][1], S_IFREG | 0666, 0));
		DO(mount(devices[i][0], devices[i][1], NULL, MS_BIND, NULL));
	}
	DO(mount_setattr(AT_FDCWD, "dev", AT_RECURSIVE, &read_only, sizeof(read_only)));
	DO(mount_setattr(AT_FDCWD, "dev", 0, &writable, sizeof(writable)));
	DO(mkdir("dev/pts", 0755));
	DO(mkdir("dev/shm", 0755));
	DO(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "ptmxmode=666,mode=620"));
	DO(mount("tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777"));
	if (user)
		add_names();
	DO(syscall(SYS_pivot_root, ".", "."));
	DO(umount2(".", MNT_DETACH));
	DO(chdir("/"));
}

int main(int argc, char *argv[])
{
	struct clone_args args = { .flags = CLONE_NEWPID | CLONE_NEWNS, .exit_signal = SIGCHLD };
	char *first = NULL, *count = NULL, go;
	int status, mapped[2];

	if (argc > 1 && strcmp(argv[1], "-u") == 0) {
		user = true;
		args.flags |= CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWIPC;
		argv++;
	}
	if (user && argv[1] && argv[1][0] != '/') {
		first = argv[1];
		count = argv[2];
		argv += 2;
	}
	DO(pipe(mapped));
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	DO(child);
	if (child == 0) {
		if (user)
			DO(read(mapped[0], &go, 1));
		build(argv[1]);
		if (user)
			drop_capabilities();
		DO(execv(argv[2], argv + 2));
	}
	if (user)
		map_ids(child, first, count);
	DO(write(mapped[1], "", 1));
	DO(waitpid(child, &status, 0));
	return WEXITSTATUS(status);
}
