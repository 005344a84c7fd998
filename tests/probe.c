// A program for the tests to run in a container: what a shell cannot ask. Static, so that it runs on
// any rootfs.

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
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

// The classic way out of a chroot(2): to be below the root that one has. Then lists the directory that it got
// out to.
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

static const struct {
	const char *name;
	int (*run)(char *argument);
} verbs[] = {
	{ "crash", crash },
	{ "wait-for-term", wait_for_term },
	{ "open", open_file },
	{ "as-user", as_user },
	{ "euid", euid },
	{ "outlive", outlive },
	{ "escape", escape },
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argv[2]);
	return 2;
}
