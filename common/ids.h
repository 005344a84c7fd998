// Subordinate ids: which users and groups beside oneself a user may map into a container.

#ifndef GCR_IDS_H
#define GCR_IDS_H

#include <stdbool.h>
#include <sys/types.h>

// A range of ids: first, first + 1, …, count of them.
struct gcr_id_range {
	unsigned first, count;
};

// Finds the first range of user uid in /etc/subuid or /etc/subgid (subuid(5), subgid(5)); path says which. A line names
// the user by login name or number, in /etc/subgid too. Errors: fopen(3), read(2), ENOENT if the user has no range. On
// an error the range is empty.
int gcr_find_id_range(const char *path, uid_t uid, struct gcr_id_range *range);

// Finds the ids from 1 on that exist in this process's own user namespace, at most 65535. path is /proc/self/uid_map or
// gid_map (user_namespaces(7)). The range is empty if there are none. Errors: open(2), read(2).
int gcr_own_id_range(const char *path, struct gcr_id_range *range);

// Reads one line of /etc/subuid into *range. Returns whether it is a valid range of the user called name or uid.
bool gcr_parse_id_range(const char *line, const char *name, uid_t uid, struct gcr_id_range *range);

#endif
