// A program for the tests to run in a container: what a shell cannot ask. Static, so that it runs on
// any rootfs.

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

// Dies of SIGSEGV, which the kernel forces on PID 1 too.
static int crash(char *argument)
{
	(void)argument;
	*(volatile int *)NULL = 0;
	return 1;
}

// Waits for SIGTERM as some init programs do: it is held back and read from a descriptor, by no handler.
static int wait_for_term(char *argument)
{
	sigset_t set;
	struct signalfd_siginfo signal;

	(void)argument;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, 0);
	puts("ready");
	fflush(stdout);
	if (read(fd, &signal, sizeof(signal)) != sizeof(signal))
		return 1;
	printf("got %u\n", signal.ssi_signo);
	return 0;
}

// Whether a device can be opened.
static int open_file(char *argument)
{
	if (open(argument, O_RDONLY) != -1)
		return 0;
	perror(argument);
	return 1;
}

// Turns into user 1000 and runs a program.
static int as_user(char *argument)
{
	if (setgid(1000) == 0 && setuid(1000) == 0)
		execl(argument, argument, "euid", NULL);
	perror(argument);
	return 1;
}

// Turns into user 1000, which undoes PR_SET_PDEATHSIG(2const), and stays.
static int outlive(char *argument)
{
	(void)argument;
	if (setgid(1000) == -1 || setuid(1000) == -1) {
		perror("setuid");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}

// Waits for a signal, with the default action for each.
static int wait_here(char *argument)
{
	(void)argument;
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}

// Reads this many bytes and no more, and prints them.
static int read_bytes(char *argument)
{
	char text[64];
	ssize_t length = read(STDIN_FILENO, text, (size_t)atoi(argument));

	return length < 0 || write(STDOUT_FILENO, text, (size_t)length) != length;
}

// Forks without end, and so do its children.
static int fork_bomb(char *argument)
{
	(void)argument;
	puts("ready");
	fflush(stdout);
	for (;;)
		(void)fork();
	return 1;
}

// Writes a text to a file in a directory. Prints the result if asked to.
static bool write_to(const char *directory, const char *file, const char *text, bool says)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	int fd = open(path, O_WRONLY);
	bool done = fd != -1 && write(fd, text, strlen(text)) != -1;
	if (says)
		printf("%s: %s\n", file, done ? "lifted" : strerror(errno));
	close(fd);
	return done;
}

// Lifts the limits of its own cgroup, then runs shell code. A process cannot write to the files of the cgroup where its
// own cgroup namespace starts. So this makes a second namespace, in a cgroup below, and writes to the files of the first one's root.
static int lift_limits(char *code)
{
	static const char place[] = "/tmp/cgroup";

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP) == -1 ||
		!write_to("/proc/self", "uid_map", "0 0 1", false) || mkdir(place, 0700) == -1 ||
		mount("none", place, "cgroup2", 0, NULL) == -1 ||
		mkdir("/tmp/cgroup/below", 0700) == -1 ||
		mkdir("/tmp/cgroup/below/x", 0700) == -1 ||
		!write_to(place, "below/cgroup.procs", "0", false) ||
		unshare(CLONE_NEWCGROUP) == -1) {
		perror("cgroup");
		return 1;
	}
	write_to(place, "pids.max", "max", true);
	write_to(place, "memory.max", "max", true);
	fflush(stdout);
	execl("/bin/sh", "sh", "-c", code, NULL);
	return 1;
}

// The classic way out of a chroot(2): a working directory outside the new root. Then lists the directory that it has reached.
static int escape(char *argument)
{
	(void)argument;
	if (mkdir("/tmp/below", 0700) == -1 || chroot("/tmp/below") == -1) {
		perror("chroot");
		return 1;
	}
	for (int i = 0; i < 64; i++)
		if (chdir("..") == -1)
			return 1;
	if (chroot(".") == -1)
		return 1;
	DIR *directory = opendir(".");
	for (struct dirent *entry; directory && (entry = readdir(directory));)
		puts(entry->d_name);
	return 0;
}

