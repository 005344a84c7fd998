// The accounts of a container.

#include "accounts.h"
#include "log.h"
#include "parse.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// USER or GROUP as it was written.
struct wanted {
	const char *text;
	bool is_number;
	unsigned id; // if it is a number
};

// An id of -1 would make setresuid(2) change nothing, and the command would stay root. docker's limit is the same.
static void require_id(const char *kind, const char *text, uint64_t id)
{
	if (id > INT32_MAX)
		die("%s '%s': an id is a number from 0 to %d", kind, text, INT32_MAX);
}

static struct wanted parse_wanted(const char *kind, const char *text)
{
	uint64_t number = 0;
	int result = gcr_parse_number(text, 0, INT32_MAX, &number);

	if (result == -1 && errno == ERANGE)
		require_id(kind, text, UINT64_MAX);
	return (struct wanted){ text, result == 0, (unsigned)number };
}

// Whether an entry is the one that is wanted. The C library also reads + and -, as of NIS, which are no accounts.
static bool fits(const struct wanted *wanted, const char *name, unsigned id)
{
	if (*name == '+' || *name == '-')
		return false;
	return wanted->is_number ? wanted->id == id : strcmp(wanted->text, name) == 0;
}

static const struct passwd *find_user(const struct wanted *wanted, FILE *passwd)
{
	const struct passwd *entry;

	while ((entry = fgetpwent(passwd)) && !fits(wanted, entry->pw_name, entry->pw_uid))
		;
	if (!entry && !wanted->is_number)
		die("user '%s': there is no such name in the container's /etc/passwd",
			wanted->text);
	if (entry)
		require_id("user", entry->pw_name, entry->pw_uid);
	return entry;
}

static gid_t find_group(const struct wanted *wanted, FILE *group)
{
	const struct group *entry;

	while ((entry = fgetgrent(group)) && !fits(wanted, entry->gr_name, entry->gr_gid))
		;
	if (!entry && !wanted->is_number)
		die("group '%s': there is no such name in the container's /etc/group",
			wanted->text);
	if (entry)
		require_id("group", entry->gr_name, entry->gr_gid);
	return entry ? entry->gr_gid : wanted->id;
}

static bool is_member(const char *name, const struct group *group)
{
	for (char **member = group->gr_mem; *member; member++)
		if (strcmp(*member, name) == 0)
			return true;
	return false;
}

static void add_group(struct account *account, gid_t group)
{
	gid_t *more = reallocarray(account->groups, account->count + 1, sizeof(group));

	if (!more)
		die("the groups of a user: %s", strerror(errno));
	account->groups = more;
	account->groups[account->count++] = group;
}

static void add_groups_of(struct account *account, const char *name, FILE *group)
{
	const struct group *entry;

	while ((entry = fgetgrent(group)))
		if (entry->gr_gid != account->group && entry->gr_gid <= INT32_MAX &&
			is_member(name, entry))
			add_group(account, entry->gr_gid);
}

// Splits USER[:GROUP]. Returns GROUP, or "".
static const char *split(const char *name, char user[LOGIN_NAME_MAX])
{
	size_t length = strcspn(name, ":");
	const char *group = name + length + (name[length] == ':');

	if (length >= LOGIN_NAME_MAX || strchr(group, ':'))
		die("user '%s': write USER or USER:GROUP", name);
	snprintf(user, LOGIN_NAME_MAX, "%.*s", (int)length, name);
	return group;
}

static char *find_home(const struct passwd *entry, uid_t user)
{
	const char *home = entry && *entry->pw_dir ? entry->pw_dir : user == 0 ? "/root" : "/";
	char *copy = strdup(home);

	if (!copy)
		die("HOME=%s: %s", home, strerror(errno));
	return copy;
}

struct account find_account(const char *name, FILE *passwd, FILE *group)
{
	char user[LOGIN_NAME_MAX];
	const char *own_group = split(name, user);
	struct wanted wanted = parse_wanted("user", *user ? user : "0");
	const struct passwd *entry = find_user(&wanted, passwd);
	struct account account = {
		.user = entry ? entry->pw_uid : wanted.id,
		.group = entry ? entry->pw_gid : 0,
	};

	account.home = find_home(entry, account.user);
	if (*own_group) {
		wanted = parse_wanted("group", own_group);
		account.group = find_group(&wanted, group);
	}
	require_id("group of user", user, account.group);
	// Its own group is among them: else the command could leave it by a setgid program (CVE-2022-36109).
	add_group(&account, account.group);
	if (entry && !*own_group)
		add_groups_of(&account, entry->pw_name, group);
	return account;
}
