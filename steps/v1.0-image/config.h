// An image's config: what the image says of how to run it (config.md in the OCI image specification).

#ifndef CONFIG_H
#define CONFIG_H

#include "rootfs.h"

#include <stdbool.h>

// What gcr uses of a config. Each list ends with NULL. What the config does not say is an empty list, or "".
struct image_config {
	const char *user; // USER[:GROUP]
	const char *directory; // the working directory: an absolute path
	char **environment; // NAME=VALUE
	char **entrypoint, **command; // together, the words to execute
	char **volumes; // directories: absolute paths
};

// Reads the config beside a rootfs: for rootfs/ubuntu, the file rootfs/ubuntu.json. Returns false if there is none. Dies if the
// file is a symbolic link, belongs to a stranger, or is not as the specification says.
bool config_read(const struct gcr_rootfs *rootfs, struct image_config *config);

// Reads a config from its text, which has a NUL after its end. Ignores what gcr does not use. null is as if nothing was said. Of
// two members with one name the last one counts, as in docker and podman. Dies if one is wrong, and names it.
void config_parse(const char *path, const char *text, size_t length, struct image_config *config);

#endif