static int euid(char *argument)
{
	(void)argument;
	printf("%d\n", geteuid());
	return 0;
}

// Prints what /proc/self/status says: of a program that keeps the ids and the capabilities that it was started with. busybox
// takes the real ids.
static int print_status(char *argument)
{
	char text[8192];

	(void)argument;
	int file = open("/proc/self/status", O_RDONLY);
	ssize_t length = read(file, text, sizeof(text));
	return length > 0 && fwrite(text, (size_t)length, 1, stdout) == 1 ? 0 : 1;
}

// Whether an address answers to a ping, by a socket that takes no privilege (icmp(7)).
static int ping(char *argument)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct icmphdr echo = { .type = ICMP_ECHO };
	struct timeval patience = { .tv_sec = 2 };
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

	inet_pton(AF_INET, argument, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
		send(fd, &echo, sizeof(echo), 0) == sizeof(echo) &&
		recv(fd, &echo, sizeof(echo), 0) == sizeof(echo) && echo.type == ICMP_ECHOREPLY)
		return 0;
	perror(argument);
	return 1;
}

// Whether the abstract socket of that name can be connected to (unix(7)).
static int connect_abstract(char *argument)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t length = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argument);

	strncpy(to.sun_path + 1, argument, sizeof(to.sun_path) - 2);
	if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&to, (socklen_t)length) ==
		0)
		return 0;
	perror(argument);
	return 1;
}

static void send_frame(int wire, const char *line)
{
	unsigned char frame[2048];
	size_t length = 0;

	while (length < sizeof(frame) && sscanf(line + 2 * length, "%2hhx", &frame[length]) == 1)
		length++;
	if (send(wire, frame, length, 0) == -1)
		perror("send");
}

static void print_frame(int wire)
{
	unsigned char frame[2048];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	ssize_t length = recvfrom(wire, frame, sizeof(frame), 0, (struct sockaddr *)&from, &size);

	if (length == -1 || from.sll_pkttype == PACKET_OUTGOING)
		return;
	for (ssize_t i = 0; i < length; i++)
		printf("%02x", frame[i]);
	puts("");
}

