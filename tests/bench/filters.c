// How long it takes to compile the profile of v0.9 and to load it: by gcr-filter, and by libseccomp. Prints a line of JSON for
// each filter.
//
//     filters             measures
//     filters --export    writes gcr-filter's, as the kernel takes it

#include "../../common/array.h"
#include "../../steps/v0.9-seccomp/profile.h"

#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 201 };

static struct sock_filter built[] = {
#include "filter.inc"
};

static struct filter {
	const char *name;
	int optimize; // SCMP_FLTATR_CTL_OPTIMIZE in seccomp_attr_set(3), or 0: gcr-filter's
	double compiled; // seconds; 0: when gcr was built
	struct sock_fprog program;
	double loaded[ROUNDS];
} filters[] = {
	{ .name = "gcr-filter", .program = { COUNT(built), built } },
	{ .name = "libseccomp, a list", .optimize = 1 },
	{ .name = "libseccomp, a tree", .optimize = 2 },
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void must(int result)
{
	if (result < 0)
		errx(1, "libseccomp: %s", strerror(-result));
}

// --- libseccomp ------------------------------------------------------------------------------------

static void add_architectures(scmp_filter_ctx context)
{
#ifdef __x86_64__
	must(seccomp_arch_add(context, SCMP_ARCH_X86));
	must(seccomp_arch_add(context, SCMP_ARCH_X32));
#else
	must(seccomp_arch_add(context, SCMP_ARCH_ARM));
#endif
}

static bool has_conditions(const struct syscall_group *group)
{
	return group->conditions[0].mask != 0;
}

// Whether an earlier group decides on the call, for all arguments or for some. libseccomp has no rule for all other arguments.
static bool is_decided(const struct syscall_group *group, const char *name)
{
	for (const struct syscall_group *other = profile; other < group; other++) {
		char names[2048], *rest = names;
		snprintf(names, sizeof(names), "%s", other->names);
		for (char *word; (word = strsep(&rest, " "));)
			if (strcmp(word, name) == 0)
				return !has_conditions(group) || !has_conditions(other);
	}
	return false;
}

static void add_call(scmp_filter_ctx context, const struct syscall_group *group, const char *name)
{
	struct scmp_arg_cmp conditions[COUNT(group->conditions)];
	unsigned int count = 0;
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR || group->error == ENOSYS || is_decided(group, name))
		return;
	for (; count < COUNT(conditions) && group->conditions[count].mask; count++)
		conditions[count] = SCMP_CMP(group->conditions[count].argument, SCMP_CMP_MASKED_EQ,
			group->conditions[count].mask, group->conditions[count].value);
	int result = seccomp_rule_add_array(context,
		group->error ? SCMP_ACT_ERRNO((uint32_t)group->error) : SCMP_ACT_ALLOW, number,
		count, conditions);
	if (result != -EEXIST) // i386's socketcall(2), which has a rule from socket(2)
		must(result);
}

static void compile(struct filter *filter)
{
	double start = now();
	int file = memfd_create("filter", MFD_CLOEXEC);
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));

	add_architectures(context);
	must(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, (uint32_t)filter->optimize));
	for (const struct syscall_group *group = profile; group->names; group++) {
		char names[2048], *rest = names;
		snprintf(names, sizeof(names), "%s", group->names);
		for (char *name; (name = strsep(&rest, " "));)
			add_call(context, group, name);
	}
	must(seccomp_export_bpf(context, file));
	seccomp_release(context);
	filter->compiled = now() - start;

	size_t size = (size_t)lseek(file, 0, SEEK_END);
	filter->program.len = (unsigned short)(size / sizeof(struct sock_filter));
	filter->program.filter = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
}

// --- the kernel ------------------------------------------------------------------------------------

// In a process of its own, because no process gets rid of its filter.
static double load(const struct filter *filter)
{
	int result[2];
	double seconds = 0;

	if (pipe(result) == -1)
		err(1, "pipe");
	if (fork() == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		seconds = now();
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter->program) == -1)
			err(1, "%s", filter->name);
		seconds = now() - seconds;
		_exit(write(result[1], &seconds, sizeof(seconds)) != sizeof(seconds));
	}
	close(result[1]);
	if (read(result[0], &seconds, sizeof(seconds)) != sizeof(seconds))
		errx(1, "%s could not be loaded", filter->name);
	close(result[0]);
	wait(NULL);
	return seconds;
}

static int compare(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

int main(int argc, char *argv[])
{
	if (argc > 1 && strcmp(argv[1], "--export") == 0)
		return fwrite(built, sizeof(*built), COUNT(built), stdout) != COUNT(built);
	for (size_t i = 0; i < COUNT(filters); i++)
		if (filters[i].optimize)
			compile(&filters[i]);
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < COUNT(filters); i++)
			filters[i].loaded[round] = load(&filters[i]);
	for (size_t i = 0; i < COUNT(filters); i++) {
		qsort(filters[i].loaded, ROUNDS, sizeof(double), compare);
		printf("{\"name\": \"%s\", \"lines\": %u, \"compiled_seconds\": %.6f, \"seconds\": "
		       "%.7f}\n",
			filters[i].name, filters[i].program.len, filters[i].compiled,
			filters[i].loaded[ROUNDS / 2]);
	}
	return 0;
}
