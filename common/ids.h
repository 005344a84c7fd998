// Subordinate ids: the other users and groups that a user may map into a container.

#ifndef GCR_IDS_H
#define GCR_IDS_H

#include <stdbool.h>
#include <sys/types.h>

// A line of an id map: the ids inside, inside + 1, …, count of them, are outside, outside + 1, … on the host
// (user_namespaces(7)).
struct gcr_id_range {
	unsigned inside, outside, count;
};

// The lines of an id map. The kernel takes more, but its text may have no more than a page.
#define GCR_MAX_RANGES	100
#define GCR_ID_MAP_SIZE (GCR_MAX_RANGES * sizeof("4294967295 4294967295 4294967295") + 1)
struct gcr_id_map {
	struct gcr_id_range ranges[GCR_MAX_RANGES];
	size_t count;
};

// Adds ids of the host to a map: inside, they follow the ids that it has. Ids that the map already has are left out.
void gcr_add_ids(struct gcr_id_map *map, unsigned first, unsigned count);

// Adds all ranges of user uid in /etc/subuid or /etc/subgid (subuid(5), subgid(5)); path says which. A line names the user by
// login name or number, in /etc/subgid too. Errors: fopen(3), read(2), ENOENT if the user has no range.
int gcr_add_subordinate_ids(struct gcr_id_map *map, const char *path, uid_t uid);

// Adds the ids from 1 on that exist in this process's own user namespace, at most 65535. path is /proc/self/uid_map or
// gid_map. Errors: open(2), read(2).
int gcr_add_own_ids(struct gcr_id_map *map, const char *path);

// Writes a map as the kernel and newuidmap(1) take it: a line for each range. Returns text.
const char *gcr_id_map_text(const struct gcr_id_map *map, char text[GCR_ID_MAP_SIZE]);

// Logs a map of "uid" or "gid".
void gcr_log_id_map(const char *name, const struct gcr_id_map *map);

// Reads one line of /etc/subuid. Returns whether it is a valid range of the user called name or uid.
bool gcr_parse_id_range(
	const char *line, const char *name, uid_t uid, unsigned *first, unsigned *count);

// Starts newuidmap or newgidmap, called mapper, to write the map of a child. Returns its process id. Errors: posix_spawn(3).
pid_t gcr_start_mapper(const char *mapper, pid_t child, const char *map);

// Says why the mapper has failed, if more is known than the mapper has said; otherwise "see above". Returns text.
const char *gcr_why_not_mapped(const char *mapper, char *text, size_t size);

#endif
