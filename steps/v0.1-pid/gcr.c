// gcr: a container runtime. main(), at the end of this file, is its recipe.
//
//     sudo ./gcr run ubuntu bash
//
// A container is a process that the kernel shows a world of its own. What this step gives it:
//   v0.1-pid  process ids (CLONE_NEWPID)

#include "cli.h"
#include "exec.h"
#include "fd.h"
#include "log.h"
#include "process.h"
#include "try.h"

#include <errno.h>
#include <linux/sched.h>
#include <unistd.h>

static const struct gcr_namespace namespaces[] = {
	NAMESPACE(CLONE_NEWPID, "the command is PID 1 and can name no process of the host's"),
	{ 0 },
};

static const struct gcr_hint hints[] = {
	{ "gcr_clone", EPERM, "only root may make these namespaces; try sudo" },
	{ "gcr_clone", ENOSYS,
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

// The container, from its first instruction to the command's.
static noreturn void container(const struct gcr_run *run, const struct gcr_child *child)
{
	char words[256];

	gcr_log("[fork] as pid %d", getpid());
	gcr_print("running command: [%s %s]", run->name,
		gcr_join(run->command, " ", words, sizeof(words)));
	gcr_print("Container running... press Ctrl+C to stop.");

	TRY(gcr_die_with_parent(child), "the container never outlives gcr");
	TRY(gcr_close_inherited_fds(), "the command gets no open file of the host's");
	TRY(gcr_fresh_environment(run->environment), "nor the host's environment");
	gcr_exec(run->command);
}

int main(int argc, char *argv[])
{
	// 1. Read what to run, on which root filesystem.
	struct gcr_run run;
	gcr_command_line(argc, argv, &program, &run);
	gcr_log("[run] as pid %d", getpid());

	// 2. Fork into new namespaces; the child becomes the container.
	struct gcr_child child;
	if (TRY(gcr_clone(namespaces, &child), "one child, in all of these namespaces") == 0)
		container(&run, &child);

	// 3. Wait until it ends, passing signals on, and exit with its status.
	return TRY(gcr_wait(&child), "the command's exit status becomes ours");
}
