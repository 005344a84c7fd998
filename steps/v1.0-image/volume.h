// A volume, as the command line asks for it.

#ifndef VOLUME_H
#define VOLUME_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum volume_kind {
	VOLUME_BIND, // a directory or file of the host
	VOLUME_TMPFS, // a directory in memory
	VOLUME_OF_IMAGE, // a directory of the image, which stays writable
};

// The numbers that a tmpfs takes (tmpfs(5)).
enum tmpfs_number { TMPFS_SIZE, TMPFS_MODE, TMPFS_UID, TMPFS_GID, TMPFS_INODES, TMPFS_NUMBERS };

struct volume {
	const char *asked; // the option as it was typed, for errors
	enum volume_kind kind;
	char *source; // what is bound; NULL for other kinds
	char *target; // where in the container; as volume_clean_path() writes it
	uint64_t attributes; // MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOEXEC or both
	char numbers[TMPFS_NUMBERS][24]; // as the kernel reads them; "" is the kernel's default
	bool is_file; // the source is no directory
	int tree; // a clone of the source's mounts, not mounted yet (open_tree(2)), or -1
	char place[PATH_MAX]; // where it is mounted: the target without symbolic links; "": not yet
	STAILQ_ENTRY(volume) next;
};

// Read the value of -v, of --mount and of --tmpfs into *volume, of which asked is set. They take text apart, and the volume points
// to its parts. They die with GCR_USAGE if the value is wrong.
void volume_parse_bind(char *text, struct volume *volume);
void volume_parse_mount(char *text, struct volume *volume);
void volume_parse_tmpfs(char *text, struct volume *volume);

// Removes empty parts and "." from an absolute path: "//a/./b/" becomes "/a/b", and "/" becomes "". Errors: EINVAL if the path
// is relative or has a part "..", ENAMETOOLONG.
int volume_clean_path(char *path);

#endif
