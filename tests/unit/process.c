#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct gcr_namespace none[] = { { 0 } };

// Forks a child that runs the code, and waits for it as gcr does.
#define STATUS_OF_CLONE(code)                        \
	__extension__({                              \
		struct gcr_child clone_;             \
		if (gcr_clone(none, &clone_) == 0) { \
			code;                        \
			_exit(0);                    \
		}                                    \
		gcr_wait(&clone_);                   \
	})

START_TEST(exit_status_is_the_childs)
{
	ck_assert_int_eq(STATUS_OF_CLONE(), 0);
	ck_assert_int_eq(STATUS_OF_CLONE(_exit(7)), 7);
	ck_assert_int_eq(STATUS_OF_CLONE(_exit(255)), 255);
	ck_assert_int_eq(STATUS_OF_CLONE(raise(SIGKILL)), 128 + SIGKILL);
}
END_TEST

START_TEST(end_is_told_from_its_cause)
{
	siginfo_t exited = { .si_code = CLD_EXITED, .si_status = 3 };
	siginfo_t killed = { .si_code = CLD_KILLED, .si_status = SIGTERM };
	siginfo_t dumped = { .si_code = CLD_DUMPED, .si_status = SIGSEGV };

	ck_assert_int_eq(gcr_exit_status(&exited), 3);
	ck_assert_int_eq(gcr_exit_status(&killed), 143);
	ck_assert_int_eq(gcr_exit_status(&dumped), 139);
}
END_TEST

static void exit_with_signal(int signal)
{
	_exit(signal);
}

static void catch_and_signal_parent(int number)
{
	signal(number, exit_with_signal);
	kill(getppid(), number);
	sleep(10);
}

START_TEST(caught_signal_is_passed_on)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };
	int number = signals[_i];

	ck_assert_int_eq(STATUS_OF_CLONE(catch_and_signal_parent(number)), number);
}
END_TEST

START_TEST(other_signal_kills)
{
	ck_assert_int_eq(
		STATUS_OF_CLONE(signal(SIGTERM, SIG_IGN); kill(getppid(), SIGTERM); sleep(10)),
		128 + SIGKILL);
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
	if (gcr_clone(none, &child) == 0) {
		for (int i = 0; i < 3; i++)
			if (write(served[1], "x", 1) != 1)
				_exit(1);
		usleep(100000);
		_exit(7);
	}
	ck_assert_int_eq(gcr_wait_serving(&child, served[0], serve_one), 7);
	ck_assert_int_eq(count, 3);
}
END_TEST

START_TEST(pidfd_is_closed_on_exec)
{
	struct gcr_child child;

	if (gcr_clone(none, &child) == 0)
		_exit(0);
	ck_assert_int_eq(fcntl(child.pidfd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(gcr_wait(&child), 0);
}
END_TEST

START_TEST(row_without_a_flag_is_left_out)
{
	static const struct gcr_namespace rows[] = { { 0, "none", "" },
		NAMESPACE(CLONE_NEWUSER, ""), { 0 } };
	struct gcr_child child;

	if (geteuid() != 0)
		return; // it may be forbidden
	if (gcr_clone(rows, &child) == 0)
		_exit(geteuid() == 65534 ? 3 : 4);
	ck_assert_int_eq(gcr_wait(&child), 3);
}
END_TEST

// The parent is gone before the child asks to die with it.
static void outlive_parent(int report)
{
	struct gcr_child child;
	pid_t parent = getpid();

	if (gcr_clone(none, &child) != 0)
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

START_TEST(signal_ignored_at_the_start_is_ignored)
{
	signal(SIGHUP, SIG_IGN);
	ck_assert_int_eq(STATUS_OF_CLONE(kill(getppid(), SIGHUP); usleep(100000); _exit(3)), 3);
}
END_TEST

START_TEST(status_is_had_where_children_are_ignored)
{
	signal(SIGCHLD, SIG_IGN);
	ck_assert_int_eq(STATUS_OF_CLONE(_exit(7)), 7);
}
END_TEST

START_TEST(child_has_the_usual_umask)
{
	umask(077);
	ck_assert_int_eq(STATUS_OF_CLONE(_exit((int)umask(0))), 022);
}
END_TEST

static int blocks(int number)
{
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	return sigismember(&mask, number);
}

START_TEST(child_has_the_signal_mask_of_before)
{
	ck_assert_int_eq(STATUS_OF_CLONE(_exit(blocks(SIGTERM))), 0);
}
END_TEST

static bool takes(const char *text, int number)
{
	FILE *status = fmemopen((char *)text, strlen(text) + 1, "r");
	bool result = gcr_takes_signal(status, number);

	fclose(status);
	return result;
}

START_TEST(masks_of_status_are_read)
{
	char many_groups[8192] = "Groups:\t";
	const char *status = "Name:\tsh\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000000004\n"
			     "SigCgt:\t8000000000004000\n";

	ck_assert(takes(status, 2)); // blocked: it waits for it
	ck_assert(takes(status, 15)); // caught
	ck_assert(takes(status, 64)); // the last there is
	ck_assert(!takes(status, 1)); // neither
	ck_assert(!takes(status, 3)); // ignored
	ck_assert(!takes("\n", 15)); // not told
	memset(many_groups + 8, '1', 8000);
	strcpy(many_groups + 8008, "\nSigCgt:\t4000\n");
	ck_assert(takes(many_groups, 15)); // far behind
}
END_TEST

TCase *process_tests(void)
{
	TCase *tests = tcase_create("process");

	tcase_add_test(tests, exit_status_is_the_childs);
	tcase_add_test(tests, end_is_told_from_its_cause);
	tcase_add_loop_test(tests, caught_signal_is_passed_on, 0, 6);
	tcase_add_test(tests, other_signal_kills);
	tcase_add_test(tests, descriptor_is_served_while_it_waits);
	tcase_add_test(tests, pidfd_is_closed_on_exec);
	tcase_add_test(tests, row_without_a_flag_is_left_out);
	tcase_add_test(tests, orphan_ends);
	tcase_add_test(tests, signal_ignored_at_the_start_is_ignored);
	tcase_add_test(tests, status_is_had_where_children_are_ignored);
	tcase_add_test(tests, child_has_the_usual_umask);
	tcase_add_test(tests, child_has_the_signal_mask_of_before);
	tcase_add_test(tests, masks_of_status_are_read);
	return tests;
}
