// libFuzzer's side of the fuzzers, and the world as they see it: no file or network but what they say.

#include "fuzz.h"

struct nl_sock;

const char *fuzz_file;
char fuzz_written[4096], fuzz_said[8192];
jmp_buf fuzz_alive;
int fuzz_status;

static bool running; // what libFuzzer does itself is real

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *input = malloc(size + 1); // so that reading beyond it is noticed

	memcpy(input, data, size);
	input[size] = '\0';
	*fuzz_written = *fuzz_said = '\0';
	running = true;
	fuzz(input, size);
	running = false;
	fuzz_file = NULL;
	free(input);
	return 0;
}

// For the linker, a call to NAME is one to __wrap_NAME, and one to __real_NAME is to NAME (--wrap in ld(1)).
noreturn void __real__exit(int status);
noreturn void __real_exit(int status);
ssize_t __real_write(int fd, const void *bytes, size_t size);
FILE *__real_fopen64(const char *path, const char *mode);

static void survive(int status)
{
	if (!running)
		return;
	fuzz_status = status;
	longjmp(fuzz_alive, 1);
}

noreturn void __wrap__exit(int status)
{
	survive(status);
	__real__exit(status);
}

noreturn void __wrap_exit(int status)
{
	survive(status);
	__real_exit(status);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
	if (!running || fd != STDERR_FILENO)
		return __real_write(fd, bytes, size);
	snprintf(fuzz_said, sizeof(fuzz_said), "%.*s", (int)size, (const char *)bytes);
	return (ssize_t)size;
}

static FILE *open_text(void)
{
	return fuzz_file ? fmemopen((char *)fuzz_file, strlen(fuzz_file), "r") : NULL;
}

// So the linker calls fopen where offsets have 64 bits (_FILE_OFFSET_BITS). When it writes down what it has found, libFuzzer is still
// in fuzz().
FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return running && *mode == 'r' ? open_text() : __real_fopen64(path, mode);
}

int __wrap_access(const char *path, int mode)
{
	return (void)path, (void)mode, fuzz_file ? 0 : -1;
}

int __wrap_gcr_read_file(const char *path, char *text, size_t size)
{
	(void)path;
	snprintf(text, size, "%s", fuzz_file ? fuzz_file : "");
	return fuzz_file ? 0 : -1;
}

int __wrap_gcr_write_file(const char *path, const char *text)
{
	(void)path;
	snprintf(fuzz_written, sizeof(fuzz_written), "%s", text);
	return 0;
}

int __wrap_netlink_open(struct nl_sock **socket)
{
	return (void)socket, -1;
}
