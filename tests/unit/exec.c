#include "unit.h"

#include <errno.h>

extern char **environ;

START_TEST(environment_is_fresh)
{
	setenv("SECRET", "s", 1);
	setenv("PATH", "/somewhere", 1);
	setenv("TERM", "vt100", 1);
	ck_assert_int_eq(gcr_fresh_environment(NULL), 0);
	ck_assert_ptr_null(getenv("SECRET"));
	ck_assert_str_eq(
		getenv("PATH"), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	ck_assert_str_eq(getenv("HOME"), "/root");
	ck_assert_str_eq(getenv("TERM"), "vt100");
	ck_assert_ptr_null(environ[3]);
}
END_TEST

START_TEST(noted_variables_are_added)
{
	char **variables = NULL;

	setenv("FROM_HOST", "here", 1);
	unsetenv("NOT_THERE");
	unsetenv("TERM");
	setenv("A", "1=2=3", 1); // is not what A=1 asks for
	ck_assert_int_eq(gcr_add_variable(&variables, "A=1=2"), 0);
	ck_assert_int_eq(gcr_add_variable(&variables, "HOME=/h"), 0);
	ck_assert_int_eq(gcr_add_variable(&variables, "FROM_HOST"), 0);
	ck_assert_int_eq(gcr_add_variable(&variables, "NOT_THERE"), 0);
	ck_assert_int_eq(gcr_add_variable(&variables, "EMPTY="), 0);
	ck_assert_int_eq(gcr_fresh_environment(variables), 0);
	ck_assert_str_eq(getenv("A"), "1=2");
	ck_assert_str_eq(getenv("HOME"), "/h");
	ck_assert_str_eq(getenv("FROM_HOST"), "here");
	ck_assert_str_eq(getenv("EMPTY"), "");
	ck_assert_ptr_null(getenv("NOT_THERE"));
	ck_assert_ptr_null(getenv("TERM"));
	free(variables); // the variables themselves are the environment's
}
END_TEST

START_TEST(variable_needs_a_name)
{
	char **variables = NULL;

	ck_assert_int_eq(gcr_add_variable(&variables, "=x"), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(gcr_add_variable(&variables, ""), -1);
}
END_TEST

static const struct {
	const char *command;
	int status;
	const char *text;
} failures[] = {
	{ "nosuchcommand", GCR_NOT_FOUND, "gcr: nosuchcommand: not found in PATH=" },
	{ "/nosuchcommand", GCR_NOT_FOUND, "gcr: /nosuchcommand: No such file or directory\n" },
	{ "/etc", GCR_CANNOT_EXEC, "gcr: /etc is a directory\n" },
};

START_TEST(failed_exec_has_a_status)
{
	char *command[] = { (char *)failures[_i].command, NULL };

	capture_stderr();
	ck_assert_int_eq(STATUS_OF(gcr_exec(command)), failures[_i].status);
	ck_assert_ptr_eq(strstr(captured_stderr(), failures[_i].text), captured_stderr());
}
END_TEST

START_TEST(command_is_found_in_path)
{
	char *command[] = { "sh", "-c", "exit 9", NULL };

	ck_assert_int_eq(STATUS_OF(gcr_exec(command)), 9);
}
END_TEST

TCase *exec_tests(void)
{
	TCase *tests = tcase_create("exec");

	tcase_add_test(tests, environment_is_fresh);
	tcase_add_test(tests, noted_variables_are_added);
	tcase_add_test(tests, variable_needs_a_name);
	tcase_add_loop_test(
		tests, failed_exec_has_a_status, 0, (int)(sizeof(failures) / sizeof(*failures)));
	tcase_add_test(tests, command_is_found_in_path);
	return tests;
}
