// The floor for gcr's start: the system calls of the last step's container() and nothing else, unchecked
// by anything but perror(3). Usage: floor ROOTFS COMMAND [ARG…]

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
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
		else
			mount("/dev/null", masked_paths[i], NULL, MS_BIND, NULL);
}

static void build(const char *rootfs)
{
	DO(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	DO(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL));
	DO(chdir(rootfs));
	DO(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	DO(mount("sysfs", "sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	protect();
	DO(mount("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"));
	DO(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755"));
	for (size_t i = 0; i < COUNT(devices); i++) {
		DO(mknod(devices[i][1], S_IFREG | 0666, 0));
		DO(mount(devices[i][0], devices[i][1], NULL, MS_BIND, NULL));
	}
	DO(mkdir("dev/pts", 0755));
	DO(mkdir("dev/shm", 0755));
	DO(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "ptmxmode=666,mode=620"));
	DO(mount("tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777"));
	DO(syscall(SYS_pivot_root, ".", "."));
	DO(umount2(".", MNT_DETACH));
	DO(chdir("/"));
}

int main(int argc, char *argv[])
{
	struct clone_args args = { .flags = CLONE_NEWPID | CLONE_NEWNS, .exit_signal = SIGCHLD };
	int status;

	if (argc < 3)
		return 2;
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	DO(child);
	if (child == 0) {
		build(argv[1]);
		DO(execv(argv[2], argv + 2));
	}
	DO(waitpid(child, &status, 0));
	return WEXITSTATUS(status);
}
