// gcr-filter ARCHITECTURE: compiles the profile to a filter, and prints its lines in C (the kernel's seccomp_filter.rst).
// It runs when gcr is built: compiling takes longer than the whole start of a container.

#include "array.h"
#include "profile.h"

#include <err.h>
#include <errno.h>
#include <fnmatch.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS	   1024 // each architecture's system calls have smaller ones
#define X32_BIT	   UINT32_C(0x40000000)
#define MAX_GROUPS 64

// A processor runs programs of two architectures. To a filter, x32 is x86-64 with other numbers.
static const struct processor {
	const char *names; // as uname -m has them, a pattern of fnmatch(3)
	struct architecture {
		uint32_t audit; // what a filter sees
		uint32_t tokens[2]; // what libseccomp calls its sets of numbers
	} architectures[2];
} processors[] = {
	{ "@(x86_64|i[3-6]86)", { { AUDIT_ARCH_X86_64, { SCMP_ARCH_X86_64, SCMP_ARCH_X32 } },
					{ AUDIT_ARCH_I386, { SCMP_ARCH_X86 } } } },
	{ "aarch64", { { AUDIT_ARCH_AARCH64, { SCMP_ARCH_AARCH64 } },
			     { AUDIT_ARCH_ARM, { SCMP_ARCH_ARM } } } },
};

// What becomes of a system call.
struct verdict {
	uint64_t conditional; // bit N is set if the profile's group N has it, with conditions
	int otherwise; // the error if none of these conditions hold, or 0 if it is allowed then
};

// The system calls from this number on, up to the next range's.
struct range {
	uint32_t first;
	struct verdict verdict;
};
struct ranges {
	struct range list[4096];
	size_t count;
};

// A filter is written from its last line to its first, since a line can jump only to lines that follow it. A line is known by
// its index. Each function that adds lines returns the first of them: the one to jump to.
struct filter {
	struct sock_filter lines[BPF_MAXINSNS];
	size_t first;
};

static size_t add_line(struct filter *filter, struct sock_filter line)
{
	if (filter->first == 0)
		errx(1, "the filter has more lines than the kernel takes");
	filter->lines[--filter->first] = line;
	return filter->first;
}

