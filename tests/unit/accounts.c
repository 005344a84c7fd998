#include "../../steps/v1.0-image/accounts.h"
#include "unit.h"

static char passwd[] = "+\n-x:::::::\n+0:x:0:0:::\nroot:x:0:0:root:/root:/bin/sh\n"
		       "not a line of passwd(5)\n"
		       "broken:x:abc:0::/:/bin/sh\n"
		       "web:x:101:102:web:/home/web:/bin/sh\n"
		       "web:x:103:103:another:/:/bin/sh\n"
		       "homeless:x:104:104:::/bin/sh\n"
		       "7:x:107:107::/:/bin/sh\n"
		       "minus:x:4294967295:0::/:/bin/sh\n"
		       "above:x:2147483648:0::/:/bin/sh\n"
		       "astray:x:105:4294967295::/:/bin/sh"; // the last line has no end
static char group[] = "root:x:0:root\n"
		      "adm:x:4:root,web\n"
		      "web:x:102:\n"
		      "broken:x:abc:web\n"
		      "logs:x:55:other,web\n"
		      "logs:x:56:\n"
		      "nearly:x:57:webmaster,we\n"
		      "above:x:2147483648:web\n"
		      "minus:x:4294967295:web\n";

static struct account find(const char *name)
{
	FILE *users = fmemopen(passwd, strlen(passwd), "r");
	FILE *groups = fmemopen(group, strlen(group), "r");
	struct account account = find_account(name, users, groups);

	fclose(users);
	fclose(groups);
	return account;
}

static const struct {
	const char *name, *account; // user, group, groups, home
} found[] = {
	{ "", "0 0 0 4 /root" },
	{ ":", "0 0 0 4 /root" },
	{ "root", "0 0 0 4 /root" },
	{ "0", "0 0 0 4 /root" },
	{ "web", "101 102 102 4 55 /home/web" },
	{ "web:", "101 102 102 4 55 /home/web" },
	{ "101", "101 102 102 4 55 /home/web" },
	{ "000101", "101 102 102 4 55 /home/web" },
	{ "103", "103 103 103 4 55 /" }, // its name is web
	{ "web:logs", "101 55 55 /home/web" },
	{ "web:1234", "101 1234 1234 /home/web" },
	{ "web:0", "101 0 0 /home/web" },
	{ ":logs", "0 55 55 /root" },
	{ "7", "7 0 0 /" }, // a number is an id and no name
	{ "7:8", "7 8 8 /" },
	{ "homeless", "104 104 104 /" },
	{ "2147483647:2147483647", "2147483647 2147483647 2147483647 /" },
};

START_TEST(account_is_found)
{
	struct account account = find(found[_i].name);
	char text[256];
	int length = sprintf(text, "%u %u", account.user, account.group);

	for (size_t i = 0; i < account.count; i++)
		length += sprintf(text + length, " %u", account.groups[i]);
	sprintf(text + length, " %s", account.home);
	ck_assert_str_eq(text, found[_i].account);
	free(account.groups);
	free(account.home);
}
END_TEST

static const struct {
	const char *name, *line;
} refused[] = {
	{ "nobody", "user 'nobody': there is no such name in the container's /etc/passwd" },
	{ "web:nogroup", "group 'nogroup': there is no such name in the container's /etc/group" },
	{ "broken", "user 'broken': there is no such name in the container's /etc/passwd" },
	{ "web:broken", "group 'broken': there is no such name in the container's /etc/group" },
	{ "not a line of passwd(5)", "user 'not a line of passwd(5)': there is no such name in the "
				     "container's /etc/passwd" },
	{ "+", "user '+': there is no such name in the container's /etc/passwd" },
	{ "-1", "user '-1': there is no such name in the container's /etc/passwd" },
	{ "+1", "user '+1': there is no such name in the container's /etc/passwd" },
	{ "a:b:c", "user 'a:b:c': write USER or USER:GROUP" },
	{ "::", "user '::': write USER or USER:GROUP" },
	{ "2147483648", "user '2147483648': an id is a number from 0 to 2147483647" },
	{ "4294967295", "user '4294967295': an id is a number from 0 to 2147483647" },
	{ "18446744073709551616",
		"user '18446744073709551616': an id is a number from 0 to 2147483647" },
	{ "0:4294967295", "group '4294967295': an id is a number from 0 to 2147483647" },
	{ "minus", "user 'minus': an id is a number from 0 to 2147483647" },
	{ "above", "user 'above': an id is a number from 0 to 2147483647" },
	{ "web:minus", "group 'minus': an id is a number from 0 to 2147483647" },
	{ "astray", "group of user 'astray': an id is a number from 0 to 2147483647" },
};

START_TEST(account_is_refused)
{
	char line[256];

	snprintf(line, sizeof(line), "gcr: %s\n", refused[_i].line);
	capture_stderr();
	ck_assert_int_eq(STATUS_OF(find(refused[_i].name)), GCR_FAILED);
	ck_assert_str_eq(captured_stderr(), line);
}
END_TEST

TCase *accounts_tests(void)
{
	TCase *tests = tcase_create("accounts");

	tcase_add_loop_test(tests, account_is_found, 0, COUNT(found));
	tcase_add_loop_test(tests, account_is_refused, 0, COUNT(refused));
	return tests;
}
