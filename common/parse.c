// Numbers, sizes and addresses of the command line.

#include "gcr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The digits that the text starts with; *rest is what follows them.
static int parse_digits(const char *text, uint64_t *number, const char **rest)
{
	size_t digits = strspn(text, "0123456789"); // strtoull(3) would take a sign and spaces

	if (digits == 0)
		return errno = EINVAL, -1;
	errno = 0;
	*number = strtoull(text, NULL, 10);
	*rest = text + digits;
	return errno == ERANGE ? -1 : 0;
}

int gcr_parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	const char *rest;

	if (parse_digits(text, number, &rest) == -1)
		return -1;
	if (*rest)
		return errno = EINVAL, -1;
	if (*number < least || *number > most)
		return errno = ERANGE, -1;
	return 0;
}

int gcr_parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "BKMGT"; // each 1024 of the one before
	const char *rest, *unit = units;

	if (parse_digits(text, bytes, &rest) == -1)
		return -1;
	if (*rest) {
		unit = strchr(units, *rest & ~0x20); // in either case
		if (!unit || !*unit || rest[1])
			return errno = EINVAL, -1;
	}
	unsigned shift = 10 * (unsigned)(unit - units);
	if (*bytes > (uint64_t)INT64_MAX >> shift)
		return errno = ERANGE, -1;
	*bytes <<= shift;
	return 0;
}

int gcr_parse_address(const char *text, struct gcr_address *address)
{
	char dotted[INET_ADDRSTRLEN];
	size_t length = strcspn(text, "/");
	uint64_t prefix;

	if (text[length] != '/' || length >= sizeof(dotted))
		return errno = EINVAL, -1;
	snprintf(dotted, sizeof(dotted), "%.*s", (int)length, text);
	if (inet_pton(AF_INET, dotted, &address->address) != 1 ||
		gcr_parse_number(text + length + 1, 0, 32, &prefix) == -1)
		return errno = EINVAL, -1;
	address->prefix = (unsigned)prefix;
	return 0;
}

const char *gcr_address_text(struct gcr_address address, char text[GCR_ADDRESS_TEXT])
{
	size_t length;

	inet_ntop(AF_INET, &address.address, text, GCR_ADDRESS_TEXT);
	length = strlen(text);
	snprintf(text + length, GCR_ADDRESS_TEXT - length, "/%u", address.prefix);
	return text;
}

static int parse_port(const char *text, in_port_t *port)
{
	uint64_t number;

	if (gcr_parse_number(text, 1, 65535, &number) == -1)
		return errno = EINVAL, -1;
	*port = htons((uint16_t)number);
	return 0;
}

// 127.0.0.1, or ::1 in brackets.
static int parse_socket_address(char *text, in_port_t port, struct sockaddr_storage *address)
{
	struct sockaddr_in *four = (struct sockaddr_in *)address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
	char *end = text + strlen(text) - 1;

	memset(address, 0, sizeof(*address));
	if (*text == '[' && *end == ']') {
		*end = '\0';
		six->sin6_family = AF_INET6;
		six->sin6_port = port;
		return inet_pton(AF_INET6, text + 1, &six->sin6_addr) == 1 ? 0 : -1;
	}
	four->sin_family = AF_INET;
	four->sin_port = port;
	return inet_pton(AF_INET, text, &four->sin_addr) == 1 ? 0 : -1;
}

// Cuts the text at the last mark in it and returns what follows that; NULL if there is none.
static char *cut_last(char *text, int mark)
{
	char *at = strrchr(text, mark);

	if (!at)
		return NULL;
	*at = '\0';
	return at + 1;
}

int gcr_parse_published(const char *text, struct gcr_published *port)
{
	char copy[128], local[] = "127.0.0.1";
	in_port_t host;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		return errno = EINVAL, -1;
	const char *protocol = cut_last(copy, '/');
	const char *inside = cut_last(copy, ':');
	char *outside = cut_last(copy, ':');
	char *address = outside ? copy : local;

	port->type = protocol && strcmp(protocol, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	if ((protocol && port->type == SOCK_STREAM && strcmp(protocol, "tcp") != 0) || !inside ||
		parse_port(inside, &port->container) == -1 ||
		parse_port(outside ? outside : copy, &host) == -1 ||
		parse_socket_address(address, host, &port->host) == -1)
		return errno = EINVAL, -1;
	return 0;
}
