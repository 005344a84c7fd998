// Subordinate ids: which other users and groups may be mapped into a container.

#ifndef GCR_IDS_H
#define GCR_IDS_H

#include <stdbool.h>
#include <sys/types.h>

// A range of ids: first, first + 1, …, count of them.
struct gcr_id_range {
	unsigned first, count;
};

// Finds the first range of a user in /etc/subuid or /etc/subgid (subuid(5), subgid(5)). Both name the user, by login name
// or number. Errors: those of fopen(3) and read(2); ENOENT if there is none. With an error, the range is empty.
int gcr_find_id_range(const char *path, uid_t uid, struct gcr_id_range *range);

// The ids from 1 on that there are in this process's own user namespace, at most 65535, as /proc/self/uid_map or gid_map
// has it (user_namespaces(7)). The range is empty if there are none. Errors: open(2), read(2).
int gcr_own_id_range(const char *path, struct gcr_id_range *range);

// Reads one line of /etc/subuid: whether it is a valid range of the user with that name and number.
bool gcr_parse_id_range(const char *line, const char *name, uid_t uid, struct gcr_id_range *range);

#endif
