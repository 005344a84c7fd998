// The rules of gcr net setup: gcr's tables of nftables (nft(8)).

#ifndef RULES_H
#define RULES_H

#include "address.h"

#include <stdbool.h>

enum rules { RULES_MADE, RULES_MENDED, RULES_THERE, RULES_NONE, RULES_UNKNOWN };

// Loads gcr's tables for the bridge; gateway is its address. Returns RULES_MADE if the tables were missing, RULES_MENDED if
// they were different, RULES_THERE if they were the same. Dies on failure.
enum rules rules_load(const char *bridge_name, struct net_address gateway);

// Returns RULES_THERE or RULES_NONE. Only root may look: others get RULES_UNKNOWN.
enum rules rules_state(void);

// Removes gcr's tables, even if only one is left. Returns whether there were any. Dies on failure.
bool rules_unload(void);

// Prints each chain of others that drops the containers' packets, and the cure. Returns whether there is such a chain.
bool rules_print_obstacles(const char *bridge_name);

#endif
