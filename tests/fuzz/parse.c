// Numbers, sizes and addresses of the command line.

#include "../../steps/v0.7-net/address.h"
#include "../../steps/v0.8-ports/ports.c"
#include "fuzz.h"

#include <regex.h>

// Reads digits up to the rest; most + 1 stands for all that is more.
static bool read_number(
	const char *text, uint64_t most, unsigned __int128 *number, const char **rest)
{
	for (*number = 0, *rest = text; **rest >= '0' && **rest <= '9'; ++*rest)
		if (*number <= most)
			*number = *number * 10 + (unsigned)(**rest - '0');
	return *rest > text;
}

static void check_number(const char *text, uint64_t least, uint64_t most)
{
	unsigned __int128 wanted;
	const char *rest;
	uint64_t number;
	bool is_one = read_number(text, most, &wanted, &rest) && !*rest;
	int result = gcr_parse_number(text, least, most, &number);

	assert((result == 0) == (is_one && wanted >= least && wanted <= most));
	assert(result == -1 || number == wanted);
	assert(result == 0 || !is_one || errno == ERANGE);
}

static void check_size(const char *text)
{
	static const char units[] = "bBkKmMgGtT";
	unsigned __int128 wanted;
	const char *rest;
	uint64_t bytes;
	bool is_one = read_number(text, INT64_MAX, &wanted, &rest);
	int result = gcr_parse_size(text, &bytes);

	if (is_one && *rest && strchr(units, *rest))
		for (long unit = strchr(units, *rest++) - units; unit > 1; unit -= 2)
			wanted *= 1024;
	assert((result == 0) == (is_one && !*rest && wanted <= INT64_MAX));
	assert(result == -1 || bytes == wanted);
}

static void check_address(const char *text)
{
	char printed[NET_ADDRESS_TEXT];
	struct net_address address;

	if (net_parse_address(text, &address) == -1)
		return;
	net_address_text(address, printed);
	assert(strncmp(printed, text, strcspn(text, "/") + 1) == 0);
	assert(address.prefix <= 32 && address.prefix == strtoull(strchr(text, '/') + 1, NULL, 10));
}

static bool is_published(const char *text)
{
	static const char form[] = "^([0-9]+(\\.[0-9]+){3}:|\\[[0-9a-fA-F:.]+]:)?"
				   "0*[1-9][0-9]{0,4}:0*[1-9][0-9]{0,4}(/tcp|/udp)?$";
	static regex_t compiled;

	if (!compiled.re_nsub)
		assert(regcomp(&compiled, form, REG_EXTENDED) == 0);
	return regexec(&compiled, text, 0, NULL, 0) == 0;
}

static void check_published(const char *text)
{
	struct published port, again;
	char printed[256], host[128];

	memset(&port, 0, sizeof(port));
	memset(&again, 0xff, sizeof(again)); // nothing may count on zeros
	if (ports_parse(text, &port) == -1)
		return;
	assert(is_published(text));
	snprintf(host, sizeof(host), "%s", name_of(&port).text);
	host[strcspn(host, "/")] = '\0';
	snprintf(printed, sizeof(printed), "%s:%u%s", host, ntohs(port.container),
		protocol_of(&port)->suffix);
	assert(ports_parse(printed, &again) == 0);
	assert(memcmp(&port.host, &again.host, sizeof(port.host)) == 0);
	assert(port.container == again.container && port.type == again.type);
}

void fuzz(char *input, size_t size)
{
	(void)size;
	check_number(input, 0, UINT64_MAX);
	check_number(input, 1, 65535);
	check_size(input);
	check_address(input);
	check_published(input);
}
