// The command line. An input is one, each word ended by a NUL as in /proc/PID/cmdline.

#include "fuzz.h"

#define main gcr_main
#include "../../steps/v1.0-image/gcr.c"
#undef main
#include "../../common/exec.c"
#include "../../steps/v0.6-cgroups/limits.c"
#include "../../steps/v0.7-net/net.c"
#include "../../steps/v0.8-ports/ports.c"
#include "../../steps/v0.9-seccomp/syscalls.c"
#include "../../steps/v1.0-image/image.c"
#include "../../steps/v1.0-image/overlay.c"
#include "../../steps/v1.0-image/volumes.c"

enum { WORDS = 32 };

// A process that dies frees nothing.
int __lsan_is_turned_off(void)
{
	return 1;
}

static void forget(void)
{
	for (size_t i = 0; i < LIMITS; i++)
		limits[i].asked = NULL;
	while (ports_any()) {
		struct entry *entry = STAILQ_FIRST(&ports.entries);
		STAILQ_REMOVE_HEAD(&ports.entries, next);
		free(entry);
	}
	hostname = id;
	mode = NET_UNDECIDED;
	unconfined = false;
	kept = NULL;
	kept_below_count = 0;
	memset(&asked, 0, sizeof(asked));
	STAILQ_INIT(&wanted.volumes);
	gcr_quiet = gcr_explaining = false;
}

static int split(char *input, const char *end, char *words[])
{
	int count = 0;

	words[count++] = "gcr";
	for (char *word = input; word < end && count < WORDS; word += strlen(word) + 1)
		words[count++] = word;
	words[count] = NULL;
	return count;
}

// One line says what is wrong. A word that it tells may have what it has not.
static void check_end(int status, bool is_plain)
{
	size_t length = strlen(fuzz_said);

	assert(status == 0 || status == GCR_USAGE || status == GCR_FAILED);
	assert(length == 0 ? status == 0 : strncmp(fuzz_said, "gcr: ", 5) == 0);
	assert(status != 0 || length == 0 || strncmp(fuzz_said, "gcr: warning: ", 14) == 0);
	assert(status == 0 || fuzz_said[length - 1] == '\n');
	assert(status == 0 || !is_plain || strchr(fuzz_said, '\n') == fuzz_said + length - 1);
	assert(!is_plain || !strstr(fuzz_said, "(null)"));
}

// The kernel reads the number that was asked for (it takes a number that starts with 0 as octal).
static void check_limit(const struct limit *limit)
{
	const char *asked = limit->asked, *value = limit->value;

	if (!asked)
		return;
	if (limit == &limits[PIDS] || limit == &limits[IO])
		assert(strtoull(value, NULL, 0) == strtoull(asked, NULL, 10));
	if (limit == &limits[MEMORY])
		assert(strtoull(value, NULL, 0) >= strtoull(asked, NULL, 10));
	if (limit == &limits[CPUS]) {
		char *end;
		double wanted = strtod(asked, &end) * 100000, quota = strtod(value, NULL);
		assert(!*end && quota >= 1000 && quota - wanted < 1 && wanted - quota < 1);
		assert(strcmp(value + strcspn(value, " "), " 100000") == 0);
	}
	if (limit == &limits[CPUSET])
		assert(strcmp(value, asked) == 0);
}

static void check_run(const struct gcr_run *run, char *words[], int count)
{
	int first = 2;

	while (first < count && run->command != words + first)
		first++;
	assert(first <= count && run->name == words[first - 1] && *run->rootfs.path == '/');
	assert(*hostname == '\0' ? hostname == id : !strpbrk(hostname, " \n/\t"));
	assert(strlen(hostname) <= HOST_NAME_MAX && mode <= NET_HOST);
	assert(kept_below_count <= MAX_KEPT);
	for (size_t i = 0; i < LIMITS; i++)
		check_limit(&limits[i]);
}

void fuzz(char *input, size_t size)
{
	char *words[WORDS + 1];
	int count = split(input, input + size, words);
	bool is_plain = !memchr(input, '\n', size) && !memmem(input, size, "(null)", 6);
	struct gcr_run run;

	forget();
	int status = STATUS_OF(gcr_command_line(count, words, &program, &run));
	if (status == -1)
		check_run(&run, words, count);
	else
		check_end(status, is_plain);
}
