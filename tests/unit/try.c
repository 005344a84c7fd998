#include "unit.h"

#include <errno.h>
#include <stdio.h>

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

START_TEST(values_take_the_place_of_names)
{
	const struct {
		const char *path, *other;
	} the = { "/none/\"it\"\n", "/too" }, *row = &the;
	const char *path = "/no", *path2 = "/no2";
	static char names[3000];

	capture_stderr();
	STATUS_OF((void)TRY(rename(row->path, path), "a, and \"b\", path2", row->path, path));
	STATUS_OF((void)TRY(rename(path2, "path"), "why", path));
	STATUS_OF((void)TRY(rename(path2, row->other), path, path2, row->other));
	memset(names, 'x', sizeof(names) - 1);
	STATUS_OF((void)TRY(chdir(names), "why", names));
	const char *error = strerror(ENOENT);
	char wanted[2048];
	snprintf(wanted, sizeof(wanted),
		"gcr: rename(\"/none/\\\"it\\\"\\n\", \"/no\"): %s\n"
		"gcr: rename(path2, \"path\"): %s\n"
		"gcr: rename(\"/no2\", \"/too\"): %s\n"
		"gcr: chdir(\"%.256s\"...): %s\n",
		error, error, error, names, strerror(ENAMETOOLONG));
	ck_assert_str_eq(captured_stderr(), wanted);
}
END_TEST

START_TEST(hint_is_found_by_the_call_as_written)
{
	static const struct gcr_hint hints[] = { { "chdir(path", ENOENT, "make it" }, { 0 } };
	const char *path = "/none";

	capture_stderr();
	gcr_hints = (const struct gcr_hint *const[]){ hints, NULL };
	ck_assert_int_eq(STATUS_OF((void)TRY(chdir(path), "why", path)), 125);
	ck_assert_str_eq(
		captured_stderr(), "gcr: chdir(\"/none\"): No such file or directory: make it\n");
}
END_TEST

START_TEST(explain_tells_the_call_and_its_reason)
{
	capture_stderr();
	gcr_explaining = getpid();
	TRY(chdir("/"), "to be at the top");
	const char *top = "/";
	TRY(chdir(top), "again", top);
	ck_assert_str_eq(captured_stderr(),
		"gcr       | chdir(\"/\")\n          |     to be at the top\n"
		"gcr       | chdir(\"/\")\n          |     again\n");
}
END_TEST

START_TEST(tell_lets_a_call_fail)
{
	capture_stderr();
	ck_assert_int_eq(TELL(chdir("/none"), "may be there"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(captured_stderr(), "");
	gcr_explaining = getpid();
	ck_assert_int_eq(TELL(chdir("/none"), "may be there"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(
		captured_stderr(), "gcr       | chdir(\"/none\")\n          |     may be there\n");
}
END_TEST

TCase *try_tests(void)
{
	TCase *tests = tcase_create("try");

	tcase_add_test(tests, try_gives_the_value_of_the_call);
	tcase_add_test(tests, try_dies_with_the_call_as_written);
	tcase_add_test(tests, try_adds_the_hint_of_call_and_errno);
	tcase_add_test(tests, values_take_the_place_of_names);
	tcase_add_test(tests, hint_is_found_by_the_call_as_written);
	tcase_add_test(tests, explain_tells_the_call_and_its_reason);
	tcase_add_test(tests, tell_lets_a_call_fail);
	return tests;
}
