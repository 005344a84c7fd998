// IPv4 addresses, with the length of their network's prefix.

#include "address.h"
#include "parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool net_fits_bridge(struct net_address of)
{
	return of.prefix >= 16 && of.prefix <= 29;
}

int net_parse_address(const char *text, struct net_address *address)
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

const char *net_address_text(struct net_address address, char text[NET_ADDRESS_TEXT])
{
	size_t length;

	inet_ntop(AF_INET, &address.address, text, NET_ADDRESS_TEXT);
	length = strlen(text);
	snprintf(text + length, NET_ADDRESS_TEXT - length, "/%u", address.prefix);
	return text;
}

struct net_address net_nth_address(struct net_address of, uint32_t n)
{
	uint32_t mask = of.prefix == 0 ? 0 : ~0U << (32 - of.prefix);

	of.address.s_addr = htonl((ntohl(of.address.s_addr) & mask) + n);
	return of;
}
