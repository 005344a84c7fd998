// The message about a program that cannot be executed. An input is the whole program.

#include "diagnose.h"
#include "fuzz.h"

#include <limits.h>
#include <sys/mman.h>

extern ssize_t __real_write(int fd, const void *bytes, size_t size);

void fuzz(char *input, size_t size)
{
	static const int errors[] = { ENOENT, ENOEXEC, EACCES, ELOOP };
	char path[32], text[3 * PATH_MAX];
	int file = memfd_create("program", MFD_CLOEXEC);

	assert(file != -1 && __real_write(file, input, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	for (size_t i = 0; i < COUNT(errors); i++) {
		for (size_t room = sizeof(text); room > 0; room /= 4) {
			memset(text, 'x', sizeof(text));
			assert(gcr_diagnose(path, errors[i], text, room) == text);
			assert(strlen(text) < room);
			assert(strncmp(text, path, room < strlen(path) ? room - 1 : strlen(path)) ==
				0);
		}
	}
	close(file);
}