// Ethernet by hand (packet(7)): prints each frame that comes to a device, for whomever it is, in hex, and sends what it
// reads so.
static int ether(char *device)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(device),
	};
	struct packet_mreq all = { .mr_ifindex = at.sll_ifindex, .mr_type = PACKET_MR_PROMISC };
	struct pollfd events[] = {
		{ socket(AF_PACKET, SOCK_RAW, 0), POLLIN, 0 },
		{ STDIN_FILENO, POLLIN, 0 },
	};
	int wire = events[0].fd;
	char line[4200];

	if (bind(wire, (struct sockaddr *)&at, sizeof(at)) == -1 ||
		setsockopt(wire, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) == -1) {
		perror(device);
		return 1;
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (poll(events, 2, -1) > 0) {
		if (events[0].revents)
			print_frame(wire);
		if (events[1].revents && fgets(line, sizeof(line), stdin))
			send_frame(wire, line);
		else if (events[1].revents)
			events[1].fd = -1; // all read
	}
	return 1;
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define PICK(array)  ((array)[(size_t)random() % COUNT(array)])

// A string of up to so many bytes.
static char *random_text(const char *start, size_t most)
{
	size_t length = (size_t)random() % (most + 1);
	char *text = malloc(strlen(start) + length + 1), *end = stpcpy(text, start);

	while (length-- > 0)
		*end++ = (char)(random() % 255 + 1);
	*end = '\0';
	return text;
}

// A descriptor, or -1. Where there are arguments besides, it may be the one that gcr-net would take: what we have as ours.
static int random_input(bool arguments)
{
	static const char *const paths[] = { "/", "/dev/null", "/dev/ptmx", "/dev/urandom", "/proc",
		"/proc/self/exe", "/proc/self/ns/mnt", "/proc/self/ns/net", "/proc/self/ns/pid",
		"/proc/self/ns/user" };
	static const int flags[] = { O_RDONLY, O_PATH, O_RDONLY | O_NONBLOCK };
	static const int families[] = { AF_UNIX, AF_INET, AF_NETLINK };
	char *bytes = random_text("", 300);
	int fds[2] = { -1, -1 };

	switch (random() % 5) {
	case 0:
		fds[0] = arguments ? dup(STDIN_FILENO) : -1;
		break;
	case 1:
		fds[0] = socket(PICK(families), SOCK_DGRAM, 0);
		break;
	case 2:
		fds[0] = open(PICK(paths), PICK(flags));
		break;
	case 3:
		fds[0] = memfd_create("random", 0);
		dprintf(fds[0], "%s", bytes);
		lseek(fds[0], 0, SEEK_SET);
		break;
	default:
		if (pipe(fds) == 0)
			dprintf(fds[1], "%s", bytes);
		close(fds[1]);
	}
	free(bytes);
	return fds[0];
}

// Starts a program so, and returns its status. What it says comes to text.
static int run_with(int input, char *arguments[], char *environment[], char *text, size_t size)
{
	posix_spawn_file_actions_t actions;
	int output[2], status = -1;
	ssize_t length = 0, got;
	pid_t pid;

	if (pipe2(output, O_CLOEXEC) == -1)
		return -1;
	posix_spawn_file_actions_init(&actions);
	if (input == -1)
		posix_spawn_file_actions_addclose(&actions, STDIN_FILENO);
	else
		posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output[1], STDERR_FILENO);
	int error = posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environment);
	close(output[1]);
	while ((got = read(output[0], text + length, size - 1 - (size_t)length)) > 0)
		length += got;
	text[length] = '\0';
	close(output[0]);
	if (error == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

#define ROUNDS 5000

// On i386, a long value ends every static program of glibc's before its main().
#ifdef __i386__
#define TUNABLES "GLIBC_TUNABLE="
#else
#define TUNABLES "GLIBC_TUNABLES="
#endif

// Calls gcr-net with random input, arguments and environment. Each time it has to say the same.
static int fuzz(char *helper)
{
	static const char *const names[] = { "",
		"NLCB=", "NLDBG=", "HZ=", "TICKS_PER_USEC=", "PROC_ROOT=", "LD_PRELOAD=", TUNABLES,
		"GCR_", "TZ=", "PATH=" };
	unsigned seed = (unsigned)time(NULL) ^ (unsigned)getpid();
	char text[4096];

	srandom(seed);
	for (int round = 0; round < ROUNDS; round++) {
		char *arguments[6] = { helper }, *environment[6] = { NULL };
		for (long i = 1, count = random() % 4 - 1; i <= count; i++)
			arguments[i] = random_text("", random() % 50 ? 40 : 100000);
		for (long i = 0, count = random() % 5; i < count; i++)
			environment[i] = random_text(PICK(names), random() % 50 ? 40 : 100000);
		int input = random_input(arguments[1]);
		int status = run_with(input, arguments, environment, text, sizeof(text));
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 125 ||
			strcmp(text, "gcr: gcr-net: refused\n") != 0) {
			printf("seed %u, round %d: status %#x, and: %s\n", seed, round, status,
				text);
			return 1;
		}
		close(input);
		for (int i = 0; i < 5; i++) {
			free(arguments[i + 1]);
			free(environment[i]);
		}
	}
	printf("%d refused\n", ROUNDS);
	return 0;
}

static int listen_at(int type, in_port_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, type, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 ||
		(type == SOCK_STREAM && listen(fd, SOMAXCONN) == -1))
		perror("listen");
	puts("ready");
	fflush(stdout);
	return fd;
}

