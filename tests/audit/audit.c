// What a process can see and do of the host's, for scripts/audit: one fact a line, as in
//
//     namespace-net host's
//     capability-effective cap_chown
//
// A line is something that the process has or can do. Fewer lines are better.
//
//     audit stage COMMAND…    runs the command beside things that a container should not reach: a key, a socket, …
//     audit report $AUDIT     prints the facts; the stage sets $AUDIT, which says where these things are

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define SECRET	     "GCR_AUDIT_SECRET"

static const char *const kinds[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };

static char *namespace_of(const char *kind)
{
	static char name[64];
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	ssize_t length = readlink(path, name, sizeof(name) - 1);
	name[length > 0 ? length : 0] = '\0';
	return name;
}

static char *identity(const struct stat *status)
{
	static char text[64];

	snprintf(text, sizeof(text), "%lx:%lx:%lx", (unsigned long)status->st_dev,
		(unsigned long)status->st_ino, (unsigned long)status->st_rdev);
	return text;
}

// The address of a socket whose name has no path (unix(7)). Returns its length.
static socklen_t abstract(const char *name, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	int length = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

static void fact(bool so, const char *name, const char *value)
{
	if (so)
		printf("%s %s\n", name, value);
}

static const char *itself; // the path of this program, as it was called

static char *beside_itself(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s-%s", itself, name);
	return path;
}

// --- the host's side -------------------------------------------------------------------------------

static FILE *told; // what becomes $AUDIT

static void listen_at(const char *name)
{
	struct sockaddr_un at;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&at, abstract(name, &at)) == -1 || listen(fd, 1) == -1)
		perror("listen");
	fprintf(told, " socket=%s", name);
}

// In the terminal of its own: what this is, and the command.
static void perform(char *command[], char *const *facts)
{
	struct stat status;

	for (size_t i = 0; i < COUNT(kinds); i++)
		fprintf(told, " %s=%s", kinds[i], namespace_of(kinds[i]));
	if (stat("/", &status) == 0)
		fprintf(told, " root=%s", identity(&status));
	if (fstat(STDIN_FILENO, &status) == 0)
		fprintf(told, " terminal=%s", identity(&status));
	fprintf(told, " leader=%d", getsid(0));
	close_range(3, ~0U, 0);
	dup2(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 9); // a descriptor that nobody closed
	fclose(told);
	setenv("AUDIT", *facts, 1);
	setenv(SECRET, "1", 1);
	execvp(*command, command);
	perror(*command);
	_exit(127);
}

static void copy(int from, int to)
{
	char text[4096];
	ssize_t length;

	while ((length = read(from, text, sizeof(text))) > 0)
		if (write(to, text, (size_t)length) == -1)
			return;
}

static int stage(char *command[])
{
	struct termios raw = { 0 };
	char name[64], *facts;
	size_t size;
	int terminal, status;

	told = open_memstream(&facts, &size);
	snprintf(name, sizeof(name), "gcr-audit-%d", getpid());
	prctl(PR_SET_NAME, "audit-host");
	listen_at(name);
	fprintf(told, " process=%d", getpid());
	fprintf(told, " session=%ld", syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
	fprintf(told, " key=%ld",
		syscall(SYS_add_key, "user", name, "secret", 6, KEY_SPEC_SESSION_KEYRING));
	int memory = shmget(0x67630000 | getpid(), 1, IPC_CREAT | IPC_EXCL | 0666);
	fprintf(told, " memory=%d", 0x67630000 | getpid());

	cfmakeraw(&raw);
	pid_t child = forkpty(&terminal, NULL, &raw, NULL);
	if (child == 0)
		perform(command, &facts);
	copy(terminal, STDOUT_FILENO);
	waitpid(child, &status, 0);
	fact(unlink(beside_itself("written")) == 0, "rootfs-written", "yes");
	shmctl(memory, IPC_RMID, NULL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

// --- the report ------------------------------------------------------------------------------------

static char **hosts; // NAME=VALUE, as the stage tells

static const char *host(const char *name)
{
	size_t length = strlen(name);

	for (char **fact = hosts; *fact; fact++)
		if (strncmp(*fact, name, length) == 0 && (*fact)[length] == '=')
			return *fact + length + 1;
	return "";
}

static bool is_hosts(const char *name, const char *value)
{
	return *value && strcmp(host(name), value) == 0;
}

static void report_namespaces(void)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (is_hosts(kinds[i], namespace_of(kinds[i])))
			printf("namespace-%s host's\n", kinds[i]);
}

static void report_lines(const char *path, const char *start, const char *name)
{
	char line[256];
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, start, strlen(start)) == 0)
			printf("%s %s", name, line + strlen(start));
	if (file)
		fclose(file);
}

