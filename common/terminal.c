// The terminal that gcr runs in, and the container's own (pty(7)).

#include "terminal.h"
#include "fd.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

void terminal_decide(struct gcr_terminal *terminal)
{
	terminal->wanted = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	terminal->inside = terminal->outside = -1;
	// In the background, the terminal has the modes of the shell's line editor.
	terminal->has_modes = terminal->wanted && tcgetpgrp(STDIN_FILENO) == getpgrp() &&
			      tcgetattr(STDIN_FILENO, &terminal->modes) == 0;
}

// A message with room for a descriptor.
union message {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr header; // for its alignment
};

static int send_descriptor(int socket, int fd)
{
	struct iovec empty = { "", 1 };
	union message message = {
		.header = { CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS },
	};
	struct msghdr parts = {
		.msg_iov = &empty,
		.msg_iovlen = 1,
		.msg_control = &message,
		.msg_controllen = sizeof(message),
	};

	memcpy(CMSG_DATA(&message.header), &fd, sizeof(fd));
	return sendmsg(socket, &parts, 0) == -1 ? -1 : 0;
}

int terminal_receive(struct gcr_terminal *terminal, int socket, int *status)
{
	union message message;
	int value = 0;
	struct iovec text = { &value, sizeof(value) };
	struct msghdr parts = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &message,
		.msg_controllen = sizeof(message),
	};

	ssize_t length = recvmsg(socket, &parts, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (length <= 0)
		return length == -1 && errno != EAGAIN ? -1 : 0;
	if (CMSG_FIRSTHDR(&parts))
		memcpy(&terminal->outside, CMSG_DATA(CMSG_FIRSTHDR(&parts)), sizeof(int));
	else
		*status = value;
	return 1;
}

int terminal_open(struct gcr_terminal *terminal, int socket)
{
	struct winsize size;
	int unlocked = 0;

	if (!terminal->wanted)
		return 0;
	CLEANUP_CLOSE int outside = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (outside == -1 || ioctl(outside, TIOCSPTLCK, &unlocked) == -1)
		return -1;
	terminal->inside = ioctl(outside, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal->inside == -1)
		return -1;
	if (terminal->has_modes)
		tcsetattr(terminal->inside, TCSANOW, &terminal->modes);
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(outside, TIOCSWINSZ, &size);
	return send_descriptor(socket, outside);
}

static struct termios modes_before;
static bool raw;

void terminal_restore(void)
{
	if (raw && tcgetpgrp(STDIN_FILENO) == getpgrp())
		tcsetattr(STDIN_FILENO, TCSADRAIN, &modes_before);
	raw = false;
}

void terminal_make_raw(void)
{
	// In the background, the kernel stops gcr in tcdrain(3). The modes to restore are those at its return.
	if (tcdrain(STDIN_FILENO) == -1 || (!raw && tcgetattr(STDIN_FILENO, &modes_before) == -1))
		return;
	struct termios modes = modes_before;
	cfmakeraw(&modes);
	raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) == 0;
	gcr_at_death(terminal_restore);
}

void terminal_copy_size(const struct gcr_terminal *terminal)
{
	struct winsize size;

	if (terminal->outside != -1 && ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(terminal->outside, TIOCSWINSZ, &size);
}

int terminal_reopen(int fd)
{
	char path[sizeof("/proc/self/fd/2147483647")];
	int access = fcntl(fd, F_GETFL) & O_ACCMODE;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int own = isatty(fd) ? open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	return own == -1 ? fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : own;
}