// Echoes datagrams at a port.
static int echo_datagrams(char *argument)
{
	int fd = listen_at(SOCK_DGRAM, (in_port_t)atoi(argument));
	struct sockaddr_in from;
	char text[65536];

	socklen_t size = sizeof(from);
	ssize_t length;

	while ((length = recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&from, &size)) >= 0)
		sendto(fd, text, (size_t)length, 0, (struct sockaddr *)&from, size);
	return 1;
}

// Answers one datagram at a port a hundred times, after two seconds, and ends.
static int answer_often(char *argument)
{
	int fd = listen_at(SOCK_DGRAM, (in_port_t)atoi(argument));
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	char text[100];

	if (recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&from, &size) == -1)
		return 1;
	puts("asked");
	fflush(stdout);
	sleep(2);
	for (int i = 0; i < 100; i++)
		sendto(fd, text, 1, 0, (struct sockaddr *)&from, size);
	return 0;
}

// Says bye to a client of a port, ends its own half of the connection, and prints what the client sends.
static int say_bye(char *argument)
{
	int client = accept(listen_at(SOCK_STREAM, (in_port_t)atoi(argument)), NULL, NULL);
	char text[100];

	dprintf(client, "bye\n");
	shutdown(client, SHUT_WR);
	ssize_t length = read(client, text, sizeof(text));
	if (length > 0)
		fwrite(text, 1, (size_t)length, stdout);
	return 0;
}

// Listens at port 80, and echoes one line to each of a number of clients, once all have connected.
static int echo_to_all(char *argument)
{
	int count = atoi(argument), clients[count];
	struct rlimit many;
	char line[100];

	getrlimit(RLIMIT_NOFILE, &many);
	many.rlim_cur = many.rlim_max;
	setrlimit(RLIMIT_NOFILE, &many);
	int listener = listen_at(SOCK_STREAM, 80);
	for (int i = 0; i < count; i++)
		clients[i] = accept(listener, NULL, NULL);
	for (int i = 0; i < count; i++) {
		ssize_t length = read(clients[i], line, sizeof(line));
		if (length <= 0 || write(clients[i], line, (size_t)length) != length)
			return 1;
	}
	return pause();
}

// Prints the number of the session keyring.
static int keyring(char *argument)
{
	(void)argument;
	printf("%ld\n", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
	return 0;
}

// Types a character at the terminal, as whoever sits there does.
static int type(char *argument)
{
	puts(ioctl(STDIN_FILENO, TIOCSTI, argument) == 0 ? "typed" : strerror(errno));
	return 0;
}

// Makes its process group less important, as nice(1) and ionice(1) do.
static int lower_group(char *argument)
{
	(void)argument;
	if (setpriority(PRIO_PGRP, 0, 19) == 0 &&
		syscall(SYS_ioprio_set, IOPRIO_WHO_PGRP, 0,
			IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)) == 0)
		return 0;
	perror("setpriority");
	return 1;
}

// --- which system calls the container may make ------------------------------------------------------

// A system call, and what it returns in a container with the filter of v0.9. Without a filter, the kernel would return something
// else, if the call allows that: these calls have arguments that make no sense. None does harm to a host.
struct call {
	const char *name;
	long number, arguments[5];
	int error; // errno, or 0: it succeeds
};

#define NOWHERE	  1 // no address
#define NO_NUMBER (-1)
#define GARBAGE	  ((long)(1LL << 32)) // a bit where the kernel does not look, which i386 lacks