static size_t add_load(struct filter *filter, size_t offset)
{
	return add_line(
		filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

// How many lines a jump from the next line that is added passes over.
static size_t distance(const struct filter *filter, size_t line)
{
	return line - filter->first;
}

// A comparison jumps over 255 lines at most. Returns the line, or one that jumps there.
static size_t within_reach(struct filter *filter, size_t line)
{
	if (distance(filter, line) < UINT8_MAX)
		return line;
	return add_line(filter,
		(struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance(filter, line)));
}

static size_t add_comparison(
	struct filter *filter, uint16_t comparison, uint32_t value, size_t yes, size_t no)
{
	yes = within_reach(filter, yes);
	no = within_reach(filter, no);
	return add_line(
		filter, (struct sock_filter)BPF_JUMP(BPF_JMP | comparison | BPF_K, value,
				(uint8_t)distance(filter, yes), (uint8_t)distance(filter, no)));
}

// Returns a line that ends the filter. One that is within reach serves again.
static size_t find_return(struct filter *filter, uint32_t action)
{
	for (size_t i = filter->first; i < COUNT(filter->lines) && distance(filter, i) < UINT8_MAX;
		i++)
		if (filter->lines[i].code == (BPF_RET | BPF_K) && filter->lines[i].k == action)
			return i;
	return add_line(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static size_t find_return_of(struct filter *filter, int error)
{
	return find_return(filter, error ? SECCOMP_RET_ERRNO | (uint32_t)error : SECCOMP_RET_ALLOW);
}

// Adds the lines for one group. They do what it says if its conditions hold, and else go to the line otherwise.
static size_t add_group(struct filter *filter, const struct syscall_group *group, size_t otherwise)
{
	size_t next = find_return_of(filter, group->error);

	for (size_t i = 0; i < COUNT(group->conditions); i++) {
		const struct condition *condition = &group->conditions[i];
		if (condition->mask == 0)
			continue;
		add_comparison(filter, BPF_JEQ, condition->value, next, otherwise);
		add_line(filter,
			(struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, condition->mask));
		// Both processors are little-endian: the lower half comes first.
		next = add_load(filter, offsetof(struct seccomp_data, args[condition->argument]));
	}
	return next;
}

static size_t add_verdict(struct filter *filter, struct verdict verdict)
{
	size_t next = find_return_of(filter, verdict.otherwise);

	for (size_t i = MAX_GROUPS; i-- > 0;)
		if (verdict.conditional & UINT64_C(1) << i)
			next = add_group(filter, &profile[i], next);
	return next;
}

// Adds a binary search for the range that has the system call's number.
static size_t add_search(struct filter *filter, const struct range *ranges, size_t count)
{
	if (count > 1) {
		size_t half = count / 2;
		size_t lower = add_search(filter, ranges, half);
		size_t upper = add_search(filter, ranges + half, count - half);
		return add_comparison(filter, BPF_JGE, ranges[half].first, upper, lower);
	}
	return add_verdict(filter, ranges->verdict);
}

static bool has_name(const char *names, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = names; (at = strstr(at, name)); at += length)
		if ((at == names || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

static struct verdict verdict_of(uint32_t token, uint32_t number)
{
	char *name = seccomp_syscall_resolve_num_arch(token, (int)number);
	struct verdict verdict = { 0, ENOSYS };

	for (size_t i = 0; name && profile[i].names; i++) {
		if (!has_name(profile[i].names, name))
			continue;
		if (!profile[i].conditions[0].mask) {
			verdict.otherwise = profile[i].error;
			break;
		}
		verdict.conditional |= UINT64_C(1) << i;
	}
	free(name);
	return verdict;
}

static bool same_verdict(struct verdict a, struct verdict b)
{
	return a.conditional == b.conditional && a.otherwise == b.otherwise;
}

static void add_range(struct ranges *ranges, uint32_t first, struct verdict verdict)
{
	if (ranges->count > 0 && same_verdict(ranges->list[ranges->count - 1].verdict, verdict))
		return;
	if (ranges->count == COUNT(ranges->list))
		errx(1, "too many ranges of system calls");
	ranges->list[ranges->count++] = (struct range){ first, verdict };
}

static void find_ranges(struct ranges *ranges, const struct architecture *architecture)
{
	for (size_t i = 0; i < COUNT(architecture->tokens) && architecture->tokens[i]; i++) {
		uint32_t token = architecture->tokens[i],
			 x32 = token == SCMP_ARCH_X32 ? X32_BIT : 0;
		for (uint32_t number = 0; number <= NUMBERS; number++)
			add_range(ranges, x32 | number, verdict_of(token, x32 | number));
	}
}

// The kernel kills a program of an architecture that the filter does not know. There is none.
static void add_architectures(struct filter *filter, const struct processor *processor)
{
	size_t next = find_return(filter, SECCOMP_RET_KILL_PROCESS);

	for (size_t i = 0; i < COUNT(processor->architectures); i++) {
		const struct architecture *architecture = &processor->architectures[i];
		struct ranges ranges = { .count = 0 };

		find_ranges(&ranges, architecture);
		add_search(filter, ranges.list, ranges.count);
		size_t search = add_load(filter, offsetof(struct seccomp_data, nr));
		next = add_comparison(filter, BPF_JEQ, architecture->audit, search, next);
	}
	add_load(filter, offsetof(struct seccomp_data, arch));
}

// A name that libseccomp does not know is a mistake in the profile.
static void check_profile(void)
{
	for (const struct syscall_group *group = profile; group->names; group++) {
		char *rest = strdupa(group->names);

		for (char *name; (name = strsep(&rest, " "));)
			if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
				errx(1, "profile.c: there is no system call '%s'", name);
		if (group == &profile[MAX_GROUPS - 1])
			errx(1, "profile.c has more than %d groups", MAX_GROUPS - 1);
	}
}

int main(int argc, char *argv[])
{
	static struct filter filter = { .first = COUNT(filter.lines) };
	const struct processor *processor = processors;

	while (processor < processors + COUNT(processors) &&
		fnmatch(processor->names, argc > 1 ? argv[1] : "", FNM_EXTMATCH) != 0)
		processor++;
	if (processor == processors + COUNT(processors))
		errx(1, "no profile for the architecture '%s'", argc > 1 ? argv[1] : "");
	check_profile();
	add_architectures(&filter, processor);
	for (size_t i = filter.first; i < COUNT(filter.lines); i++)
		printf("{ 0x%02x, %u, %u, 0x%08x },\n", filter.lines[i].code, filter.lines[i].jt,
			filter.lines[i].jf, filter.lines[i].k);
}
