#include "unit.h"

#include <errno.h>
#include <regex.h>
#include <time.h>

static void assert_matches(const char *text, const char *pattern)
{
	regex_t regex;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(
		regexec(&regex, text, 0, NULL, 0) == 0, "'%s' is not like '%s'", text, pattern);
	regfree(&regex);
}

// After 2038, too, in a program of 32 bits.
_Static_assert(sizeof(time_t) == 8, "_TIME_BITS is not set");

START_TEST(log_line_has_the_form_of_the_original)
{
	capture_stderr();
	gcr_log("[run] as pid %d", 5293);
	assert_matches(captured_stderr(),
		"^[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} \\[run\\] as pid 5293\n$");
}
END_TEST

START_TEST(quiet_silences_the_log)
{
	capture_stderr();
	gcr_quiet = true;
	gcr_log("a");
	gcr_print("b");
	ck_assert_str_eq(captured_stderr(), "");
}
END_TEST

START_TEST(warning_is_not_silenced)
{
	capture_stderr();
	gcr_quiet = true;
	errno = EXDEV;
	gcr_warn("%d is left", 1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_str_eq(captured_stderr(), "gcr: warning: 1 is left\n");
}
END_TEST

START_TEST(log_keeps_errno)
{
	capture_stderr();
	errno = EXDEV;
	gcr_log("a");
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(long_line_is_cut_and_ended)
{
	char text[8000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	capture_stderr();
	gcr_print("%s", text);
	ck_assert_uint_eq(strlen(captured_stderr()), 4096);
	ck_assert_int_eq(captured_stderr()[4095], '\n');
}
END_TEST

START_TEST(join_puts_the_separator_between)
{
	char *words[] = { "ubuntu", "bash", NULL };
	char *none[] = { NULL };
	char text[32];

	ck_assert_str_eq(gcr_join(words, ", ", text, sizeof(text)), "ubuntu, bash");
	ck_assert_str_eq(gcr_join(words, " ", text, 9), "ubuntu b");
	ck_assert_str_eq(gcr_join(none, " ", text, sizeof(text)), "");
}
END_TEST

START_TEST(die_prints_one_line_and_ends_with_125)
{
	capture_stderr();
	ck_assert_int_eq(STATUS_OF(die("no %s", "way")), 125);
	ck_assert_str_eq(captured_stderr(), "gcr: no way\n");
	ck_assert_int_eq(STATUS_OF(die_with(2, "x")), 2);
}
END_TEST

START_TEST(explain_indents_every_line_of_a_reason)
{
	capture_stderr();
	gcr_explaining = getpid();
	gcr_explain("/proc/1/uid_map", "0 0 1\n1 1 9\n");
	ck_assert_str_eq(captured_stderr(),
		"gcr       | /proc/1/uid_map\n          |     0 0 1\n          |     1 1 9\n");
}
END_TEST

START_TEST(explain_tells_the_words_of_a_program)
{
	char *command[] = { "ls", "-l", NULL };

	capture_stderr();
	gcr_explaining = getpid();
	gcr_explain_program(command, "to look");
	ck_assert_str_eq(captured_stderr(), "gcr       | exec ls -l\n          |     to look\n");
}
END_TEST

static void say_goodbye(void)
{
	ck_assert_int_ne(write(STDERR_FILENO, "goodbye\n", 8), -1);
}

static void say_more(void)
{
	ck_assert_int_ne(write(STDERR_FILENO, "more\n", 5), -1);
}

static void say_first(void)
{
	ck_assert_int_ne(write(STDERR_FILENO, "first\n", 6), -1);
}

static noreturn void die_with_words(void)
{
	gcr_at_death(say_goodbye);
	gcr_at_death(say_more);
	gcr_at_death(say_first);
	gcr_at_death(say_more);
	gcr_at_death(say_first);
	die("all");
}

START_TEST(die_calls_the_last_first)
{
	capture_stderr();
	ck_assert_int_eq(STATUS_OF(die_with_words()), GCR_FAILED);
	ck_assert_str_eq(captured_stderr(), "first\nmore\ngoodbye\ngcr: all\n");
}
END_TEST

START_TEST(die_calls_what_was_asked_for)
{
	capture_stderr();
	ck_assert_int_eq(STATUS_OF(die("first")), GCR_FAILED);
	ck_assert_str_eq(captured_stderr(), "gcr: first\n");
	ck_assert_int_eq(STATUS_OF(gcr_at_death(say_goodbye); die_with(7, "asked")), 7);
	ck_assert_str_eq(captured_stderr(), "gcr: first\ngoodbye\ngcr: asked\n");
	ck_assert_int_eq(STATUS_OF(gcr_at_death(NULL); die("no more")), GCR_FAILED);
	ck_assert_str_eq(captured_stderr(), "gcr: first\ngoodbye\ngcr: asked\ngcr: no more\n");
}
END_TEST

TCase *log_tests(void)
{
	TCase *tests = tcase_create("log");

	tcase_add_test(tests, log_line_has_the_form_of_the_original);
	tcase_add_test(tests, quiet_silences_the_log);
	tcase_add_test(tests, warning_is_not_silenced);
	tcase_add_test(tests, log_keeps_errno);
	tcase_add_test(tests, long_line_is_cut_and_ended);
	tcase_add_test(tests, join_puts_the_separator_between);
	tcase_add_test(tests, die_prints_one_line_and_ends_with_125);
	tcase_add_test(tests, die_calls_what_was_asked_for);
	tcase_add_test(tests, die_calls_the_last_first);
	tcase_add_test(tests, explain_indents_every_line_of_a_reason);
	tcase_add_test(tests, explain_tells_the_words_of_a_program);
	return tests;
}