static const struct call calls[] = {
	{ "unshare(CLONE_NEWUSER)", SYS_unshare, { CLONE_NEWUSER }, EPERM },
	{ "unshare(0)", SYS_unshare, { 0 }, EPERM },
	{ "clone(SIGCHLD)", SYS_clone, { SIGCHLD }, 0 },
	{ "clone(CLONE_NEWUSER)", SYS_clone, { CLONE_NEWUSER | SIGCHLD }, EPERM },
	{ "clone(CLONE_NEWUSER), with garbage", SYS_clone, { GARBAGE | CLONE_NEWUSER | SIGCHLD },
		EPERM },
	// Without a filter, these return EINVAL: a thread shares more than its flags say.
	{ "clone(CLONE_NEWNS)", SYS_clone, { CLONE_NEWNS | CLONE_THREAD }, EPERM },
	{ "clone(CLONE_NEWCGROUP)", SYS_clone, { CLONE_NEWCGROUP | CLONE_THREAD }, EPERM },
	{ "clone(CLONE_NEWUTS)", SYS_clone, { CLONE_NEWUTS | CLONE_THREAD }, EPERM },
	{ "clone(CLONE_NEWIPC)", SYS_clone, { CLONE_NEWIPC | CLONE_THREAD }, EPERM },
	{ "clone(CLONE_NEWPID)", SYS_clone, { CLONE_NEWPID | CLONE_THREAD }, EPERM },
	{ "clone(CLONE_NEWNET)", SYS_clone, { CLONE_NEWNET | CLONE_THREAD }, EPERM },
	{ "clone3", SYS_clone3, { NOWHERE, 0 }, ENOSYS },
	{ "setns", SYS_setns, { NO_NUMBER, 0 }, EPERM },
	{ "mount", SYS_mount, { NOWHERE, NOWHERE, NOWHERE }, EPERM },
	{ "umount2", SYS_umount2, { NOWHERE, 0 }, EPERM },
	{ "pivot_root", SYS_pivot_root, { NOWHERE, NOWHERE }, EPERM },
	{ "open_tree", SYS_open_tree, { NO_NUMBER, NOWHERE, 0 }, EPERM },
	{ "move_mount", SYS_move_mount, { NO_NUMBER, NOWHERE, NO_NUMBER, NOWHERE, 0 }, EPERM },
	{ "fsopen", SYS_fsopen, { NOWHERE, 0 }, EPERM },
	{ "fsconfig", SYS_fsconfig, { NO_NUMBER, 0 }, EPERM },
	{ "fsmount", SYS_fsmount, { NO_NUMBER, 0 }, EPERM },
	{ "fspick", SYS_fspick, { NO_NUMBER, NOWHERE, 0 }, EPERM },
	{ "mount_setattr", SYS_mount_setattr, { NO_NUMBER, NOWHERE, 0 }, EPERM },
	{ "add_key", SYS_add_key, { NOWHERE, NOWHERE }, EPERM },
	{ "request_key", SYS_request_key, { NOWHERE, NOWHERE }, EPERM },
	{ "keyctl", SYS_keyctl, { KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0 }, EPERM },
	{ "bpf", SYS_bpf, { NO_NUMBER, NOWHERE, 1 }, EPERM },
	{ "perf_event_open", SYS_perf_event_open, { NOWHERE, 0, 0, NO_NUMBER, NO_NUMBER }, EPERM },
	{ "userfaultfd", SYS_userfaultfd, { 1 /* UFFD_USER_MODE_ONLY */ }, EPERM },
	{ "io_uring_setup", SYS_io_uring_setup, { 1, NOWHERE }, EPERM },
	{ "io_uring_enter", SYS_io_uring_enter, { NO_NUMBER }, EPERM },
	{ "io_uring_register", SYS_io_uring_register, { NO_NUMBER }, EPERM },
	{ "open_by_handle_at", SYS_open_by_handle_at, { NO_NUMBER, NOWHERE }, EPERM },
	{ "get_mempolicy", SYS_get_mempolicy, { 0 }, EPERM },
	{ "mbind", SYS_mbind, { 0 }, EPERM },
	{ "move_pages", SYS_move_pages, { 0 }, EPERM },
	{ "set_mempolicy", SYS_set_mempolicy, { 0 }, EPERM },
	{ "kcmp", SYS_kcmp, { 0, 0, NO_NUMBER }, EPERM },
	{ "process_madvise", SYS_process_madvise, { NO_NUMBER, NOWHERE, 1 }, EPERM },
	{ "clock_settime", SYS_clock_settime, { CLOCK_REALTIME, NOWHERE }, EPERM },
	{ "settimeofday", SYS_settimeofday, { NOWHERE }, EPERM },
	{ "init_module", SYS_init_module, { NOWHERE, 0, NOWHERE }, EPERM },
	{ "finit_module", SYS_finit_module, { NO_NUMBER, NOWHERE }, EPERM },
	{ "delete_module", SYS_delete_module, { NOWHERE }, EPERM },
	{ "kexec_load", SYS_kexec_load, { 0, NO_NUMBER }, EPERM },
	{ "reboot", SYS_reboot, { 0 }, EPERM },
	{ "acct", SYS_acct, { NOWHERE }, EPERM },
	{ "fanotify_init", SYS_fanotify_init, { NO_NUMBER }, EPERM },
	{ "quotactl", SYS_quotactl, { 0, NOWHERE }, EPERM },
	{ "sethostname", SYS_sethostname, { NOWHERE, NO_NUMBER }, EPERM },
	{ "swapon", SYS_swapon, { NOWHERE }, EPERM },
	{ "syslog", SYS_syslog, { NO_NUMBER }, EPERM },
	{ "vmsplice", SYS_vmsplice, { NO_NUMBER }, EPERM },
	{ "socket(AF_UNIX)", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 }, 0 },
	{ "socket(AF_INET)", SYS_socket, { AF_INET, SOCK_STREAM, 0 }, 0 },
	{ "socket(AF_VSOCK)", SYS_socket, { AF_VSOCK, SOCK_STREAM, 0 }, EPERM },
	{ "socket(AF_VSOCK), with garbage", SYS_socket, { GARBAGE | AF_VSOCK, SOCK_STREAM, 0 },
		EPERM },
	{ "socket(NETLINK_ROUTE)", SYS_socket, { AF_NETLINK, SOCK_RAW, NETLINK_ROUTE }, 0 },
	{ "socket(AF_INET), with that number", SYS_socket, { AF_INET, SOCK_STREAM, NETLINK_AUDIT },
		EPROTONOSUPPORT },
	{ "socket(NETLINK_AUDIT)", SYS_socket, { AF_NETLINK, SOCK_RAW, NETLINK_AUDIT }, EINVAL },
	{ "socket(NETLINK_AUDIT), with garbage", SYS_socket,
		{ GARBAGE | AF_NETLINK, SOCK_RAW, GARBAGE | NETLINK_AUDIT }, EINVAL },
	{ "personality(PER_LINUX)", SYS_personality, { PER_LINUX }, 0 },
	{ "personality(PER_LINUX32)", SYS_personality, { PER_LINUX32 }, 0 },
	{ "personality(0xffffffff)", SYS_personality, { 0xffffffff }, 0 },
	{ "personality(ADDR_NO_RANDOMIZE)", SYS_personality, { ADDR_NO_RANDOMIZE }, ENOSYS },
	{ "futex_waitv", 449, { NOWHERE }, ENOSYS }, // the profile does not name it
	{ "a number without a call", 1000, { 0 }, ENOSYS },
	{ "a negative number", NO_NUMBER, { 0 }, ENOSYS },
