#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

START_TEST(closed_standard_descriptors_are_opened)
{
	close(STDIN_FILENO);
	close(STDERR_FILENO);
	ck_assert_int_eq(gcr_open_standard_fds(), 0);
	ck_assert_int_ne(fcntl(STDIN_FILENO, F_GETFD), -1);
	ck_assert_int_ne(fcntl(STDERR_FILENO, F_GETFD), -1);
}
END_TEST

START_TEST(file_is_read_whole_or_cut)
{
	char text[64] = "x";

	ck_assert_int_eq(gcr_read_file("/proc/sys/kernel/ostype", text, sizeof(text)), 0);
	ck_assert_str_eq(text, "Linux\n");
	ck_assert_int_eq(gcr_read_file("/proc/sys/kernel/ostype", text, 4), 0);
	ck_assert_str_eq(text, "Lin");
	ck_assert_int_eq(gcr_read_file("/none", text, sizeof(text)), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(text_is_written_to_what_is_there)
{
	ck_assert_int_eq(gcr_write_file("/dev/null", "x"), 0);
	ck_assert_int_eq(gcr_write_file("/dev/full", "x"), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(gcr_write_file("/tmp/gcr-unit-none", "x"), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(cleanup_closes_at_the_end_of_scope)
{
	int number;
	{
		CLEANUP_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		CLEANUP_CLOSE int none = -1;
		number = fd;
		ck_assert_int_eq(none, -1);
		ck_assert_int_ne(fcntl(number, F_GETFD), -1);
	}
	ck_assert_int_eq(fcntl(number, F_GETFD), -1);
}
END_TEST

START_TEST(descriptors_are_closed_on_exec)
{
	int fd = open("/dev/null", O_RDONLY);

	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	ck_assert_int_eq(gcr_close_inherited_fds(), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFD), 0);
}
END_TEST

static void rename_often(void)
{
	char name[] = "/tmp/gcr-unit-XXXXXX", other[sizeof(name) + 1];

	close(mkstemp(name));
	snprintf(other, sizeof(other), "%s~", name);
	for (int i = 0; i < 10000; i++)
		if (rename(name, other) == -1 || rename(other, name) == -1)
			break;
	unlink(name);
}

START_TEST(lookup_of_dots_survives_renames)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	CLEANUP_CLOSE int root = open("/", O_PATH | O_CLOEXEC);

	ck_assert_int_eq(gcr_openat2(root, "proc/../none", &how), -1);
	if (errno == ENOSYS)
		return; // valgrind(1) does not know the call
	ck_assert_int_eq(errno, ENOENT);
	pid_t child = fork();
	if (child == 0) {
		rename_often();
		_exit(0);
	}
	while (waitpid(child, NULL, WNOHANG) == 0) {
		CLEANUP_CLOSE int tmp = gcr_openat2(root, "proc/../proc/../tmp", &how);
		ck_assert_msg(tmp != -1, "%s", strerror(errno));
	}
}
END_TEST

TCase *fd_tests(void)
{
	TCase *tests = tcase_create("fd");

	tcase_add_test(tests, closed_standard_descriptors_are_opened);
	tcase_add_test(tests, file_is_read_whole_or_cut);
	tcase_add_test(tests, text_is_written_to_what_is_there);
	tcase_add_test(tests, cleanup_closes_at_the_end_of_scope);
	tcase_add_test(tests, descriptors_are_closed_on_exec);
	tcase_add_test(tests, lookup_of_dots_survives_renames);
	return tests;
}
