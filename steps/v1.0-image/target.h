// Where a volume is mounted: a place in an untrusted rootfs, which is made if it is missing.

#ifndef TARGET_H
#define TARGET_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct target {
	const char *path; // in the container; as volume_clean_path() writes it
	mode_t mode; // of what is made: S_IFDIR or S_IFREG, and permissions
	const char *asked; // what asks for it, for errors
	bool (*may_make_in)(const char *
			directory); // whether something may be made in a directory of the container
};

// Opens a place (O_PATH in open(2)) and makes what is missing of it. Symbolic links are followed, but lead to no place outside of
// root. Writes the path of the place without symbolic links to real. Dies on failure, and if gcr itself needs the place.
int target_open(int root, const struct target *target, char real[PATH_MAX]);

// Returns whether gcr itself needs a place in the container, so that nothing may be mounted on it.
bool target_is_reserved(const char *path);

// Returns whether path is the directory or lies below it. Both are as volume_clean_path() writes them.
bool target_is_in(const char *path, const char *directory);

#endif
