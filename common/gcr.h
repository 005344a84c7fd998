// libgcr: the plumbing that every step shares: the command line, the log, running and waiting.
// Nothing here isolates anything; that is what the steps are for.
//
// Functions report failure as system calls do, with -1 and errno, unless they say otherwise. So
// TRY() serves for both.

#ifndef GCR_H
#define GCR_H

#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <sys/socket.h>
#include <sys/types.h>

// Exit statuses of gcr itself (those of env(1), chroot(1) and other container runtimes). All others
// are the command's own.
enum gcr_status {
	GCR_USAGE = 2, // the command line makes no sense
	GCR_FAILED = 125, // gcr failed
	GCR_CANNOT_EXEC = 126, // the command exists but cannot be executed
	GCR_NOT_FOUND = 127, // there is no such command
	GCR_SIGNALED = 128, // 128 + N: signal N ended the command
};

// The number of an array's elements.
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

// log.c: what goes to the terminal. All of it is standard error's: standard output is the
// command's.
// -----------------------------------------------------------------------------------------------

// What an error of a call usually means here, and what to do about it. The first that fits is told. A table
// ends with { 0 }.
struct gcr_hint {
	const char *call; // how the call starts, as it is written in TRY()
	int error; // errno
	const char *text;
	const char *file, *start; // fits only where this file starts with this; NULL: anywhere
};

extern bool gcr_quiet; // -q: no log lines
extern bool gcr_explaining; // --explain: TRY() and TELL() tell each call and why
extern const struct gcr_hint *gcr_hints; // hints for TRY(), or NULL

// Prints a line with the time before it, as in 2025/09/09 19:37:04 [run] as pid 5293. Keeps errno.
__attribute__((format(printf, 1, 2))) void gcr_log(const char *format, ...);

// Prints a line as it is. Like gcr_log(), silent under -q. Keeps errno.
__attribute__((format(printf, 1, 2))) void gcr_print(const char *format, ...);

// Writes the words, up to a NULL, with the separator between them to text, cut to size bytes. Returns
// text.
const char *gcr_join(char *const words[], const char *separator, char *text, size_t size);

// Prints "gcr: " and the message, and ends this process with GCR_FAILED, without atexit(3)
// handlers: it serves in the container's process too.
__attribute__((format(printf, 1, 2))) noreturn void die(const char *format, ...);

// As die(), with a status of one's own.
__attribute__((format(printf, 2, 3))) noreturn void die_with(int status, const char *format, ...);

// Has die() call a function before it ends this process, NULL: no longer. Not in the child of gcr_clone().
void gcr_at_death(void (*clean_up)(void));

