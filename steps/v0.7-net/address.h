// IPv4 addresses, with the length of their network's prefix (ip(7)).

#ifndef ADDRESS_H
#define ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

// An address in a network, as in 10.0.0.42/24.
struct net_address {
	struct in_addr address;
	unsigned prefix; // the length of the network's part in bits
};

// Whether the network that an address is in has a size that the bridge may have: 5 to 65533 containers.
bool net_fits_bridge(struct net_address of);

// Reads an address as in 10.0.0.42/24. Errors: EINVAL.
int net_parse_address(const char *text, struct net_address *address);

// Writes an address to text, as in 10.0.0.42/24. Returns text.
#define NET_ADDRESS_TEXT sizeof("255.255.255.255/32")
const char *net_address_text(struct net_address address, char text[NET_ADDRESS_TEXT]);

// Returns address n of the network that an address is in; 0 is the network's own.
struct net_address net_nth_address(struct net_address of, uint32_t n);

#endif
