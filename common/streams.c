// The command's standard streams.

#include "streams.h"
#include "array.h"
#include "fd.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PIPE_SIZE 1048576 // fewer wake-ups than by 65536

static const char *const names[] = { "input", "output", "error" };

static bool is_copied(int fd, const struct stat *status)
{
	return S_ISREG(status->st_mode) || S_ISBLK(status->st_mode) || isatty(fd);
}

// The pipe has two ends: the command's, and gcr's, which does not block.
static int open_pipe(struct gcr_streams *streams, int fd)
{
	bool input = fd == STDIN_FILENO;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	int own = ends[input];
	fcntl(own, F_SETPIPE_SZ, PIPE_SIZE); // a user may have no more large ones
	streams->command[fd] = ends[!input];
	int outside = terminal_reopen(fd);
	if (outside == -1 || fcntl(own, F_SETFL, O_NONBLOCK) == -1)
		return -1;
	gcr_relay_open(&streams->relays[fd], input ? outside : own, input ? own : outside);
	return 0;
}

static bool is_same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

int gcr_open_streams(struct gcr_streams *streams)
{
	struct stat status[3];

	terminal_decide(&streams->terminal);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		streams->command[fd] = fd;
		gcr_relay_open(&streams->relays[fd], -1, -1);
		if (fstat(fd, &status[fd]) == -1)
			return -1;
		if (S_ISDIR(status[fd].st_mode))
			die("standard %s is a directory, through which the container could leave "
			    "its rootfs",
				names[fd]);
		if (!is_copied(fd, &status[fd]) || (streams->terminal.wanted && isatty(fd)))
			continue;
		// Output and errors to one file stay in order if they go through one pipe.
		if (fd == STDERR_FILENO && is_same_file(&status[1], &status[2]))
			streams->command[fd] = streams->command[STDOUT_FILENO];
		else if (open_pipe(streams, fd) == -1)
			return -1;
	}
	return 0;
}

// A pipe of pipe(2) or a socket. A FIFO has a name on the host, by which others open it.
static bool is_nameless(int fd)
{
	struct statfs filesystem;

	return fstatfs(fd, &filesystem) == 0 &&
	       (filesystem.f_type == PIPEFS_MAGIC || filesystem.f_type == SOCKFS_MAGIC);
}

int gcr_give_streams(const struct gcr_streams *streams, uid_t user, gid_t group)
{
	int result = 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (is_nameless(streams->command[fd]) &&
			fchown(streams->command[fd], user, group) == -1)
			result = -1;
	return result;
}

// Devices with the major number 1 that each container has (mem(4), random(4)).
static const struct {
	unsigned minor;
	const char *path;
} devices[] = {
	{ 3, "/dev/null" },
	{ 5, "/dev/zero" },
	{ 7, "/dev/full" },
	{ 8, "/dev/random" },
	{ 9, "/dev/urandom" },
};

// If a stream is a device of the host's, opens the container's own instead. Root inside could change the owner and the mode of
// the host's, by fchown(2) and fchmod(2). The container's own is on a mount that is read-only.
static int replace_device(int fd)
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return -1;
	if (!S_ISCHR(status.st_mode) || major(status.st_rdev) != 1)
		return 0;
	for (size_t i = 0; i < COUNT(devices); i++) {
		if (minor(status.st_rdev) != devices[i].minor)
			continue;
		int access = fcntl(fd, F_GETFL) & O_ACCMODE;
		CLEANUP_CLOSE int own = open(devices[i].path, access | O_CLOEXEC);
		if (own == -1)
			die("standard %s is %s, which the container's /dev lacks: %s", names[fd],
				devices[i].path, strerror(errno));
		return dup2(own, fd);
	}
	return 0;
}

int gcr_take_streams(const struct gcr_streams *streams)
{
	const struct gcr_terminal *terminal = &streams->terminal;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		bool typed = terminal->wanted && isatty(fd);
		int stream = typed ? terminal->inside : streams->command[fd];
		if (dup2(stream, fd) == -1 || replace_device(fd) == -1)
			return -1;
	}
	return terminal->wanted ? ioctl(STDIN_FILENO, TIOCSCTTY, 0) : 0;
}

void streams_close_command(struct gcr_streams *streams)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (streams->command[fd] > STDERR_FILENO)
			close(streams->command[fd]);
	// The reader of a pipe sees its end when the command has closed it. gcr itself needs standard error alone.
	CLEANUP_CLOSE int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (nowhere != -1 && streams->command[fd] == fd && !isatty(fd))
			dup2(nowhere, fd);
}

void streams_give_back(const struct gcr_streams *streams)
{
	const struct gcr_relay *input = &streams->relays[STDIN_FILENO];
	int unread = 0;

	if (streams->command[STDIN_FILENO] == STDIN_FILENO)
		return;
	ioctl(streams->command[STDIN_FILENO], FIONREAD, &unread);
	off_t ahead = unread + (off_t)(input->end - input->begin);
	lseek(STDIN_FILENO, -ahead, SEEK_CUR); // a terminal cannot do this
}

static int duplicate(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

void streams_start_terminal(struct gcr_streams *streams)
{
	struct gcr_terminal *terminal = &streams->terminal;

	gcr_relay_open(&streams->relays[STDIN_FILENO], terminal_reopen(STDIN_FILENO),
		duplicate(terminal->outside));
	gcr_relay_open(&streams->relays[STDOUT_FILENO], duplicate(terminal->outside),
		terminal_reopen(STDOUT_FILENO));
	terminal_make_raw();
	terminal_copy_size(terminal);
}

// gcr's terminal is gone. So the container's goes, too, and its processes get SIGHUP.
static void hang_up(struct gcr_streams *streams)
{
	gcr_relay_end(&streams->relays[STDIN_FILENO]);
	gcr_relay_end(&streams->relays[STDOUT_FILENO]);
	close(streams->terminal.outside);
	streams->terminal.outside = -1;
}

void streams_list_events(const struct gcr_streams *streams, struct pollfd events[3])
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		events[fd] = gcr_relay_event(&streams->relays[fd]);
}

bool streams_pending(const struct gcr_streams *streams)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (streams->relays[fd].begin < streams->relays[fd].end)
			return true;
	return false;
}

bool streams_leave_terminal(const struct gcr_streams *streams, struct pollfd events[3])
{
	const struct gcr_relay *input = &streams->relays[STDIN_FILENO];
	struct termios modes;

	if (streams->terminal.wanted || input->from == -1 || tcgetattr(input->from, &modes) == -1)
		return false;
	pid_t group = tcgetpgrp(input->from);
	bool background = group != -1 && group != getpgrp();
	bool keys = !(modes.c_lflag & ICANON); // another program reads single keys
	if (background || keys)
		events[STDIN_FILENO].fd = -1;
	return background || keys;
}

void streams_copy(struct gcr_streams *streams, const struct pollfd events[3])
{
	if (events[STDIN_FILENO].revents & POLLHUP && streams->terminal.outside != -1)
		hang_up(streams);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (events[fd].revents && streams->relays[fd].from != -1 &&
			gcr_relay_copy(&streams->relays[fd]) == -1)
			gcr_warn("standard %s: %s", names[fd], strerror(errno));
}