// A call that builds the container, with the reason for it. Under --explain both are printed before
// the call is made. Where it fails (-1), gcr dies with the call as it is written, errno and a hint
// if there is one. Its value is the call's.
#define TRY(call, reason)                          \
	__extension__({                            \
		gcr_explain(#call, reason);        \
		__typeof__(call) result_ = (call); \
		if (result_ == -1)                 \
			gcr_die_of(#call);         \
		result_;                           \
	})

// As TRY(), for a call that may fail: what follows from that is the caller's matter.
#define TELL(call, reason) (gcr_explain(#call, reason), (call))

// For TRY(): the two halves of it. gcr_die_of() reads errno (errno(3)).
void gcr_explain(const char *call, const char *reason);
noreturn void gcr_die_of(const char *call);

// Tells, under --explain, that another program is executed, with these words.
void gcr_explain_program(char *const command[], const char *reason);

// cli.c: the command line
// -----------------------------------------------------------------------------------------------

// An option beyond those that every step has. A table ends with { 0 }.
struct gcr_option {
	const char *name; // long, without the dashes
	char letter; // short, or 0
	const char *value; // what --help calls its value; NULL if it takes none
	const char *help;
	void (*set)(const char *value); // called for each use; dies where the value is wrong
};

// A command beside run. A table ends with { 0 }.
struct gcr_command {
	const char *name;
	const char *usage; // its words, for --help
	const char *summary; // one line for --help
	const struct gcr_option *options; // or NULL
	void (*act)(char *arguments[]); // gets what follows the options, ends with NULL
};

// What distinguishes a step's command line from its neighbours'.
struct gcr_program {
	const char *version; // the step's name
	const char *summary; // one line for --help
	const char *example; // a command to start with
	const struct gcr_option *options; // or NULL
	const struct gcr_command *commands; // or NULL
	const struct gcr_hint *hints; // or NULL
};

// What the user asked for.
struct gcr_run {
	const char *name; // ROOTFS as it was typed
	char rootfs[PATH_MAX]; // the directory that it stands for
	char **command; // COMMAND and its arguments, ends with NULL: part of argv
};

// Reads "gcr run [OPTIONS] ROOTFS COMMAND [ARG…]" (getopt_long(3)) and finds the rootfs. Also sees
// to it that descriptors 0, 1 and 2 are open. Does not return for --help and --version (status 0), for the
// program's other commands, which it has act (status 0, unless they end otherwise), a wrong command line
// (GCR_USAGE) or an unknown rootfs (GCR_FAILED), which it explains in one line.
void gcr_command_line(
	int argc, char *argv[], const struct gcr_program *program, struct gcr_run *run);

// parse.c: numbers and addresses of the command line
// -----------------------------------------------------------------------------------------------

// Reads a whole decimal number of a range. Errors: EINVAL if it is none, ERANGE.
int gcr_parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);

// Reads a size, as in 65536, 64K, 64M or 2G (or T), in powers of 1024. Errors: EINVAL if it is none, ERANGE.
int gcr_parse_size(const char *text, uint64_t *bytes);

// An IPv4 address in a network, as in 10.0.0.42/24 (ip(7)).
struct gcr_address {
	struct in_addr address;
	unsigned prefix; // the length of the network's part, in bits
};

// Reads that. Errors: EINVAL if it is none.
int gcr_parse_address(const char *text, struct gcr_address *address);

// Writes it to text. Returns text.
#define GCR_ADDRESS_TEXT sizeof("255.255.255.255/32")
const char *gcr_address_text(struct gcr_address address, char text[GCR_ADDRESS_TEXT]);

// A published port: where to listen, and which port of the container's that leads to.
struct gcr_published {
	struct sockaddr_storage host; // a sockaddr_in or sockaddr_in6
	in_port_t container; // in network byte order, as in sockaddr_in
	int type; // SOCK_STREAM or SOCK_DGRAM
};

// Reads [IP:]HOST:CONTAINER[/tcp|/udp], as in 8080:80 or [::1]:5353:53/udp; without IP it is 127.0.0.1.
// Errors: EINVAL if it is none.
int gcr_parse_published(const char *text, struct gcr_published *port);

// cgroup.c: cgroups to make others in (cgroups(7), version 2)
// -----------------------------------------------------------------------------------------------

#define GCR_CGROUPS "/sys/fs/cgroup"

// Finds the cgroup in which this process may make that of a container: for root GCR_CGROUPS/gcr, for an ordinary
// user one that systemd has delegated to it. Where there is none, asks systemd for such a scope, and this program
// starts anew in it, with the same arguments and as the same process (systemd-run(1), Delegate= in
// systemd.resource-control(5)): so it comes before all that is not to happen twice. For many containers, ask once:
//
//     systemd-run --user --scope -p Delegate=yes --unit=gcr-shell bash
//
// Errors: EOPNOTSUPP if there is no cgroup v2 hierarchy, ENOTCONN if the user has no service manager, and those of
// execve(2).
int gcr_delegated_cgroup(int argc, char *argv[], char path[PATH_MAX]);

// Makes the cgroup gcr-ID in parent, writes its path to path and returns its directory, opened and locked (flock(2))
// so that no other gcr takes it for abandoned. Errors: mkdir(2), open(2).
int gcr_make_cgroup(const char *parent, const char *id, char path[PATH_MAX]);

// Kills what is in a cgroup, and removes it. Errors: rmdir(2).
int gcr_end_cgroup(const char *path);

// Does so with those of gcrs that were killed: root's stay until the next gcr calls this; an ordinary user's go with
// their scope, unless a process of the container outlives its gcr (gcr_die_with_parent()).
void gcr_end_abandoned_cgroups(const char *parent);

// rootfs.c: finding a root filesystem
// -----------------------------------------------------------------------------------------------

// Writes the path of the rootfs called name: that of name itself if it has a slash (or is "." or ".."), else
// the first directory of that name in $GCR_ROOTFS_DIR, ./rootfs and
// ${XDG_DATA_HOME:-~/.local/share}/gcr/rootfs. Errors: ENOENT if there is none, ENOTDIR if it is no
// directory, EBUSY if it is the host's own /, and those of stat(2) and
// realpath(3).
int gcr_find_rootfs(const char *name, char path[PATH_MAX]);

// Opens (O_PATH in open(2)) the directory at the path that gcr_find_rootfs() found. Whoever owns the directory above may
// have put another one in its place: errors are ESTALE then, and those of open(2).
int gcr_open_rootfs(const char *path);

// The directories in which gcr_find_rootfs() looks for a name, for a message: "a, b, c", cut to size
// bytes.
void gcr_rootfs_places(char *text, size_t size);

// id.c: the container's name
// -----------------------------------------------------------------------------------------------

#define GCR_ID_LENGTH 12

// Writes a new container id, 12 random hex digits and a NUL, to id. Errors: getrandom(2).
int gcr_new_id(char id[GCR_ID_LENGTH + 1]);

// process.c: the container's process, from the outside
// -----------------------------------------------------------------------------------------------

// A namespace to make for the container. A table ends with { 0 }.
struct gcr_namespace {
	uint64_t flag; // CLONE_NEW…, see namespaces(7)
	const char *name;
	const char *reason;
};
// Versions of clang-format do not agree on it.
// clang-format off
#define NAMESPACE(flag, reason) { flag, #flag, reason }
// clang-format on

// Forks this process into new namespaces: like fork(2), returns 0 in the child and the child's
// process id in the parent, where *pidfd becomes a pidfd of it (pidfd_open(2)), closed on exec.
// From here on the parent holds the signals of gcr_wait() back; the child starts with the usual umask(2),
// 022. Errors: clone3 in clone(2), pidfd_open(2), signalfd(2).
pid_t gcr_clone(const struct gcr_namespace *namespaces, int *pidfd);

// As gcr_clone(), with the child in a cgroup from its first instruction on (CLONE_INTO_CGROUP in clone(2)).
// cgroup is its directory in a cgroup v2 hierarchy, opened; -1: the caller's own.
pid_t gcr_clone_into(const struct gcr_namespace *namespaces, int cgroup, int *pidfd);

// Waits until the child ends and meanwhile passes SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and
// SIGUSR2 on to it, but those that gcr was started to ignore. PID 1 of a pid namespace has no default actions (pid_namespaces(7)): one of
// these that the child neither catches nor waits for ends it with SIGKILL instead, so that Ctrl+C
// stops everything. Afterwards the terminal's foreground is the caller's again.
// Returns the status to exit with, see gcr_exit_status(). Errors: poll(2), waitid(2).
int gcr_wait(pid_t child, int pidfd);

// As gcr_wait(), and meanwhile calls serve() whenever the descriptor is readable (poll(2)); an epoll(7) stands for many.
// -1: nothing to serve.
int gcr_wait_serving(pid_t child, int pidfd, int fd, void (*serve)(void));

// The exit status that stands for the end of a process (waitid(2)): its own, or 128 + N for signal
// N.
int gcr_exit_status(const siginfo_t *info);

// Whether a signal sent to the process would do something, as the text of its /proc/PID/status
// tells (proc(5)): SigCgt has the signals that it catches, SigBlk those that it holds back to read
// them from a signalfd(2). What sigwait(3) waits for shows in neither.
bool gcr_takes_signal(FILE *status, int signal);

// Starts another program, found in PATH (posix_spawn(3)), and returns its process id. -1 and errno if
// it cannot be started. gcr_finish_program() waits for its end and returns its exit status as
// gcr_exit_status() does. Errors: waitid(2).
pid_t gcr_start_program(char *const command[]);
int gcr_finish_program(pid_t program);

// As gcr_start_program(), with descriptors of ours as its standard input and output; -1: what ours are.
pid_t gcr_start_program_on(char *const command[], int input, int output);

// netlink.c: a socket to the kernel's networking (netlink(7), rtnetlink(7)), by libnl
// -----------------------------------------------------------------------------------------------

struct nl_sock;

// Opens a socket for rtnetlink. Errors: socket(2).
int gcr_netlink(struct nl_sock **socket);

// Says what a function of libnl returned as a system call would: -1 and errno where it is negative.
int gcr_nl(int result);

// ids.c: which users and groups may be mapped into a container
// -----------------------------------------------------------------------------------------------

// A range of subordinate ids: first, first + 1, …, count of them.
struct gcr_id_range {
	unsigned first, count;
};

// Finds the first range of a user in /etc/subuid or /etc/subgid (subuid(5), subgid(5)). Both name the
// user, by login name or number. Errors: those of fopen(3) and read(2); ENOENT if there is none. With an error,
// the range is empty.
int gcr_find_id_range(const char *path, uid_t uid, struct gcr_id_range *range);

// The ids from 1 on that there are in this process's own user namespace, at most 65535, as
// /proc/self/uid_map or gid_map has it (user_namespaces(7)). Empty if there are none. Errors: open(2), read(2).
int gcr_own_id_range(const char *path, struct gcr_id_range *range);

// Reads one line of /etc/subuid: whether it is a valid range of the user with that name and number.
bool gcr_parse_id_range(const char *line, const char *name, uid_t uid, struct gcr_id_range *range);

// exec.c: the container's process, from the inside, up to the command
// -----------------------------------------------------------------------------------------------

// In the child of gcr_clone(): lets it die with its parent, however that dies
// (PR_SET_PDEATHSIG(2const)). A change of credentials undoes it, so it comes after the last of ours. A
// command that changes its user itself, as gosu(1) does, undoes it too, and outlives a killed gcr. If the parent is gone already, so is this
// process. Errors: prctl(2), poll(2).
int gcr_die_with_parent(void);

// Has every descriptor but 0, 1 and 2 closed on exec. Errors: close_range(2).
int gcr_close_inherited_fds(void);

// Notes NAME=VALUE for the command's environment; NAME alone takes the host's value, if it has one.
// Errors: EINVAL if there is no NAME, ENOMEM.
int gcr_add_environment(const char *variable);

// Replaces the environment by a fresh one: PATH, HOME, TERM, and what gcr_add_environment() noted.
// Errors: setenv(3).
int gcr_fresh_environment(void);

// Becomes the command, found in PATH as execvp(3) finds it. Where that fails, says why and ends the
// process with GCR_NOT_FOUND or GCR_CANNOT_EXEC.
noreturn void gcr_exec(char *const command[]);

// seccomp.c: system calls that the kernel refuses
// -----------------------------------------------------------------------------------------------

// Has ioctl(2) fail with EPERM from here on where its request is one of these, at most eight: in this process and all
// that come of it, whatever architecture their programs are for (seccomp(2)). Errors: E2BIG; PR_SET_SECCOMP(2const),
// EACCES without no_new_privs.
int gcr_forbid_ioctls(const unsigned *requests, size_t count);

// terminal.c: the terminal
// -----------------------------------------------------------------------------------------------

// The first of descriptors 0, 1 and 2 that is a terminal (isatty(3)); -1 if none is.
int gcr_terminal(void);

// fd.c: file descriptors
// -----------------------------------------------------------------------------------------------

// Opens /dev/null in place of those of 0, 1 and 2 that are closed, so that no later file becomes
// somebody's standard input. Errors: open(2).
int gcr_open_standard_fds(void);

// A file read whole, up to size - 1 bytes, as a string. Errors: open(2), read(2).
int gcr_read_file(const char *path, char *text, size_t size);

// Writes a text to a file that is there, in one piece; under --explain both are told. Errors: open(2), write(2).
int gcr_write_file(const char *path, const char *text);

// Closes the descriptor when the variable's scope ends, unless it is -1; keeps errno:
//
//     CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
#define CLEANUP_CLOSE __attribute__((cleanup(gcr_cleanup_close)))
void gcr_cleanup_close(int *fd);

#endif