static void report_ids(void)
{
	unsigned inside = 1, outside = 1;
	gid_t groups[128];
	FILE *map = fopen("/proc/self/uid_map", "re");

	report_lines("/proc/self/uid_map", "", "users");
	report_lines("/proc/self/setgroups", "", "setgroups");
	fact(map && fscanf(map, "%u %u", &inside, &outside) == 2 && inside == 0 && outside == 0,
		"root", "host's");
	if (map)
		fclose(map);
	int count = getgroups(COUNT(groups), groups);
	for (int i = 0; i < count; i++)
		printf("groups %u\n", groups[i]);
}

static void report_capability(cap_t all, cap_value_t capability)
{
	static const struct {
		const char *name;
		cap_flag_t flag;
	} sets[] = {
		{ "capability-permitted", CAP_PERMITTED },
		{ "capability-effective", CAP_EFFECTIVE },
		{ "capability-inheritable", CAP_INHERITABLE },
	};
	char *name = cap_to_name(capability);
	cap_flag_value_t value;

	for (size_t i = 0; i < COUNT(sets); i++)
		fact(cap_get_flag(all, capability, sets[i].flag, &value) == 0 && value == CAP_SET,
			sets[i].name, name);
	fact(cap_get_bound(capability) > 0, "capability-bounding", name);
	fact(cap_get_ambient(capability) > 0, "capability-ambient", name);
	cap_free(name);
}

static void report_powers(void)
{
	cap_t all = cap_get_proc();

	for (cap_value_t capability = 0; cap_get_bound(capability) >= 0; capability++)
		report_capability(all, capability);
	cap_free(all);
	fact(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0, "new-privileges", "yes");
	fact(prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0, "all-system-calls", "yes");
}

// The most user namespaces that may be made in this one.
static void report_user_namespaces(void)
{
	int most = 0;
	FILE *file = fopen("/proc/sys/user/max_user_namespaces", "re");

	fact(file && fscanf(file, "%d", &most) == 1 && most > 0, "user-namespaces", "many");
	if (file)
		fclose(file);
}

// Whether a setuid program gives the powers of its owner. The program is a setuid copy of this one.
static void report_setuid(void)
{
	pid_t child = fork();

	if (child == 0) {
		const char *path = beside_itself("setuid");
		if (setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0)
			execl(path, path, "setuid", NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

// Writable files in a file system of the kernel, without those of a process.
static const char *listing;

static int report_writable(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)at;
	if (type == FTW_D && strncmp(path, "/proc/", 6) == 0 && path[6] >= '0' && path[6] <= '9')
		return FTW_SKIP_SUBTREE;
	// Root may open what is not to be written to. There the write fails.
	if (type != FTW_F || !S_ISREG(status->st_mode) || !(status->st_mode & 0222))
		return FTW_CONTINUE;
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	fact(fd != -1, listing, path);
	close(fd);
	return FTW_CONTINUE;
}

// Skips other mounts in it: opening a file of tracefs has effects.
static void report_writable_in(const char *directory, const char *name)
{
	listing = name;
	nftw(directory, report_writable, 32, FTW_PHYS | FTW_MOUNT | FTW_ACTIONRETVAL);
}

// What runc masks, and what Docker masks besides.
static const char *const telling[] = { "/proc/acpi", "/proc/asound", "/proc/interrupts",
	"/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
	"/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
	"/sys/devices/system/cpu/cpu0/thermal_throttle", "/sys/firmware" };

// Whether there is anything in a file or directory.
static bool tells(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), entries = 0;
	bool something = read(fd, &byte, 1) == 1;
	DIR *directory = something ? NULL : fdopendir(fd);

	while (directory && readdir(directory))
		entries++;
	if (directory)
		closedir(directory);
	else
		close(fd);
	return something || entries > 2;
}

static void report_kernel_files(void)
{
	report_writable_in("/proc", "proc-writable");
	report_writable_in("/sys", "sys-writable");
	for (size_t i = 0; i < COUNT(telling); i++)
		fact(tells(telling[i]), "unmasked", telling[i]);
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC);
	fact(fd != -1, "core-pattern", "yes");
	close(fd);
}

