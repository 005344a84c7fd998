// Other programs, started by their words and never by a shell.

#include "program.h"
#include "log.h"
#include "process.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t gcr_start_program(char *const command[])
{
	return gcr_start_program_on(command, (const int[]){ -1, -1, -1 });
}

pid_t gcr_start_program_on(char *const command[], const int standard[3])
{
	posix_spawn_file_actions_t actions;
	pid_t program;

	gcr_explain_program(command, "in a process of its own");
	posix_spawn_file_actions_init(&actions);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (standard[fd] != -1)
			posix_spawn_file_actions_adddup2(&actions, standard[fd], fd);
	errno = posix_spawnp(&program, command[0], &actions, NULL, command, environ);
	int result = errno == 0 ? program : -1;
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

int gcr_finish_program(pid_t program)
{
	int status;

	if (waitpid(program, &status, 0) == -1)
		return -1;
	return gcr_exit_status(status);
}
