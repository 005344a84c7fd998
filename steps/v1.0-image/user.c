// The user as whom the command runs.

#include "user.h"
#include "accounts.h"
#include "fd.h"
#include "file.h"
#include "ids.h"
#include "image.h"
#include "try.h"
#include "workdir.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

// Opens a file of accounts of the container's. If there is none, it is empty.
static FILE *open_accounts(const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS, // /proc/self/fd/7 might be a file of the host
	};
	size_t length = 0;
	char *text = "\n";

	int file = gcr_openat2(AT_FDCWD, path, &how);
	if (file == -1 && errno != ENOENT && errno != ENOTDIR)
		die("the container's %s: %s", path, strerror(errno));
	if (file != -1)
		text = read_small_file(file, path, &length);
	FILE *accounts = fmemopen(text, length ? length : 1, "r");
	if (!accounts)
		die("the container's %s: %s", path, strerror(errno));
	return accounts;
}

static struct account find_own_account(void)
{
	FILE *passwd = open_accounts("/etc/passwd"), *group = open_accounts("/etc/group");
	struct account account = find_account(image_user(), passwd, group);

	fclose(passwd);
	fclose(group);
	return account;
}

// Whether a map has an id of the container's (user_namespaces(7)).
static bool is_mapped(const char *map, unsigned id)
{
	char text[GCR_ID_MAP_SIZE];
	unsigned first, count;

	TRY(gcr_read_file(map, text, sizeof(text)), "the ids that the container has", map);
	for (const char *line = text; line && sscanf(line, "%u %*u %u", &first, &count) == 2;
		line = strchr(line + 1, '\n'))
		if (id >= first && id - first < count)
			return true;
	return false;
}

static void require_mapped(const char *kind, const char *map, unsigned id)
{
	if (!is_mapped(map, id))
		die("user '%s': the container has no %s with the id %u, as its root has too few "
		    "subordinate ids: scripts/doctor subids says what to do",
			image_user(), kind, id);
}

// No file of the container's can belong to a group that is not mapped. So leaving such groups out takes no right away.
static void leave_out_unmapped_groups(struct account *account)
{
	size_t kept = 0;

	for (size_t i = 0; i < account->count; i++)
		if (is_mapped("/proc/self/gid_map", account->groups[i]))
			account->groups[kept++] = account->groups[i];
	account->count = kept;
}

// An ordinary user's container without subordinate ids may not: it has root's group alone (user_namespaces(7)).
static bool may_set_groups(void)
{
	char text[sizeof("allow\n")];

	TRY(gcr_read_file("/proc/self/setgroups", text, sizeof(text)), "allow or deny");
	return strcmp(text, "deny\n") != 0;
}

// A pipe of pipe(2), and not a FIFO, which has a name on the host.
static bool is_pipe(int fd)
{
	struct statfs filesystem;

	return fstatfs(fd, &filesystem) == 0 && filesystem.f_type == PIPEFS_MAGIC;
}

// Lets the user open /dev/stdout and the like, as runc does. The container's terminal becomes the user's. But a pipe may be the
// caller's, and does not change its owner, or the caller could open its own /dev/stdout no more. Only who may look into
// /proc/PID/fd can open it, whatever its mode.
static void give_streams(uid_t user)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd))
			TRY(fchown(fd, user, (gid_t)-1), "the terminal is its user's");
		else if (user != 0 && is_pipe(fd))
			TELL(fchmod(fd, 0666), "so that its user can open /dev/stdout");
}

void user_become(void)
{
	struct account account = find_own_account();

	require_mapped("user", "/proc/self/uid_map", account.user);
	require_mapped("group", "/proc/self/gid_map", account.group);
	leave_out_unmapped_groups(&account);
	give_streams(account.user);
	if (!image_sets_home() && setenv("HOME", account.home, 1) == -1)
		die("HOME=%s: %s", account.home, strerror(errno));
	if (may_set_groups())
		TRY(setgroups(account.count, account.groups), "the user's groups");
	TRY(setresgid(account.group, account.group, account.group), "the user's group");
	TRY(setresuid(account.user, account.user, account.user),
		"the user; a user who is not root loses all capabilities here");
	workdir_enter();
}
