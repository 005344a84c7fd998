// The rules of gcr net setup: gcr's tables of nftables (nft(8)).

#ifndef RULES_H
#define RULES_H

#include "address.h"

#include <stdbool.h>

enum rules { RULES_MADE, RULES_MENDED, RULES_THERE, RULES_NONE, RULES_UNKNOWN };

// Loads gcr's tables for the bridge, whose address that is. Returns how they were before: not there, not the same, the same.
enum rules rules_load(const char *bridge_name, struct net_address gateway);

// Whether they are there. RULES_UNKNOWN to all but root.
enum rules rules_state(void);

// Removes them, also where only one is left. Returns whether there was any.
bool rules_unload(void);

// Prints which chain of others keeps packets from going through the bridge, and the cure. Returns whether there is one.
bool rules_print_obstacles(const char *bridge_name);

#endif
