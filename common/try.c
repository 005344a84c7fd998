// What TRY() does if a call fails.

#include "try.h"
#include "fd.h"

#include <errno.h>
#include <string.h>

const struct gcr_hint *const *gcr_hints;

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

// Whether the hint's file, if it names one, starts as the hint says.
static bool applies(const struct gcr_hint *hint)
{
	char text[64];

	return !hint->file || (gcr_read_file(hint->file, text, sizeof(text)) == 0 &&
				      starts_with(text, hint->start));
}

#define TOO_MANY_NAMESPACES \
	"there are too many namespaces: sysctl -a --pattern '^user.max_' tells the limits"

// Hints for every step: what the machine may run out of, and what may vanish meanwhile.
static const struct gcr_hint losses[] = {
	{ "gcr_clone", ENOSPC, TOO_MANY_NAMESPACES },
	{ "unshare(", ENOSPC, TOO_MANY_NAMESPACES },
	{ "gcr_", EAGAIN, "there are too many processes, by ulimit -u or pids.max of the cgroup" },
	{ "", EMFILE, "gcr opens some 20 files, and one for each port: ulimit -n 256" },
	{ "gcr_open_rootfs", ESTALE, "another directory has the name of the rootfs now" },
	{ "mount_setattr(root", EINVAL, "the rootfs was removed meanwhile" },
	{ 0 },
};

static const char *find_hint(const struct gcr_hint *hints, const char *call, int error)
{
	for (const struct gcr_hint *hint = hints; hint->call; hint++)
		if (hint->error == error && starts_with(call, hint->call) && applies(hint))
			return hint->text;
	return NULL;
}

void gcr_die_of(const char *call)
{
	int error = errno;
	const char *hint = NULL;

	for (const struct gcr_hint *const *table = gcr_hints; table && *table && !hint; table++)
		hint = find_hint(*table, call, error);
	if (!hint)
		hint = find_hint(losses, call, error);
	if (hint)
		die("%s: %s: %s", call, strerror(error), hint);
	die("%s: %s", call, strerror(error));
}