// Devices are not opened: opening a watchdog would reboot the machine.
static int report_device(const char *path, const struct stat *status, int type, struct FTW *at)
{
	struct statvfs mounted;
	(void)at;

	if (type != FTW_F || !(S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) ||
		(access(path, R_OK) == -1 && access(path, W_OK) == -1) ||
		statvfs(path, &mounted) == -1 || mounted.f_flag & ST_NODEV)
		return 0;
	if (major(status->st_rdev) == 136) // pts(4), whatever its number
		puts("devices pty");
	else
		printf("devices %c %u:%u\n", S_ISBLK(status->st_mode) ? 'b' : 'c',
			major(status->st_rdev), minor(status->st_rdev));
	return 0;
}

static void report_devices(void)
{
	static const char *const places[] = { "/dev", "/tmp", "/" };
	char path[64];

	nftw("/dev", report_device, 32, FTW_PHYS);
	for (size_t i = 0; i < COUNT(places); i++) {
		snprintf(path, sizeof(path), "%s/audit-device", places[i]);
		if (mknod(path, S_IFCHR | 0600, makedev(1, 3)) == -1)
			continue;
		printf("mknod %s\n", places[i]);
		unlink(path);
	}
}

static void report_mount(const char *target, const char *options, const char *rest)
{
	static const struct {
		const char *lacks, *name;
	} options_of[] = {
		{ "nosuid", "mounts-suid" },
		{ "nodev", "mounts-dev" },
		{ "noexec", "mounts-exec" },
		{ "ro", "mounts-writable" },
	};
	char list[256], *word, *next = list;
	bool has[COUNT(options_of)] = { false };

	snprintf(list, sizeof(list), "%s", options);
	while ((word = strsep(&next, ",")))
		for (size_t i = 0; i < COUNT(options_of); i++)
			has[i] |= strcmp(word, options_of[i].lacks) == 0;
	for (size_t i = 0; i < COUNT(options_of); i++)
		fact(!has[i], options_of[i].name, target);
	fact(strstr(rest, " shared:") || strstr(rest, " master:"), "mounts-propagated", target);

	char procs[600];
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", target);
	int fd = strstr(rest, " - cgroup") ? open(procs, O_WRONLY | O_CLOEXEC) : -1;
	fact(fd != -1, "cgroup-writable", target);
	close(fd);
}

static void report_mounts(void)
{
	char *line = NULL, target[512], options[256];
	size_t size = 0;
	int end;
	FILE *mounts = fopen("/proc/self/mountinfo", "re");

	while (mounts && getline(&line, &size, mounts) > 0)
		if (sscanf(line, "%*s %*s %*s %*s %511s %255s%n", target, options, &end) == 2)
			report_mount(target, options, line + end);
	free(line);
	if (mounts)
		fclose(mounts);
}

