// Why a program that is there cannot be executed.

#include "diagnose.h"
#include "array.h"
#include "fd.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

// The machines of elf(5), by the names that images have for them.
static const struct {
	unsigned machine;
	unsigned char order; // of its bytes
	const char *name;
} machines[] = {
	{ EM_X86_64, ELFDATA2LSB, "amd64" },
	{ EM_AARCH64, ELFDATA2LSB, "arm64" },
	{ EM_386, ELFDATA2LSB, "386" },
	{ EM_ARM, ELFDATA2LSB, "arm" },
	{ EM_S390, ELFDATA2MSB, "s390x" },
	{ EM_PPC64, ELFDATA2LSB, "ppc64le" },
	{ EM_PPC64, ELFDATA2MSB, "ppc64" },
	{ EM_RISCV, ELFDATA2LSB, "riscv64" },
	{ EM_MIPS, ELFDATA2LSB, "mipsle" },
	{ EM_MIPS, ELFDATA2MSB, "mips" },
};

// The machine that this is, by such a name. A gcr of 32 bits may run on a machine of 64.
static const char *own_machine(void)
{
	static struct utsname system;

	uname(&system);
	if (strcmp(system.machine, "x86_64") == 0)
		return "amd64";
	if (strcmp(system.machine, "aarch64") == 0)
		return "arm64";
	return fnmatch("i[3-6]86", system.machine, 0) == 0 ? "386" : system.machine;
}

// The beginning of a file, as much as the kernel looks at to tell what it is.
struct head {
	int fd; // -1 if the file cannot be opened
	size_t length;
	union {
		char text[256 + 1]; // ends with a NUL
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr elf32;
		Elf64_Ehdr elf64;
	};
};

static struct head read_head(int fd)
{
	struct head head = { .fd = fd };
	ssize_t got = fd == -1 ? 0 : read(fd, head.text, sizeof(head.text) - 1);

	head.length = got > 0 ? (size_t)got : 0;
	return head;
}

static bool is_elf(const struct head *head)
{
	return head->length >= sizeof(Elf64_Ehdr) && memcmp(head->ident, ELFMAG, SELFMAG) == 0;
}

// The name of the machine that a program is for.
static const char *machine_of(const struct head *head)
{
	// It is at the same place in files of 32 and of 64 bits.
	uint16_t machine = head->elf32.e_machine;

	if (head->ident[EI_DATA] == ELFDATA2MSB)
		machine = __builtin_bswap16(machine);
	for (size_t i = 0; i < COUNT(machines); i++)
		if (machines[i].machine == machine && machines[i].order == head->ident[EI_DATA])
			return machines[i].name;
	return "another architecture";
}

// Reads the name of a program's dynamic loader to path: its segment PT_INTERP. Returns false if it has none.
static bool read_loader(const struct head *head, char path[PATH_MAX])
{
	bool wide = head->ident[EI_CLASS] == ELFCLASS64;
	uint64_t table = wide ? head->elf64.e_phoff : head->elf32.e_phoff;
	size_t size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	unsigned count = wide ? head->elf64.e_phnum : head->elf32.e_phnum;
	union {
		Elf32_Phdr elf32;
		Elf64_Phdr elf64;
	} segment;

	if (!is_elf(head) || head->ident[EI_DATA] != ELFDATA2LSB)
		return false;
	for (unsigned i = 0; i < count; i++) {
		if (pread(head->fd, &segment, size, (off_t)(table + i * size)) != (ssize_t)size)
			return false;
		if ((wide ? segment.elf64.p_type : segment.elf32.p_type) != PT_INTERP)
			continue;
		uint64_t at = wide ? segment.elf64.p_offset : segment.elf32.p_offset;
		ssize_t got = pread(head->fd, path, PATH_MAX - 1, (off_t)at);
		path[got > 0 ? got : 0] = '\0';
		return *path != '\0';
	}
	return false;
}

// Reads the name of a script's interpreter to path, as the kernel does. Returns false if it has none.
static bool read_interpreter(const struct head *head, char path[PATH_MAX])
{
	if (strncmp(head->text, "#!", 2) != 0)
		return false;
	const char *start = head->text + 2 + strspn(head->text + 2, " \t");
	snprintf(path, PATH_MAX, "%.*s", (int)strcspn(start, " \t\n"), start);
	return *path != '\0';
}

static const char *why_not_permitted(const char *path)
{
	struct stat status;
	struct statvfs filesystem;

	if (stat(path, &status) == -1)
		return NULL;
	if (S_ISDIR(status.st_mode))
		return "is a directory";
	if (!S_ISREG(status.st_mode))
		return "is not a regular file";
	if (!(status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return "is not executable: chmod +x";
	if (statvfs(path, &filesystem) == 0 && filesystem.f_flag & ST_NOEXEC)
		return "is on a filesystem that is mounted noexec";
	return NULL;
}

// Names the loader or interpreter of a file if that may be at fault instead; otherwise NULL. Its path goes to path.
static const char *find_needed(
	const char *file, const struct head *head, int error, char path[PATH_MAX])
{
	if (error != ENOENT && (error != EACCES || why_not_permitted(file)))
		return NULL;
	if (read_interpreter(head, path))
		return path[strlen(path) - 1] == '\r' ? NULL : "interpreter";
	return read_loader(head, path) ? "dynamic loader" : NULL;
}

// What is wrong with the file itself; NULL if nothing is found.
static const char *find_fault(const char *file, const struct head *head, int error)
{
	struct stat status;

	if (error == EACCES)
		return why_not_permitted(file);
	if (error == ENOENT && head->fd == -1)
		return lstat(file, &status) == 0 ? "is a symbolic link that leads nowhere"
						 : "is missing";
	if (error == ENOENT && strncmp(head->text, "#!", 2) == 0)
		return "has a first line that ends in CR LF, so the CR counts as a part of the "
		       "interpreter's name: dos2unix";
	if (error != ENOEXEC || head->fd == -1)
		return NULL;
	return is_elf(head)
		       ? "is a damaged program"
		       : "is not a program, and lacks the first line of a script, as in #!/bin/sh";
}

const char *gcr_diagnose(const char *path, int error, char *text, size_t size)
{
	size_t length = (size_t)snprintf(text, size, "%s", path);
	char file[PATH_MAX], needed[PATH_MAX];
	const char *which = "", *what = path, *own = own_machine();

	snprintf(needed, sizeof(needed), "%s", path);
	// The interpreter of a script may be a script, too. execve(2) stops at some depth with ELOOP.
	for (int depth = 0; what && depth < 6 && length < size; depth++) {
		strcpy(file, needed);
		CLEANUP_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		struct head head = read_head(fd);
		const char *machine = is_elf(&head) ? machine_of(&head) : own;
		const char *fault = find_fault(file, &head, error);

		what = find_needed(file, &head, error, needed);
		if (what)
			length += (size_t)snprintf(text + length, size - length,
				"%s needs the %s %s", which, what, needed);
		else if (error != EACCES && strcmp(machine, own) != 0)
			snprintf(text + length, size - length,
				"%s is for %s, and this machine is %s", which, machine, own);
		else if (fault)
			snprintf(text + length, size - length, "%s %s", which, fault);
		else
			snprintf(text + length, size - length, ": %s", strerror(error));
		which = ", which";
	}
	return text;
}
