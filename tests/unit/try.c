#include "unit.h"

#include <errno.h>

START_TEST(try_gives_the_value_of_the_call)
{
	capture_stderr();
	ck_assert_int_eq(TRY(getpid(), "why"), getpid());
	ck_assert_str_eq(captured_stderr(), "");
}
END_TEST

START_TEST(try_dies_with_the_call_as_written)
{
	capture_stderr();
	ck_assert_int_eq(STATUS_OF((void)TRY(chdir("/none"), "why")), 125);
	ck_assert_str_eq(captured_stderr(), "gcr: chdir(\"/none\"): No such file or directory\n");
}
END_TEST

START_TEST(try_adds_the_hint_of_call_and_errno)
{
	static const struct gcr_hint others[] = { { "mkdir", ENOENT, "wrong table" }, { 0 } };
	static const struct gcr_hint hints[] = {
		{ "chdir", EPERM, "wrong errno" },
		{ "mkdir", ENOENT, "wrong call" },
		{ "chdir", ENOENT, "wrong content", "/proc/sys/kernel/ostype", "Windows" },
		{ "chdir", ENOENT, "no file", "/none", "" },
		{ "chdir", ENOENT, "make it", "/proc/sys/kernel/ostype", "Linux" },
		{ "chdir", ENOENT, "too late" },
		{ 0 },
	};

	capture_stderr();
	gcr_hints = (const struct gcr_hint *const[]){ others, hints, NULL };
	ck_assert_int_eq(STATUS_OF((void)TRY(chdir("/none"), "why")), 125);
	ck_assert_str_eq(
		captured_stderr(), "gcr: chdir(\"/none\"): No such file or directory: make it\n");
}
END_TEST

START_TEST(explain_tells_the_call_and_its_reason)
{
	capture_stderr();
	gcr_explaining = true;
	TRY(chdir("/"), "to be at the top");
	ck_assert_str_eq(captured_stderr(), "+ chdir(\"/\")\n      to be at the top\n");
}
END_TEST

START_TEST(tell_lets_a_call_fail)
{
	capture_stderr();
	ck_assert_int_eq(TELL(chdir("/none"), "may be there"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(captured_stderr(), "");
	gcr_explaining = true;
	ck_assert_int_eq(TELL(chdir("/none"), "may be there"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(captured_stderr(), "+ chdir(\"/none\")\n      may be there\n");
}
END_TEST

TCase *try_tests(void)
{
	TCase *tests = tcase_create("try");

	tcase_add_test(tests, try_gives_the_value_of_the_call);
	tcase_add_test(tests, try_dies_with_the_call_as_written);
	tcase_add_test(tests, try_adds_the_hint_of_call_and_errno);
	tcase_add_test(tests, explain_tells_the_call_and_its_reason);
	tcase_add_test(tests, tell_lets_a_call_fail);
	return tests;
}
