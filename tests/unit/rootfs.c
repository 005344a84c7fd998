#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

// The directory in which the tests run, each with names of its own. Removed even where one fails.
static char base[] = "/tmp/gcr-unit.XXXXXX";

static void make_base(void)
{
	ck_assert_ptr_nonnull(mkdtemp(base));
	ck_assert_int_eq(chdir(base), 0);
	setenv("GCR_ROOTFS_DIR", "own", 1);
	setenv("XDG_DATA_HOME", "data", 1);
}

static void remove_base(void)
{
	char command[sizeof(base) + 8];

	snprintf(command, sizeof(command), "rm -rf %s", base);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(command), 0);
}

static void make(const char *path)
{
	char command[256];

	snprintf(command, sizeof(command), "mkdir -p %s", path);
	ck_assert_int_eq(system(command), 0);
}

static struct gcr_rootfs found;

static const char *find(const char *name)
{
	return gcr_find_rootfs(name, &found) == 0 ? found.path : NULL;
}

START_TEST(places_are_searched_in_order)
{
	make("data/gcr/rootfs/a");
	ck_assert_str_eq(find("a"), "data/gcr/rootfs/a");
	make("rootfs/a");
	ck_assert_str_eq(find("a"), "./rootfs/a");
	make("own/a");
	ck_assert_str_eq(find("a"), "own/a");
}
END_TEST

START_TEST(home_stands_in_for_xdg_data_home)
{
	unsetenv("XDG_DATA_HOME");
	setenv("HOME", "home", 1);
	make("home/.local/share/gcr/rootfs/h");
	ck_assert_str_eq(find("h"), "home/.local/share/gcr/rootfs/h");
}
END_TEST

START_TEST(slash_makes_a_path)
{
	make("rootfs/x");
	make("b");
	char *here = realpath(".", NULL);
	ck_assert_str_eq(find("."), here);
	ck_assert_int_eq(strncmp(find("./b"), here, strlen(here)), 0);
	free(here);
	ck_assert_ptr_null(find("./x"));
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(only_what_was_found_is_opened)
{
	make("found");
	make("other");
	ck_assert_ptr_nonnull(find("./found"));
	ck_assert_int_ne(gcr_open_rootfs(&found), -1);
	ck_assert_int_eq(rename("found", "away"), 0);
	ck_assert_int_eq(gcr_open_rootfs(&found), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(symlink("other", "found"), 0);
	ck_assert_int_eq(gcr_open_rootfs(&found), -1);
	ck_assert_int_eq(errno, ESTALE);
	ck_assert_int_eq(unlink("found"), 0);
	ck_assert_int_eq(symlink("away", "found"), 0);
	ck_assert_int_ne(gcr_open_rootfs(&found), -1);
}
END_TEST

START_TEST(what_is_no_rootfs_is_refused)
{
	char longest[PATH_MAX + 2] = "/";

	make("rootfs");
	ck_assert_int_eq(mknod("rootfs/file", S_IFREG | 0600, 0), 0);
	ck_assert_ptr_null(find("file"));
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_ptr_null(find(""));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(find("/"));
	ck_assert_int_eq(errno, EBUSY);
	memset(longest, 'x', sizeof(longest) - 1);
	ck_assert_ptr_null(find(longest));
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(places_are_told)
{
	char text[64];

	gcr_rootfs_places(text, sizeof(text));
	ck_assert_str_eq(text, "own, ./rootfs, data/gcr/rootfs");
}
END_TEST

TCase *rootfs_tests(void)
{
	TCase *tests = tcase_create("rootfs");

	tcase_add_unchecked_fixture(tests, make_base, remove_base);
	tcase_add_test(tests, places_are_searched_in_order);
	tcase_add_test(tests, home_stands_in_for_xdg_data_home);
	tcase_add_test(tests, slash_makes_a_path);
	tcase_add_test(tests, only_what_was_found_is_opened);
	tcase_add_test(tests, what_is_no_rootfs_is_refused);
	tcase_add_test(tests, places_are_told);
	return tests;
}
