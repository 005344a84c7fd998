#include "unit.h"

#include <errno.h>
#include <stdio.h>

static const struct {
	const char *line;
	bool valid;
	unsigned first, count;
} lines[] = {
	{ "learner:100000:65536\n", true, 100000, 65536 },
	{ "learner:100000:65536", true, 100000, 65536 },
	{ "1000:100000:65536\n", true, 100000, 65536 },
	{ "learner:0x186a0:0200000\n", true, 100000, 65536 },
	{ "other:100000:65536\n", false },
	{ "learner2:100000:65536\n", false },
	{ "learner:100000\n", false },
	{ "learner:100000:0\n", false },
	{ "learner:0:65536\n", false },
	{ "learner:-1:65536\n", false },
	{ "learner:4294967295:2\n", false },
	{ "learner:9999999999:1\n", false },
	{ "learner:99999999999999999999:1\n", false },
	{ "learner:1:18446744073709551615\n", false },
	{ "learner:100000:65536:1\n", false },
	{ "learner:x:65536\n", false },
	{ ":100000:65536\n", false },
	{ "# learner:100000:65536\n", false },
	{ "\n", false },
	{ "", false },
};

START_TEST(line_of_subuid_is_read)
{
	struct gcr_id_range range = { 0 };

	ck_assert_int_eq(
		gcr_parse_id_range(lines[_i].line, "learner", 1000, &range), lines[_i].valid);
	if (lines[_i].valid) {
		ck_assert_uint_eq(range.first, lines[_i].first);
		ck_assert_uint_eq(range.count, lines[_i].count);
	}
}
END_TEST

static const char path[] = "/tmp/gcr-unit.subuid";

static void write_ranges(const char *text)
{
	FILE *file = fopen(path, "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void remove_ranges(void)
{
	unlink(path);
}

START_TEST(first_range_of_the_user_is_found)
{
	struct gcr_id_range range;

	write_ranges("nobody:1:2\nbroken\nroot:100000:65536\nroot:5:6\n");
	ck_assert_int_eq(gcr_find_id_range(path, 0, &range), 0);
	ck_assert_uint_eq(range.first, 100000);
	ck_assert_uint_eq(range.count, 65536);
}
END_TEST

START_TEST(end_of_a_long_line_is_no_line)
{
	struct gcr_id_range range;
	char text[1024] = "#";

	for (int length = 1; length < 600; length++) {
		text[length] = '-';
		strcpy(text + length + 1, "root:1:2\nroot:100000:65536\n");
		write_ranges(text);
		ck_assert_int_eq(gcr_find_id_range(path, 0, &range), 0);
		ck_assert_uint_eq(range.first, 100000);
	}
}
END_TEST

START_TEST(none_is_an_empty_range)
{
	struct gcr_id_range range = { 7, 7 };

	write_ranges("nobody:1:2\n");
	ck_assert_int_eq(gcr_find_id_range(path, 0, &range), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_uint_eq(range.count, 0);
	ck_assert_int_eq(gcr_find_id_range("/none", 0, &range), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

// Becomes a user, and finds the first of its subordinate ids.
static unsigned first_id_as(uid_t user)
{
	struct gcr_id_range range = { 0 };

	if (seteuid(user) == 0)
		gcr_find_id_range(path, user, &range);
	return range.first;
}

START_TEST(user_outside_passwd_is_found_by_number_or_user)
{
	struct gcr_id_range range;

	write_ranges("123456789:1000:10\nfar:2000:10\n");
	unsetenv("USER");
	ck_assert_int_eq(gcr_find_id_range(path, 123456789, &range), 0);
	ck_assert_uint_eq(range.first, 1000);
	setenv("USER", "far", 1); // it says who the caller is, not who others are
	ck_assert_int_eq(gcr_find_id_range(path, 123456788, &range), -1);
	ck_assert_int_eq(gcr_find_id_range(path, 0, &range), -1);
	if (geteuid() != 0)
		return; // the rest takes another user
	// In a child: LeakSanitizer cannot look into a process that has changed its user.
	ck_assert_int_eq(STATUS_OF(_exit(first_id_as(123456788) == 2000 ? 0 : 1)), 0);
}
END_TEST

static void check_own_range(const char *map, unsigned count)
{
	struct gcr_id_range range;

	write_ranges(map);
	ck_assert_int_eq(gcr_own_id_range(path, &range), 0);
	ck_assert_uint_eq(range.first, 1);
	ck_assert_uint_eq(range.count, count);
}

START_TEST(own_range_is_that_of_the_namespace)
{
	struct gcr_id_range range;

	check_own_range("         0          0 4294967295\n", 65535);
	check_own_range("         0       1000          1\n", 0);
	check_own_range("         0       1000       5000\n", 4999);
	check_own_range(
		"         0       1000          1\n         1     100000       5000\n", 5000);
	check_own_range("         7       1000       5000\n", 0);
	ck_assert_int_eq(gcr_own_id_range("/none", &range), -1);
	ck_assert_uint_eq(range.count, 0);
}
END_TEST

TCase *ids_tests(void)
{
	TCase *tests = tcase_create("ids");

	tcase_add_unchecked_fixture(tests, NULL, remove_ranges);
	tcase_add_loop_test(
		tests, line_of_subuid_is_read, 0, (int)(sizeof(lines) / sizeof(*lines)));
	tcase_add_test(tests, first_range_of_the_user_is_found);
	tcase_add_test(tests, end_of_a_long_line_is_no_line);
	tcase_add_test(tests, none_is_an_empty_range);
	tcase_add_test(tests, user_outside_passwd_is_found_by_number_or_user);
	tcase_add_test(tests, own_range_is_that_of_the_namespace);
	return tests;
}
