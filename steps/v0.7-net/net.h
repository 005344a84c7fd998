// The network of a container: what all is called, and what the files of this step do for each other.

#ifndef NET_H
#define NET_H

#include "address.h"
#include "cli.h"

#include <net/if.h>

struct nl_addr;
struct nl_sock;

// The bridge of gcr's containers has this name beside its own (altname in ip-link(8)).
#define NET_BRIDGE "gcr"

// All else follows from a container's number in the bridge's subnet, as 42 in 10.0.0.0/24: its address is 10.0.0.42, its
// MAC address 02:00:0a:00:00:2a, and the host's end of its cable, a port of the bridge, is gcr-42. The kernel has
// each name only once. So this name is the lease of the address, and ends with the container.
#define NET_PORT "gcr-%u"

// The only program of gcr that is privileged, and by which capability (cap_from_text(3)).
#define NET_HELPER     GCR_LIBEXEC "/gcr-net"
#define NET_CAPABILITY "cap_net_admin=ep"

// link.c: the bridge, and links
// -----------------------------------------------------------------------------------------------

// Finds the bridge of gcr net setup: its index, its own name, and its address, which is the first of its subnet. -1 and
// errno if there is none. Errors: netdevice(7).
int net_find_bridge(char name[IF_NAMESIZE], struct net_address *address);

// The MAC address that goes with an address. The caller gives it back with nl_addr_put().
struct nl_addr *net_mac_address(struct net_address address);

// Gives a link an address. Errors: rtnetlink(7).
int net_add_address(struct nl_sock *netlink, const char *name, struct net_address address);

// Starts a link, with a note (its alias) unless that is NULL. Errors: rtnetlink(7).
int net_start_link(struct nl_sock *netlink, const char *name, const char *note);

// cable.c: the cable between the bridge and a container
// -----------------------------------------------------------------------------------------------

// Lays a cable from the bridge to a network namespace, as its eth0, and returns the address that this one may use. Dies
// where it fails. Takes CAP_NET_ADMIN over both.
struct net_address net_lay_cable(int netns);

// net.c: the container's connection. These die where they fail.
// -----------------------------------------------------------------------------------------------

extern const struct gcr_option net_options[];
extern const struct gcr_hint net_hints[];

enum net_mode { NET_UNDECIDED, NET_BRIDGED, NET_NONE, NET_HOST };

// How the container is to be connected: as --net says, else to the bridge if there is one. Where there is none, says so, once.
enum net_mode net_mode(void);

// Opens the container's network namespace, to have it connected. -1 if that is not to be.
int net_open_namespace(pid_t child);

// Connects it to the bridge, or has gcr-net do so for who is not root. Returns the address that it gets: none, with a prefix
// of 0, for -1.
struct net_address net_connect(int netns);

// In the container: lets its users ping(1). proc is its /proc, opened, while that may be written to. It is not the host's:
// there, all containers have an entry of the same name, and with a thousand, looking one up takes a tenth of a start.
void net_allow_ping(int proc);

// In the container: starts its loopback, and eth0 with the address, unless that has a prefix of 0.
void net_configure(struct net_address address);

// In the container: the host's file that tells it where to look names up (resolv.conf(5)). NULL if that is of no use.
const char *net_resolv_conf(void);

// setup.c: gcr net setup, status and teardown
// -----------------------------------------------------------------------------------------------

extern const struct gcr_command net_commands[];

#endif