// What the container has inherited from the runtime's caller.
static void report_inherited(void)
{
	char path[PATH_MAX];
	struct stat status;

	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			printf("descriptors %d\n", fd);
	fact(getenv(SECRET), "environment", "host's");
	fact(stat("/", &status) == 0 && is_hosts("root", identity(&status)), "root-directory",
		"host's");
	fact(!getcwd(path, sizeof(path)) || *path != '/', "working-directory", "outside");
	close(creat(beside_itself("written"), 0600)); // the stage looks for it
}

// What reaches the session of the runtime's caller: a signal to its process group, input typed there.
static void report_session(void)
{
	bool typed = false;
	struct stat status;
	pid_t leader = getsid(0);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		typed |= fstat(fd, &status) == 0 && is_hosts("terminal", identity(&status));
	fact(typed, "terminal", "host's");
	// The kernel looks at the low 32 bits of the request alone (CVE-2019-10063).
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	fact(typed && (syscall(SYS_ioctl, fd, (long)TIOCSTI, "") == 0 ||
			      syscall(SYS_ioctl, fd, (long)(1LL << 32 | TIOCSTI), "") == 0),
		"tiocsti", "yes");
	close(fd);
	// 0: its leader is in no PID namespace of ours.
	fact(leader == 0 || leader == atoi(host("leader")), "session", "host's");
}

// Whether the memory of PID 1 can be read: it is the runtime's, unless this process is. At the address there is nothing.
static void report_init(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { NULL, 1 };

	fact(getpid() != 1 && process_vm_readv(1, &here, 1, &there, 1, 0) == -1 && errno == EFAULT,
		"ptrace-init", "yes");
}

static void report_neighbours(void)
{
	char path[64], name[32] = "";
	struct sockaddr_un to;
	pid_t pid = atoi(host("process"));
	int at = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), key = atoi(host("key"));

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	FILE *comm = fopen(path, "re");
	bool seen = comm && fgets(name, sizeof(name), comm) && strcmp(name, "audit-host\n") == 0;
	fact(seen, "processes", "host's");
	fact(kill(pid, 0) == 0, "kill", "yes");
	fact(ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0, "ptrace", "yes");

	fact(connect(at, (struct sockaddr *)&to, abstract(host("socket"), &to)) == 0,
		"abstract-socket", "host's");
	fact(shmget(atoi(host("memory")), 1, 0) != -1, "shared-memory", "host's");

	long session = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	fact(session != -1 && session == atoi(host("session")), "session-keyring", "host's");
	fact(syscall(SYS_keyctl, KEYCTL_DESCRIBE, key, NULL, 0) > 0, "key-describe", "yes");
	fact(syscall(SYS_keyctl, KEYCTL_READ, key, name, sizeof(name)) == 6, "key-read", "yes");
	fact(syscall(SYS_keyctl, KEYCTL_LINK, key, KEY_SPEC_PROCESS_KEYRING) == 0, "key-link",
		"yes");
}

// System calls that reach the kernel's more dangerous parts. Each is made so that it does nothing.
static long call_bpf(void)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map));
}

static long call_perf(void)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(event), .exclude_kernel = 1
	};

	return syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
}

static long call_open_by_handle(void)
{
	struct {
		struct file_handle handle;
		unsigned char bytes[MAX_HANDLE_SZ];
	} file = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount;

	if (name_to_handle_at(AT_FDCWD, "/", &file.handle, &mount, 0) == -1)
		file.handle.handle_bytes = 8; // overlayfs has no handles; any will do
	return open_by_handle_at(open("/", O_RDONLY | O_CLOEXEC), &file.handle, O_RDONLY);
}

static long call_userns(void)
{
	return unshare(CLONE_NEWUSER);
}

static long call_dmesg(void)
{
	char text[16];

	return klogctl(3, text, sizeof(text));
}

