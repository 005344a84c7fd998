// gcr: a container runtime. main(), at the end of this file, is its recipe.
//
//     sudo ./gcr run ubuntu bash
//
// A container is a process that the kernel shows a world of its own. What this step gives it:
//   v0.1-pid  process ids (CLONE_NEWPID), an init, a session and a terminal of its own

#include "cli.h"
#include "exec.h"
#include "fd.h"
#include "log.h"
#include "process.h"
#include "try.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct gcr_namespace namespaces[] = {
	NAMESPACE(CLONE_NEWPID, "its processes cannot name a process of the host"),
	{ 0 },
};

static const struct gcr_hint hints[] = {
	{ "clone_container", EPERM, "only root may make these namespaces; try sudo" },
	{ "clone_container", ENOSYS,
		"the kernel is older than 5.15, or a container around this one forbids clone3" },
	{ 0 },
};

static const struct gcr_program program = {
	.version = GCR_STEP,
	.summary = "run a command in a container",
	.example = "sudo ./gcr run ubuntu bash",
	.hints = {
		hints,
	},
};

// Forks this process into new namespaces (clone(2)). As fork(2), it returns 0 in the child, which is PID 1 of the container.
static pid_t clone_container(struct gcr_child *child)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&child->pidfd,
		.exit_signal = SIGCHLD,
	};
	sigset_t all, before;

	for (const struct gcr_namespace *row = namespaces; row->name; row++) {
		args.flags |= row->flag;
		gcr_explain(row->name, row->reason);
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before); // PID 1 loses signals that it does not block
	child->id = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (child->id != 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return child->id;
}

// Starts the command, which leads a session of its own. PID 1 is not in that session, so a signal from the command to its
// process group does not reach PID 1.
static pid_t start_command(const struct gcr_run *run, const struct gcr_child *child)
{
	pid_t command = fork();

	if (command != 0)
		return command;
	TRY(setsid(), "Ctrl+C and job control reach only the command's own session");
	TRY(gcr_take_streams(&child->streams), "its standard streams, and a terminal of its own");
	gcr_reset_signals();
	gcr_exec(run->command);
}

// PID 1's second duty: every process whose own parent has ended is now its child (pid_namespaces(7)). One that has ended
// stays as a zombie until its parent asks for its status. Ends PID 1 when the command has ended.
static void reap_children(pid_t command)
{
	int status;

	for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
		if (ended == command) {
			gcr_send_status(status);
			_exit(gcr_exit_status(status)); // the kernel kills all that is left
		}
}

// PID 1's first duty. The kernel takes no default action for a signal to PID 1, but it does for one to the command.
static noreturn void run_init(pid_t command)
{
	sigset_t all;

	sigfillset(&all);
	for (;;) {
		int signal = sigwaitinfo(&all, NULL);
		if (signal == SIGCHLD)
			reap_children(command);
		else if (signal > 0)
			kill(command, signal);
	}
}

// The container, from its first instruction on. This process is PID 1 and stays gcr's; the command is its child.
static noreturn void container(const struct gcr_run *run, struct gcr_child *child)
{
	char words[256];

	TRY(gcr_leave_caller(), "neither kill(0, …) nor the caller's terminal leaves its session");
	gcr_log("[fork] as pid %d", getpid());
	gcr_print("running command: [%s %s]", run->name,
		gcr_join(run->command, " ", words, sizeof(words)));
	gcr_print("Container running... press Ctrl+C to stop.");

	TRY(gcr_open_terminal(child), "what the caller types comes through gcr");
	TRY(gcr_die_with_parent(child), "the container never outlives gcr");
	TRY(gcr_close_inherited_fds(), "the command gets no open file of the host");
	TRY(gcr_fresh_environment(run->environment), "nor the host's environment");
	TRY(prctl(PR_SET_DUMPABLE, 0),
		"nobody inside can trace PID 1 or open its program (CVE-2019-5736)");
	pid_t command = TRY(start_command(run, child), "PID 2");
	TRY(gcr_keep_socket(child), "PID 1 keeps no file open but its socket to gcr");
	gcr_set_title(run->arguments, "gcr-init"); // gcr's arguments name files of the host
	run_init(command);
}

int main(int argc, char *argv[])
{
	// 1. Read what to run, on which root filesystem.
	struct gcr_run run;
	gcr_command_line(argc, argv, &program, &run);
	gcr_log("[run] as pid %d", getpid());

	// 2. Fork into new namespaces; the child becomes the container.
	struct gcr_child child;
	TRY(gcr_prepare_child(&child), "the command's standard streams");
	if (TRY(clone_container(&child), "one child, in all of these namespaces") == 0)
		container(&run, &child);

	// 3. Wait until it ends, passing signals on, and end as the command did.
	int status = TRY(gcr_wait(&child), "meanwhile, gcr relays signals and streams");
	gcr_end_as(status);
}
