// File descriptors.

#include "fd.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int gcr_open_standard_fds(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		// open() returns the lowest free descriptor, which is fd.
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) == -1)
			return -1;
	return 0;
}

int gcr_close_inherited_fds(void)
{
	// A leaked descriptor of a directory is a way out of the container (CVE-2024-21626). Descriptors
	// are closed on exec and not now, because a sanitizer or profiler may use some of them until then.
	return close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

int gcr_read_file(const char *path, char *text, size_t size)
{
	CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got = 0;

	*text = '\0';
	if (fd == -1)
		return -1;
	while (length < size - 1 && (got = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	return got == -1 ? -1 : 0;
}

int gcr_write_file(const char *path, const char *text)
{
	gcr_explain(path, text);
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	// The files of /proc and /sys take a whole text or nothing, so a short write needs no check.
	return fd == -1 || write(fd, text, strlen(text)) == -1 ? -1 : 0;
}

int gcr_openat2(int directory, const char *path, const struct open_how *how)
{
	int fd, tries = 100;

	do
		fd = (int)syscall(SYS_openat2, directory, path, how, sizeof(*how));
	while (fd == -1 && errno == EAGAIN && --tries > 0);
	return fd;
}

void gcr_cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd != -1)
		close(*fd);
	errno = saved;
}