static long call_module(void)
{
	return syscall(SYS_finit_module, -1, "", 0);
}
static long call_kexec(void)
{
	return syscall(SYS_kexec_load, 0, 0, NULL, ~0UL);
}
static long call_settime(void)
{
	return syscall(SYS_settimeofday, NULL, NULL);
}
static long call_mount(void)
{
	return syscall(SYS_fsopen, "tmpfs", 0);
}
static long call_io_uring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL);
}
static long call_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, O_CLOEXEC);
}
static long call_keyctl(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1);
}

static long call_sethostname(void)
{
	char name[256];

	return gethostname(name, sizeof(name)) == 0 ? sethostname(name, strlen(name)) : -1;
}

static const struct {
	const char *name;
	long (*call)(void);
} calls[] = {
	{ "bpf", call_bpf },
	{ "finit_module", call_module },
	{ "fsopen", call_mount },
	{ "io_uring_setup", call_io_uring },
	{ "kexec_load", call_kexec },
	{ "keyctl", call_keyctl },
	{ "open_by_handle_at", call_open_by_handle },
	{ "perf_event_open", call_perf },
	{ "sethostname", call_sethostname },
	{ "settimeofday", call_settime },
	{ "syslog", call_dmesg },
	{ "unshare-user", call_userns },
	{ "userfaultfd", call_userfaultfd },
};

