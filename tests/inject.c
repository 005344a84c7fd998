// Runs a command as a user and makes one of its system calls fail: inject USER PROCESS PROGRAM CALL ERRNO COMMAND…
//
// It needs root, because the kernel ignores the set-user-ID bit of a program that another user traces.
//
// PROCESS 0 is COMMAND's, 1 the first that it forks, and so on. PROGRAM counts the programs that the process has executed,
// CALL the system calls that it made in that one, both from 1 on. strace(1) counts for all processes alike: there the third
// open of gcr cannot fail without the container's third. Process 1 is the container's init. What its child executes, the
// container's command, is left alone.
//
// After the call has failed, no process is traced any more. Ends with the command's status when all processes are gone, and says if
// the call was never made. If some processes remain after a while, they are killed, and this program, too.

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define RESULT rax
#elif defined(__i386__)
#define RESULT eax
#else
#define RESULT regs[0] // arm64
#endif

enum { INIT = 1, PATIENCE = 20 /* seconds */, MOST = 64 };

static struct process {
	pid_t pid;
	int program, call;
	int parent;
} processes[MOST];
static int count;

static int wanted; // the process
static struct process wanted_call;
static int wanted_error;
static bool has_failed;

static struct process *find(pid_t pid)
{
	for (int i = 0; i < count; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	if (count == MOST)
		errx(1, "too many processes");
	processes[count] = (struct process){ pid, 0, 1, -1 };
	return &processes[count++];
}

static bool is_wanted(const struct process *process)
{
	return process - processes == wanted && process->program == wanted_call.program &&
	       process->call == wanted_call.call;
}

// The call was not made, so this writes its result.
static void fail_call(pid_t pid)
{
	struct user_regs_struct registers;
	struct iovec all = { &registers, sizeof(registers) };

	if (ptrace(PTRACE_GETREGSET, pid, 1 /* NT_PRSTATUS */, &all) == -1)
		return;
	registers.RESULT = (unsigned long long)-wanted_error;
	ptrace(PTRACE_SETREGSET, pid, 1, &all);
	has_failed = true;
}

static void on_call(struct process *process)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.rval <= -512 && info.exit.rval >= -516)
		process->call--; // by a signal: it is made again (ERESTARTSYS and its like)
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	if (is_wanted(process))
		fail_call(process->pid);
	process->call++;
}

// Handles a stop of a process (ptrace(2)). Returns the signal that the process gets.
static int on_stop(struct process *process, int status)
{
	unsigned long forked;

	if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
		on_call(process);
		return 0;
	}
	switch (status >> 16) {
	case 0:
		return WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status); // each starts with one
	case PTRACE_EVENT_EXEC:
		process->program++;
		process->call = 1;
		return 0;
	default:
		if (ptrace(PTRACE_GETEVENTMSG, process->pid, 0, &forked) == 0)
			find((pid_t)forked)->parent =
				(int)(process - processes); // they are numbered in this order
		return 0;
	}
}

static void go_on(struct process *process, int signal)
{
	bool is_command = process->parent == INIT && process->program > 0;
	int request = PTRACE_SYSCALL;

	if (has_failed || is_command)
		request = PTRACE_DETACH;
	else if (is_wanted(process))
		request = PTRACE_SYSEMU;
	ptrace(request, process->pid, 0, signal);
}

static void become_user(const char *name)
{
	const struct passwd *user = getpwnam(name);

	if (!user)
		errx(1, "there is no user '%s'", name);
	if (initgroups(name, user->pw_gid) == -1 || setgid(user->pw_gid) == -1 ||
		setuid(user->pw_uid) == -1)
		err(1, "become %s", name);
}

static pid_t start(const char *user, char *command[])
{
	pid_t pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		become_user(user);
		raise(SIGSTOP);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	waitpid(pid, NULL, 0);
	ptrace(PTRACE_SETOPTIONS, pid, 0,
		PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	go_on(find(pid), 0);
	return pid;
}

// Keeps this process and all that it traces on one CPU, where the kernel wakes a process for half the price.
static void stay_on_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void on_alarm(int signal)
{
	for (int i = 0; i < count; i++)
		kill(processes[i].pid, SIGKILL);
	raise(signal);
}

int main(int argc, char *argv[])
{
	int status, result = 0;
	pid_t pid;

	if (argc < 7)
		errx(1, "usage: inject USER PROCESS PROGRAM CALL ERRNO COMMAND...");
	wanted = atoi(argv[2]);
	wanted_call.program = atoi(argv[3]);
	wanted_call.call = atoi(argv[4]);
	wanted_error = atoi(argv[5]);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	stay_on_cpu();
	sigaction(SIGALRM,
		&(struct sigaction){
			.sa_handler = on_alarm, .sa_flags = SA_RESETHAND | SA_NODEFER },
		NULL);
	alarm(PATIENCE);

	pid_t first = start(argv[1], argv + 6);
	while ((pid = waitpid(-1, &status, __WALL)) != -1) {
		struct process *process = find(pid);
		if (WIFSTOPPED(status))
			go_on(process, on_stop(process, status));
		else if (pid == first)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	if (!has_failed)
		warnx("the call was not made");
	return result;
}
