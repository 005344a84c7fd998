#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

// What a step makes by clone3(2), here without namespaces.
static pid_t fork_child(struct gcr_child *child)
{
	ck_assert_int_eq(gcr_prepare_child(child), 0);
	child->id = fork();
	if (child->id > 0)
		child->pidfd = pidfd_open(child->id, 0);
	return child->id;
}

// Forks a child that runs the code, and waits for it as gcr does. Gives the exit status.
#define STATUS_OF_CHILD(code)                       \
	__extension__({                             \
		struct gcr_child child_;            \
		if (fork_child(&child_) == 0) {     \
			code;                       \
			_exit(0);                   \
		}                                   \
		gcr_exit_status(gcr_wait(&child_)); \
	})

START_TEST(exit_status_is_the_childs)
{
	ck_assert_int_eq(STATUS_OF_CHILD(), 0);
	ck_assert_int_eq(STATUS_OF_CHILD(_exit(7)), 7);
	ck_assert_int_eq(STATUS_OF_CHILD(_exit(255)), 255);
	ck_assert_int_eq(STATUS_OF_CHILD(raise(SIGKILL)), 128 + SIGKILL);
}
END_TEST

START_TEST(status_that_the_child_sends_counts)
{
	struct gcr_child child;

	if (fork_child(&child) == 0) {
		ck_assert_int_eq(gcr_keep_socket(&child), 0);
		ck_assert_int_eq(fcntl(STDIN_FILENO + 1, F_GETFD), -1);
		gcr_send_status(SIGTERM);
		_exit(99);
	}
	ck_assert_int_eq(gcr_wait(&child), SIGTERM);
}
END_TEST

START_TEST(gcr_ends_as_the_command_did)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		gcr_end_as(SIGTERM);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
	ck_assert_int_eq(STATUS_OF(gcr_end_as(7 << 8)), 7);
	// Without a core file of gcr's own.
	ck_assert_int_eq(STATUS_OF(gcr_end_as(SIGSEGV)), 128 + SIGSEGV);
}
END_TEST

static void exit_with_signal(int signal)
{
	_exit(signal);
}

// Tells the parent, which waits already, by a signal that it passes on.
static void catch_and_signal_parent(int number)
{
	signal(number, exit_with_signal);
	usleep(50000); // until it waits
	kill(getppid(), number);
	sleep(10);
}

START_TEST(every_signal_is_passed_on)
{
	const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM,
		SIGCONT, SIGWINCH, SIGPIPE, SIGABRT, SIGRTMIN, SIGRTMAX };
	int number = signals[_i];

	ck_assert_int_eq(STATUS_OF_CHILD(catch_and_signal_parent(number)), number);
}
END_TEST

static noreturn void signal_parent_and_exit(void)
{
	signal(SIGHUP, exit_with_signal);
	usleep(50000); // until it waits
	kill(getppid(), SIGHUP);
	usleep(100000);
	_exit(3);
}

START_TEST(signal_ignored_at_the_start_is_not_passed_on)
{
	signal(SIGHUP, SIG_IGN);
	ck_assert_int_eq(STATUS_OF_CHILD(signal_parent_and_exit()), 3);
}
END_TEST

static int served[2], count;

static void serve_one(void)
{
	char byte;

	ck_assert_int_eq(read(served[0], &byte, 1), 1);
	count++;
}

START_TEST(descriptor_is_served_while_it_waits)
{
	struct gcr_child child;

	ck_assert_int_eq(pipe(served), 0);
	if (fork_child(&child) == 0) {
		for (int i = 0; i < 3; i++)
			if (write(served[1], "x", 1) != 1)
				_exit(1);
		usleep(100000);
		_exit(7);
	}
	ck_assert_int_eq(gcr_exit_status(gcr_wait_serving(&child, served[0], serve_one)), 7);
	ck_assert_int_eq(count, 3);
}
END_TEST

// The parent is gone before the child asks to die with it.
static void outlive_parent(int report)
{
	struct gcr_child child;
	pid_t parent = getpid();

	if (fork_child(&child) != 0)
		_exit(0);
	while (getppid() == parent)
		usleep(1000);
	gcr_die_with_parent(&child);
	ck_assert_int_eq(write(report, "", 1), 1);
}

START_TEST(orphan_ends)
{
	int report[2];
	char lives;

	ck_assert_int_eq(pipe(report), 0);
	ck_assert_int_eq(STATUS_OF(outlive_parent(report[1])), 0);
	close(report[1]);
	ck_assert_int_eq(read(report[0], &lives, 1), 0);
}
END_TEST

START_TEST(status_is_had_where_children_are_ignored)
{
	signal(SIGCHLD, SIG_IGN);
	ck_assert_int_eq(STATUS_OF_CHILD(_exit(7)), 7);
}
END_TEST

START_TEST(child_leaves_its_caller)
{
	umask(077);
	ck_assert_int_eq(STATUS_OF_CHILD(gcr_leave_caller(); _exit((int)umask(0))), 022);
	ck_assert_int_eq(STATUS_OF_CHILD(gcr_leave_caller(); _exit(getsid(0) == getpid())), 1);
}
END_TEST

static int has_defaults(void)
{
	struct sigaction action;
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	sigaction(SIGHUP, NULL, &action);
	return action.sa_handler == SIG_DFL && !sigismember(&mask, SIGTERM);
}

START_TEST(command_has_default_signals)
{
	sigset_t term;

	signal(SIGHUP, SIG_IGN);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	ck_assert_int_eq(STATUS_OF(gcr_reset_signals(); _exit(has_defaults())), 1);
}
END_TEST

START_TEST(title_replaces_all_words)
{
	char words[] = "gcr\0run\0/home/someone/rootfs", name[16];
	char *arguments[] = { words, words + 4, words + 8, NULL };

	gcr_set_title(arguments, "gcr-init");
	ck_assert_str_eq(words, "gcr-init");
	for (size_t i = strlen(words); i < sizeof(words); i++)
		ck_assert_int_eq(words[i], '\0');
	prctl(PR_GET_NAME, name);
	ck_assert_str_eq(name, "gcr-init");
}
END_TEST

TCase *process_tests(void)
{
	TCase *tests = tcase_create("process");

	tcase_add_test(tests, exit_status_is_the_childs);
	tcase_add_test(tests, status_that_the_child_sends_counts);
	tcase_add_test(tests, gcr_ends_as_the_command_did);
	tcase_add_loop_test(tests, every_signal_is_passed_on, 0, 13);
	tcase_add_test(tests, signal_ignored_at_the_start_is_not_passed_on);
	tcase_add_test(tests, descriptor_is_served_while_it_waits);
	tcase_add_test(tests, orphan_ends);
	tcase_add_test(tests, status_is_had_where_children_are_ignored);
	tcase_add_test(tests, child_leaves_its_caller);
	tcase_add_test(tests, command_has_default_signals);
	tcase_add_test(tests, title_replaces_all_words);
	return tests;
}
