// IPv4 addresses, with the network that they are in (ip(7)).

#ifndef ADDRESS_H
#define ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>

// An address in a network, as in 10.0.0.42/24.
struct net_address {
	struct in_addr address;
	unsigned prefix; // the length of the network's part, in bits
};

// Reads that. Errors: EINVAL if it is none.
int net_parse_address(const char *text, struct net_address *address);

// Writes it to text. Returns text.
#define NET_ADDRESS_TEXT sizeof("255.255.255.255/32")
const char *net_address_text(struct net_address address, char text[NET_ADDRESS_TEXT]);

// The n-th address of the network that an address is in.
struct net_address net_nth_address(struct net_address of, uint32_t n);

#endif
