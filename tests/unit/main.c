#include "unit.h"

#include <sys/mman.h>
#include <sys/wait.h>

static int captured = -1;

void capture_stderr(void)
{
	captured = memfd_create("stderr", MFD_CLOEXEC);
	ck_assert_int_ne(captured, -1);
	ck_assert_int_ne(dup2(captured, STDERR_FILENO), -1);
}

const char *captured_stderr(void)
{
	static char text[8192];
	ssize_t length = pread(captured, text, sizeof(text) - 1, 0);

	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	return text;
}

int wait_status_of(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return gcr_exit_status(status);
}

int main(void)
{
	TCase *(*const tests[])(void) = { log_tests, try_tests, cli_tests, parse_tests,
		rootfs_tests, id_tests, process_tests, program_tests, ids_tests, exec_tests,
		fd_tests, relay_tests, streams_tests, address_tests, netlink_tests, ports_tests,
		accounts_tests, config_tests };
	Suite *suite = suite_create("libgcr");

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		suite_add_tcase(suite, tests[i]());

	SRunner *runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
