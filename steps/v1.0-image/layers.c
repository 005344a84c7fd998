// The layers of an image, which several images may share.

#include "layers.h"
#include "beside.h"
#include "fd.h"
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#define AGAIN "make the image again: scripts/img2rootfs -layers -force"

// Returns the path of a layer: the line, from the directory of the list on.
static char *path_of_layer(const char *list, size_t number, const char *line, size_t length)
{
	int directory = (int)(strrchr(list, '/') - list);
	char *path;

	if (length == 0 || length != strlen(line) || *line == '/')
		die("%s: line %zu: it is no name of a directory: " AGAIN, list, number);
	if (asprintf(&path, "%.*s/%s", directory, list, line) == -1)
		die("%s: %s", list, strerror(errno));
	return path;
}

// Locks a layer for as long as gcr runs: scripts/img2rootfs -prune removes no layer that is locked.
static void lock_layer(const char *layer)
{
	int lock = TRY(open(layer, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "a layer", layer);

	if (TELL(flock(lock, LOCK_SH | LOCK_NB), "img2rootfs -prune keeps what is in use") == -1)
		die("%s: %s", layer,
			errno == EWOULDBLOCK ? "img2rootfs -prune is removing it"
					     : strerror(errno));
}

static size_t read_list(FILE *file, const char *path, char *paths[LAYERS_MAX])
{
	char *line = NULL;
	size_t size = 0, count = 0;

	for (ssize_t length; (length = getline(&line, &size, file)) != -1; count++) {
		if (count == LAYERS_MAX)
			die("%s: the image has more than %d layers", path, LAYERS_MAX);
		if (line[length - 1] == '\n')
			line[--length] = '\0';
		paths[count] = path_of_layer(path, count + 1, line, (size_t)length);
		lock_layer(paths[count]);
	}
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	if (count == 0)
		die("%s: it names no layer: " AGAIN, path);
	free(line);
	return count;
}

size_t layers_find(const struct gcr_rootfs *rootfs, char *paths[LAYERS_MAX])
{
	char path[PATH_MAX];
	int list = open_beside(rootfs, ".layers", path);

	if (list == -1) {
		paths[0] = (char *)rootfs->path;
		return 1;
	}
	FILE *file = fdopen(list, "r");
	if (!file)
		die("%s: %s", path, strerror(errno));
	size_t count = read_list(file, path, paths);
	fclose(file);
	return count;
}