// Each call runs in a process of its own, because some change the process. Any other error means that the call was permitted.
static void report_calls(void)
{
	char name[64];

	for (size_t i = 0; i < COUNT(calls); i++) {
		pid_t child = fork();
		if (child == 0) {
			bool so = calls[i].call() != -1 ||
				  (errno != EPERM && errno != ENOSYS && errno != EACCES);
			snprintf(name, sizeof(name), "call-%s", calls[i].name);
			fact(so, name, "yes");
			exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

// What docker's default profile refuses to a container with docker's default capabilities (seccomp/default.json of moby/profiles,
// May 2026), without the calls that are newer than Linux 6.1 or that Linux had dropped by then.
// Versions of clang-format differ about braces in macros.
// clang-format off
#define CALL(name) { #name, SYS_##name, { 0 } }
// clang-format on

static const struct refused {
	const char *name;
	long number;
	unsigned long arguments[2]; // the others are 0
} refused[] = {
	CALL(acct),
	CALL(add_key),
	CALL(bpf),
	{ "clone-user", SYS_clone, { CLONE_NEWUSER } },
	CALL(clone3),
	CALL(clock_settime),
	CALL(delete_module),
	CALL(fanotify_init),
	CALL(finit_module),
	CALL(fsconfig),
	CALL(fsmount),
	CALL(fsopen),
	CALL(fspick),
	CALL(get_mempolicy),
	CALL(init_module),
	CALL(io_uring_enter),
	CALL(io_uring_register),
	CALL(io_uring_setup),
	CALL(kcmp),
#ifdef SYS_kexec_file_load // not on i386
	CALL(kexec_file_load),
#endif
	CALL(kexec_load),
	CALL(keyctl),
	CALL(lookup_dcookie),
	CALL(mbind),
	CALL(migrate_pages),
	CALL(mount),
	CALL(mount_setattr),
	CALL(move_mount),
	CALL(move_pages),
	CALL(open_by_handle_at),
	CALL(open_tree),
	CALL(perf_event_open),
	{ "personality-random", SYS_personality, { ADDR_NO_RANDOMIZE } },
	CALL(pidfd_getfd),
	CALL(pivot_root),
	CALL(process_madvise),
	CALL(quotactl),
	CALL(quotactl_fd),
	CALL(reboot),
	CALL(request_key),
	CALL(set_mempolicy),
	CALL(set_mempolicy_home_node),
	CALL(setdomainname),
	CALL(sethostname),
	CALL(setns),
	CALL(settimeofday),
	{ "socket-alg", SYS_socket, { AF_ALG, SOCK_SEQPACKET } },
	{ "socket-vsock", SYS_socket, { AF_VSOCK, SOCK_STREAM } },
	CALL(swapoff),
	CALL(swapon),
	CALL(syslog),
	CALL(umount2),
	CALL(unshare),
	CALL(userfaultfd),
	CALL(vhangup),
#ifdef __x86_64__
	CALL(ioperm),
	CALL(iopl),
	CALL(sysfs),
	CALL(uselib),
	CALL(ustat),
#endif
};

static bool permitted[COUNT(refused)];

// A filter that hands over to another thread each call with one of these numbers. Returns a descriptor for that thread.
static int hand_over_calls(void)
{
	struct sock_filter lines[2 * COUNT(refused) + 2] = { BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)) };
	struct sock_fprog program = { COUNT(lines), lines };

	for (size_t i = 0; i < COUNT(refused); i++) {
		lines[2 * i + 1] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)refused[i].number, 0, 1);
		lines[2 * i + 2] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	}
	lines[COUNT(lines) - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(
		SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void *make_calls(void *pipe)
{
	int listener = hand_over_calls();

	if (write(*(int *)pipe, &listener, sizeof(listener)) == -1 || listener == -1)
		return NULL;
	for (size_t i = 0; i < COUNT(refused); i++)
		permitted[i] = syscall(refused[i].number, refused[i].arguments[0],
				       refused[i].arguments[1], 0, 0, 0, 0) == -1 &&
			       errno == ECANCELED;
	return NULL;
}

// Answers each call by ECANCELED, in the kernel's place, until the thread that makes the calls has ended.
static void answer_calls(int listener)
{
	struct pollfd call = { listener, POLLIN, 0 };

	while (poll(&call, 1, -1) == 1 && call.revents & POLLIN) {
		struct seccomp_notif question = { 0 };
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question) == -1)
			continue;
		struct seccomp_notif_resp answer = { .id = question.id, .error = -ECANCELED };
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

// Which of these calls no filter refuses. The kernel carries none of them out: another filter hands them over to this thread.
// If the container's filter refuses a call, that is not handed over, because an error has precedence (seccomp(2)).
static void report_refused_calls(void)
{
	int listener = -1, channel[2];
	pthread_t thread;

	if (pipe(channel) == -1 || pthread_create(&thread, NULL, make_calls, &channel[1]) != 0 ||
		read(channel[0], &listener, sizeof(listener)) == -1 || listener == -1) {
		puts("no filter could be loaded");
		exit(1);
	}
	answer_calls(listener);
	pthread_join(thread, NULL);
	for (size_t i = 0; i < COUNT(refused); i++)
		fact(permitted[i], "refused-call", refused[i].name);
}

static void report_limits(void)
{
	struct rlimit files;
	char score[16] = "", *path = "/proc/self/oom_score_adj";
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (getrlimit(RLIMIT_NOFILE, &files) == 0)
		printf("open-files %ld\n", (long)files.rlim_max);
	fact(read(fd, score, sizeof(score) - 1) > 0 && dprintf(fd, "%d", atoi(score) - 1) > 0,
		"oom-score", "lower");
	close(fd);
}

static int report(char *arguments[])
{
	static void (*const parts[])(void) = { report_inherited, report_session, report_init,
		report_namespaces, report_ids, report_powers, report_user_namespaces, report_setuid,
		report_kernel_files, report_devices, report_mounts, report_neighbours,
		report_limits, report_calls, report_refused_calls };

	hosts = arguments;
	setvbuf(stdout, NULL, _IOLBF, 0); // nothing is left in it at a fork
	for (size_t i = 0; i < COUNT(parts); i++)
		parts[i]();
	puts("end yes");
	return 0;
}

static int run_by_another(char *arguments[])
{
	(void)arguments;
	fact(geteuid() == 0, "setuid", "yes");
	return 0;
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		int (*run)(char *arguments[]);
	} verbs[] = { { "stage", stage }, { "report", report }, { "setuid", run_by_another } };

	itself = argv[0];
	for (size_t i = 0; argc > 1 && i < COUNT(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argv + 2);
	return 2;
}