#if defined(__x86_64__) || defined(__i386__)
	{ "iopl", SYS_iopl, { 4 }, EPERM },
	{ "ioperm", SYS_ioperm, { NO_NUMBER, 2, 1 }, EPERM },
#endif
#ifdef __x86_64__
	{ "unshare of x32", 0x40000000 | SYS_unshare, { CLONE_NEWUSER }, EPERM },
#endif
#ifdef __i386__
	{ "clock_settime64", SYS_clock_settime64, { CLOCK_REALTIME, NOWHERE }, EPERM },
	{ "stime", SYS_stime, { NOWHERE }, EPERM },
	{ "umount", SYS_umount, { NOWHERE }, EPERM },
	{ "vm86old", SYS_vm86old, { NOWHERE }, EPERM },
#endif
};

// Makes a call in a child, which it may change. Returns its errno, or 0.
static int error_of(const struct call *call)
{
	const long *is = call->arguments;
	pid_t child = fork();
	int status;

	if (child == 0) {
		long result = syscall(call->number, is[0], is[1], is[2], is[3], is[4], 0L);
		_exit(result == -1 ? errno : 0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *error_name(int error)
{
	return error == -1 ? "a signal" : error == 0 ? "success" : strerrorname_np(error);
}

// Prints what the call with this name returns. Without a name, prints which calls return something else than the filter of v0.9
// says.
static int make_calls(char *name)
{
	int status = 0;

	for (const struct call *call = calls; call < calls + COUNT(calls); call++) {
		if (name && strcmp(name, call->name) != 0)
			continue;
		int error = error_of(call);
		if (name)
			puts(error_name(error));
		else if (error != call->error && (status = 1))
			printf("%s: %s, not %s\n", call->name, error_name(error),
				error_name(call->error));
	}
	return status;
}

// Makes a call of the other architecture that the processor has, unshare(CLONE_NEWUSER): a program of 64 bits makes one of i386, and
// a program of 32 bits goes over to 64 bits for one of x86-64 (0x33 is the kernel's segment for them).
static int call_other(char *argument)
{
	long result = -ENOSYS;

	(void)argument;
	// Versions of clang-format differ about asm.
	// clang-format off
#if defined(__x86_64__)
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(310L), "b"((long)CLONE_NEWUSER)
			 : "memory", "r8", "r9", "r10", "r11");
#elif defined(__i386__)
	__asm__ volatile("lcall $0x33, $1f\n"
			 "jmp 2f\n"
			 "1: .byte 0x0f, 0x05\n" // syscall
			 "lret\n"
			 "2:"
			 : "=a"(result)
			 : "a"(272L), "D"((long)CLONE_NEWUSER)
			 : "memory", "ecx");
#endif
	// clang-format on
	puts(error_name((int)-result));
	return 0;
}

// An attribute by which overlayfs leads a directory to another one.
#define REDIRECT "user.overlay.redirect"

static int set_redirect(char *path)
{
	return setxattr(path, REDIRECT, "/etc", 4, 0) == 0 ? 0 : 1;
}

// Whether a directory has that attribute.
static int has_redirect(char *path)
{
	return getxattr(path, REDIRECT, NULL, 0) == 4 ? 0 : 1;
}

static const struct {
	const char *name;
	int (*run)(char *argument);
} verbs[] = {
	{ "crash", crash },
	{ "wait-for-term", wait_for_term },
	{ "open", open_file },
	{ "as-user", as_user },
	{ "euid", euid },
	{ "status", print_status },
	{ "outlive", outlive },
	{ "wait", wait_here },
	{ "read", read_bytes },
	{ "lift-limits", lift_limits },
	{ "escape", escape },
	{ "fork-bomb", fork_bomb },
	{ "ping", ping },
	{ "connect-abstract", connect_abstract },
	{ "ether", ether },
	{ "fuzz", fuzz },
	{ "echo-to-all", echo_to_all },
	{ "echo-datagrams", echo_datagrams },
	{ "answer-often", answer_often },
	{ "say-bye", say_bye },
	{ "keyring", keyring },
	{ "type", type },
	{ "lower-group", lower_group },
	{ "calls", make_calls },
	{ "call-other", call_other },
	{ "set-redirect", set_redirect },
	{ "has-redirect", has_redirect },
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < COUNT(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argv[2]);
	return 2;
}
