// The rules of gcr net setup: gcr's tables of nftables (nft(8)).

#ifndef RULES_H
#define RULES_H

#include "address.h"

#include <stdbool.h>

// What loading gcr's tables changed: they were missing, they were different, they were the same.
enum rules_loaded { RULES_MADE, RULES_MENDED, RULES_KEPT };

// Loads gcr's tables for the bridge; gateway is its address. If alone is set, the host forwards for no other network. Dies on
// failure.
enum rules_loaded rules_load(const char *bridge_name, struct net_address gateway, bool alone);

// Whether gcr's rules are loaded. Only root may look: others get RULES_UNKNOWN.
enum rules_state { RULES_THERE, RULES_MISSING, RULES_UNKNOWN };
enum rules_state rules_state(void);

// Removes gcr's tables, even if only one is left. Returns 1 if there were any, 0 if not, and -1, with a message, if they stay.
int rules_unload(void);

// Prints each chain of others that drops the containers' packets, and the cure. Returns whether there is such a chain.
bool rules_print_obstacles(const char *bridge_name);

#endif
