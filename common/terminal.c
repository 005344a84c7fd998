// The terminal, and which process group has it while the container runs.

#include "terminal.h"

#include <signal.h>
#include <unistd.h>

static bool lent;
static pid_t group_before; // the process group that gets the terminal back at the end

int gcr_terminal(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd))
			return fd;
	return -1;
}

static void set_foreground(pid_t group)
{
	sigset_t stop, before;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU); // tcsetpgrp(3) stops a background process by this signal
	sigprocmask(SIG_BLOCK, &stop, &before);
	tcsetpgrp(STDIN_FILENO, group);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

bool terminal_decide(void)
{
	lent = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) &&
	       tcgetpgrp(STDIN_FILENO) == getpgrp() && getsid(0) != getpid();
	return lent;
}

void terminal_take(void)
{
	if (!lent)
		return;
	setpgid(0, 0);
	set_foreground(getpgrp());
}

void terminal_lend_to(pid_t child)
{
	if (!lent)
		return;
	group_before = getpgrp();
	setpgid(child, child); // the child does this too: either may come first
	setpgid(0, child);
}

void terminal_take_back(void)
{
	if (!lent)
		return;
	setpgid(0, group_before);
	set_foreground(group_before);
}
