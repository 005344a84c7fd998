#include "unit.h"

#include <errno.h>
#include <fcntl.h>

START_TEST(program_is_run)
{
	char *seven[] = { "sh", "-c", "exit 7", NULL };
	char *missing[] = { "nosuchprogram", NULL };

	ck_assert_int_eq(gcr_finish_program(gcr_start_program(seven)), 7);
	ck_assert_int_eq(gcr_start_program(missing), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(program_has_our_descriptors_as_its_own)
{
	char *command[] = { "tr", "a-z", "A-Z", NULL }, text[16] = "";
	int input[2], output[2];

	ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(output, O_CLOEXEC), 0);
	ck_assert_int_eq(write(input[1], "words", 5), 5);
	pid_t program = gcr_start_program_on(command, (const int[]){ input[0], output[1], -1 });
	close(input[1]);
	close(output[1]);
	ck_assert_int_eq(gcr_finish_program(program), 0);
	ck_assert_int_eq(read(output[0], text, sizeof(text) - 1), 5);
	ck_assert_str_eq(text, "WORDS");
}
END_TEST

START_TEST(program_has_our_standard_error)
{
	char *command[] = { "sh", "-c", "echo words >&2", NULL }, text[16] = "";
	int error[2];

	ck_assert_int_eq(pipe2(error, O_CLOEXEC), 0);
	pid_t program = gcr_start_program_on(command, (const int[]){ -1, -1, error[1] });
	close(error[1]);
	ck_assert_int_eq(gcr_finish_program(program), 0);
	ck_assert_int_eq(read(error[0], text, sizeof(text) - 1), 6);
	ck_assert_str_eq(text, "words\n");
}
END_TEST

TCase *program_tests(void)
{
	TCase *tests = tcase_create("program");

	tcase_add_test(tests, program_is_run);
	tcase_add_test(tests, program_has_our_descriptors_as_its_own);
	tcase_add_test(tests, program_has_our_standard_error);
	return tests;
}
