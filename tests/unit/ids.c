#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static const struct {
	const char *line;
	bool valid;
	unsigned first, count;
} lines[] = {
	{ "learner:100000:65536\n", true, 100000, 65536 },
	{ "learner:100000:65536", true, 100000, 65536 },
	{ "1000:100000:65536\n", true, 100000, 65536 },
	{ "learner:3000000000:65536\n", true, 3000000000, 65536 },
	{ "learner:100000:3000000000\n", true, 100000, 3000000000 },
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
	unsigned first, count;

	ck_assert_int_eq(gcr_parse_id_range(lines[_i].line, "learner", 1000, &first, &count),
		lines[_i].valid);
	if (lines[_i].valid) {
		ck_assert_uint_eq(first, lines[_i].first);
		ck_assert_uint_eq(count, lines[_i].count);
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

// Asserts the map of the container's root to a user, and of its other ids to those of user 0 in a file of ranges.
static void check_map(const char *ranges, unsigned root, const char *wanted)
{
	struct gcr_id_map map = { .ranges = { { 0, root, 1 } }, .count = 1 };
	char text[GCR_ID_MAP_SIZE];

	write_ranges(ranges);
	ck_assert_int_eq(gcr_add_subordinate_ids(&map, path, 0), 0);
	ck_assert_str_eq(gcr_id_map_text(&map, text), wanted);
}

START_TEST(all_ranges_of_the_user_are_mapped)
{
	check_map("nobody:1:2\nbroken\nroot:100000:65536\nroot:5:6\n0:7777:1\n", 1000,
		"0 1000 1\n1 100000 65536\n65537 5 6\n65543 7777 1\n");
	check_map("root:4294967290:5\nroot:1:4294967290\n", 0,
		"0 0 1\n1 4294967290 5\n6 1 4294967289\n");
}
END_TEST

// The kernel takes no id twice.
START_TEST(what_is_mapped_is_left_out)
{
	check_map("root:1000:1\nroot:231072:65536\n", 1000, "0 1000 1\n1 231072 65536\n");
	check_map("root:990:20\n", 1000, "0 1000 1\n1 990 10\n11 1001 9\n");
	check_map("root:1000:9\n", 1000, "0 1000 1\n1 1001 8\n");
	check_map("root:991:10\n", 1000, "0 1000 1\n1 991 9\n");
	check_map("root:1000:1\n", 1000, "0 1000 1\n");
	check_map("root:50:10\nroot:40:30\nroot:40:30\n", 1000,
		"0 1000 1\n1 50 10\n11 40 10\n21 60 10\n");
}
END_TEST

START_TEST(map_has_an_end)
{
	struct gcr_id_map map = { .count = 0 };
	char text[GCR_ID_MAP_SIZE];

	for (unsigned i = 0; i < 300; i++)
		gcr_add_ids(&map, 4294967000 - 2 * i, 1);
	ck_assert_uint_eq(map.count, GCR_MAX_RANGES);
	ck_assert_uint_lt(strlen(gcr_id_map_text(&map, text)), 4096);
}
END_TEST

START_TEST(end_of_a_long_line_is_no_line)
{
	char text[1024] = "#";

	for (int length = 1; length < 600; length++) {
		text[length] = '-';
		strcpy(text + length + 1, "root:1:2\nroot:100000:65536\n");
		check_map(text, 1000, "0 1000 1\n1 100000 65536\n");
	}
}
END_TEST

START_TEST(none_is_an_empty_range)
{
	struct gcr_id_map map = { .count = 0 };

	write_ranges("nobody:1:2\n");
	ck_assert_int_eq(gcr_add_subordinate_ids(&map, path, 0), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(gcr_add_subordinate_ids(&map, "/none", 0), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(gcr_add_subordinate_ids(&map, "/", 0), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_uint_eq(map.count, 0);
}
END_TEST

// The first of a user's subordinate ids; 0 if there is none.
static unsigned first_id_of(uid_t user)
{
	struct gcr_id_map map = { .count = 0 };

	return gcr_add_subordinate_ids(&map, path, user) == 0 ? map.ranges[0].outside : 0;
}

START_TEST(user_outside_passwd_is_found_by_number_or_user)
{
	write_ranges("123456789:1000:10\nfar:2000:10\n");
	unsetenv("USER");
	ck_assert_uint_eq(first_id_of(123456789), 1000);
	setenv("USER", "far", 1); // it says who the caller is, not who others are
	ck_assert_uint_eq(first_id_of(123456788), 0);
	ck_assert_uint_eq(first_id_of(0), 0);
	if (geteuid() != 0)
		return; // the rest takes another user
	// In a child: LeakSanitizer cannot look into a process that has changed its user.
	ck_assert_int_eq(
		STATUS_OF(_exit(seteuid(123456788) == 0 && first_id_of(123456788) == 2000 ? 0 : 1)),
		0);
}
END_TEST

static void check_own_ids(const char *own, unsigned count)
{
	struct gcr_id_map map = { .ranges = { { 0, 0, 1 } }, .count = 1 };

	write_ranges(own);
	ck_assert_int_eq(gcr_add_own_ids(&map, path), 0);
	ck_assert_uint_eq(map.count, count > 0 ? 2 : 1);
	ck_assert_uint_eq(map.ranges[1].inside, count > 0 ? 1 : 0);
	ck_assert_uint_eq(map.ranges[1].outside, count > 0 ? 1 : 0);
	ck_assert_uint_eq(map.ranges[1].count, count);
}

START_TEST(own_ids_are_those_of_the_namespace)
{
	struct gcr_id_map map = { .count = 0 };

	check_own_ids("         0          0 4294967295\n", 65535);
	check_own_ids("         0       1000          1\n", 0);
	check_own_ids("         0       1000       5000\n", 4999);
	check_own_ids("         0       1000          1\n         1     100000       5000\n", 5000);
	check_own_ids("         7       1000       5000\n", 0);
	ck_assert_int_eq(gcr_add_own_ids(&map, "/none"), -1);
	ck_assert_uint_eq(map.count, 0);
}
END_TEST

static void write_program(const char *file, mode_t mode)
{
	FILE *program = fopen(file, "we");

	ck_assert_ptr_nonnull(program);
	fclose(program);
	ck_assert_int_eq(chmod(file, mode), 0);
}

START_TEST(mapper_without_rights_is_told)
{
	char file[] = "/tmp/gcr-unit.newuidmap", why[256];

	setenv("PATH", "/none:/tmp", 1);
	ck_assert_str_eq(gcr_why_not_mapped("gcr-unit.newuidmap", why, sizeof(why)), "see above");
	write_program(file, 0755);
	ck_assert_str_eq(gcr_why_not_mapped("gcr-unit.newuidmap", why, sizeof(why)),
		"it is neither setuid nor has a capability: sudo chmod u+s "
		"/tmp/gcr-unit.newuidmap");
	write_program(file, 04755);
	ck_assert_str_eq(gcr_why_not_mapped("gcr-unit.newuidmap", why, sizeof(why)), "see above");
	unlink(file);
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_str_eq(gcr_why_not_mapped("gcr-unit.newuidmap", why, sizeof(why)),
		"no_new_privs is set, so it has no rights: start gcr without it");
}
END_TEST

TCase *ids_tests(void)
{
	TCase *tests = tcase_create("ids");

	tcase_add_unchecked_fixture(tests, NULL, remove_ranges);
	tcase_add_loop_test(
		tests, line_of_subuid_is_read, 0, (int)(sizeof(lines) / sizeof(*lines)));
	tcase_add_test(tests, all_ranges_of_the_user_are_mapped);
	tcase_add_test(tests, what_is_mapped_is_left_out);
	tcase_add_test(tests, map_has_an_end);
	tcase_add_test(tests, mapper_without_rights_is_told);
	tcase_add_test(tests, end_of_a_long_line_is_no_line);
	tcase_add_test(tests, none_is_an_empty_range);
	tcase_add_test(tests, user_outside_passwd_is_found_by_number_or_user);
	tcase_add_test(tests, own_ids_are_those_of_the_namespace);
	return tests;
}
