// The network of v0.7: what all is called, and what the files of this step do for each other.

#ifndef NET_H
#define NET_H

#include "gcr.h"

#include <net/if.h>

struct nl_addr;
struct nl_sock;

// The bridge of gcr's containers: it has this name beside its own (altname in ip-link(8)).
#define NET_BRIDGE "gcr"

// All else follows from a container's number in the bridge's subnet, as 42 in 10.0.0.0/24: its address is 10.0.0.42, its
// MAC address 02:00:0a:00:00:2a, and the host's end of its cable, a port of the bridge, is gcr-42. The kernel has
// each name only once: so this name is the lease of the address, and ends with the container.
#define NET_PORT "gcr-%u"

// The only program of gcr that is privileged, and by which capability (cap_from_text(3)).
#define NET_HELPER     GCR_LIBEXEC "/gcr-net"
#define NET_CAPABILITY "cap_net_admin=ep"

// link.c: the bridge, and links
// -----------------------------------------------------------------------------------------------

// Finds the bridge of gcr net setup: its index, its own name and its address, which is the first of its subnet. -1 and
// errno if there is none. Errors: netdevice(7).
int net_find_bridge(char name[IF_NAMESIZE], struct gcr_address *address);

// The n-th address of the network that an address is in.
struct gcr_address net_nth(struct gcr_address of, uint32_t n);

// The MAC address that goes with an address; to be given back with nl_addr_put().
struct nl_addr *net_mac(struct gcr_address address);

// Gives a link an address. Starts a link, with a note (its alias) unless that is NULL. Errors: rtnetlink(7).
int net_add_address(struct nl_sock *kernel, const char *name, struct gcr_address address);
int net_start_link(struct nl_sock *kernel, const char *name, const char *note);

// cable.c: the cable between them
// -----------------------------------------------------------------------------------------------

// Lays a cable from the bridge to a network namespace, as its eth0, and returns the address that this one may use. Dies
// where it fails. Takes CAP_NET_ADMIN over both.
struct gcr_address net_lay_cable(int netns);

// net.c: the container's connection. These die where they fail.
// -----------------------------------------------------------------------------------------------

enum net_mode { NET_UNDECIDED, NET_BRIDGED, NET_NONE, NET_HOST };

// --net: how the container is to be connected.
void net_set_mode(const char *value);

// How it is: as --net says, else to the bridge if there is one. Where there is none, says so, once.
enum net_mode net_mode(void);

// Opens the container's network namespace, to have it connected; -1 if that is not to be.
int net_open(pid_t child);

// Connects it to the bridge, or has gcr-net do so for who is not root. Returns the address that it gets; none, with a prefix of 0, for -1.
struct gcr_address net_connect(int namespace);

// In the container, by its /proc while that may be written to: lets its users ping(1). Not by the host's /proc: all
// containers have an entry of the same name there, and with a thousand, looking one up takes a tenth of a start.
void net_allow_ping(const char *proc);

// In the container: starts its loopback, and eth0 with the address, unless that has a prefix of 0.
void net_configure(struct gcr_address address);

// In the container: the host's file that tells it where to look names up (resolv.conf(5)); NULL if that is of no use.
const char *net_resolv_conf(void);

// setup.c: gcr net setup, status and teardown; rules.c: its nftables
// -----------------------------------------------------------------------------------------------

extern const struct gcr_command net_commands[];

enum rules { RULES_MADE, RULES_MENDED, RULES_THERE, RULES_NONE, RULES_UNKNOWN };

// Loads gcr's tables for the bridge, whose address that is. Returns how they were before: not there, not the same, the same.
enum rules rules_load(const char *bridge, struct gcr_address address);

// Whether they are there: RULES_UNKNOWN to all but root.
enum rules rules_state(void);

// Removes them, also where only one is left. Returns whether there was any.
bool rules_unload(void);

// Prints which chain of others keeps packets from going through the bridge, and the cure. Returns whether there is
// one.
bool rules_obstacle(const char *bridge);

#endif
