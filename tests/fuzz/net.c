// The host's resolv.conf, the helper's answer, and /proc/PID/gid_map.

#include "../../steps/v0.7-net/net.c"
#include "fuzz.h"

#include <arpa/inet.h>
#include <sys/mman.h>

// As the C library reads a line (resolv.conf(5)): the server that it names, or NULL.
static char *read_server(char *line)
{
	char *keyword = strsep(&line, " \t"), *server = line ? line + strspn(line, " \t") : NULL;

	if (!server || !*server || strcmp(keyword, "nameserver") != 0)
		return NULL;
	server[strcspn(server, " \t")] = '\0';
	return server;
}

static void check_resolv_conf(const char *text)
{
	char *copy = strdup(text), *lines = copy, *line;
	bool wanted = false, resolved = false;

	if (strlen(text) < 4096) {
		while ((line = strsep(&lines, "\n"))) {
			char *server = read_server(line);
			resolved |= server && strcmp(server, "127.0.0.53") == 0;
			struct in_addr four;
			wanted |= server && inet_pton(AF_INET, server, &four) == 1 &&
				  strncmp(server, "127.", 4) != 0 && strncmp(server, "0.", 2) != 0;
		}
		const char *path = find_resolv_conf();
		assert(path && strcmp(path, resolved ? UPSTREAM : RESOLV_CONF) == 0);
		assert(resolved || !*fuzz_said == wanted);
	}
	free(copy);
}

static void check_answer(const char *text, size_t size)
{
	static int file = -1;
	struct net_address address;
	char printed[NET_ADDRESS_TEXT];

	if (file == -1)
		file = memfd_create("answer", MFD_CLOEXEC);
	assert(ftruncate(file, 0) == 0 && pwrite(file, text, size, 0) == (ssize_t)size);
	assert(lseek(file, 0, SEEK_SET) == 0);
	if (STATUS_OF(address = read_answer(file)) != -1 || size > 63)
		return; // it is a line of 19 bytes at most
	net_address_text(address, printed);
	assert(strncmp(printed, text, strcspn(text, "/") + 1) == 0);
	assert((unsigned)atoi(strchr(text, '/') + 1) == address.prefix);
}

static void check_ping(void)
{
	unsigned last;
	char end;

	assert(set_ping_group_range(0) == 0 && sscanf(fuzz_written, "0 %u%c", &last, &end) == 1);
}

void fuzz(char *input, size_t size)
{
	fuzz_file = input;
	mode = NET_BRIDGED;
	check_resolv_conf(input);
	check_ping();
	check_answer(input, size);
}
