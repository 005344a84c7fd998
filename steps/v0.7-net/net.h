// The network of a container: names, and the functions that the files of this step share.

#ifndef NET_H
#define NET_H

#include "address.h"
#include "cli.h"

#include <net/if.h>

struct gcr_child;
struct nl_addr;
struct nl_sock;

// The bridge of gcr's containers has this name beside its own (altname in ip-link(8)).
#define NET_BRIDGE "gcr"

// A container has a number in the bridge's subnet, and everything else follows from it. Number 42 in 10.0.0.0/24 has the
// address 10.0.0.42 and the MAC address 02:00:0a:00:00:2a. The host's end of its cable, a port of the bridge, is gcr-42. The
// kernel allows each name only once, so this name is the lease of the address. It ends with the container.
#define NET_PORT "gcr-%u"

// The only privileged program of gcr, and its capability (cap_from_text(3)).
#define NET_HELPER     GCR_LIBEXEC "/gcr-net"
#define NET_CAPABILITY "cap_net_admin=ep"

// link.c: the bridge, and links
// -----------------------------------------------------------------------------------------------

// Finds the bridge that gcr net setup made. Returns its index, and writes its own name and its address, which is the first of
// its subnet. Errors: ENODEV if there is no bridge, netdevice(7).
int net_find_bridge(char name[IF_NAMESIZE], struct net_address *address);

// Returns the MAC address for an address of a container. The caller releases it by nl_addr_put().
struct nl_addr *net_mac_address(struct net_address address);

// Gives the link called name an address. Errors: rtnetlink(7).
int net_add_address(struct nl_sock *netlink, const char *name, struct net_address address);

// Starts the link called name. Errors: rtnetlink(7).
int net_start_link(struct nl_sock *netlink, const char *name);

// tables.c: gcr's tables of nftables
// -----------------------------------------------------------------------------------------------

// Returns 0 if gcr's rules are loaded. Takes CAP_NET_ADMIN. Errors: ENOENT if one of their chains is missing or empty,
// netlink(7).
int net_find_tables(void);

// cable.c: the cable between the bridge and a container
// -----------------------------------------------------------------------------------------------

// Lays a cable from the bridge to a network namespace (a descriptor of it), where it is eth0. Returns the address that the
// namespace may use. Takes CAP_NET_ADMIN over both ends. Dies on failure, and if gcr's rules are not loaded.
struct net_address net_lay_cable(int netns);

// net.c: the container's connection. These functions die on failure.
// -----------------------------------------------------------------------------------------------

extern const struct gcr_option net_options[];
extern const struct gcr_hint net_hints[];

enum net_mode { NET_UNDECIDED, NET_BRIDGED, NET_NONE, NET_HOST };

// Decides how to connect the container: as --net says; without --net, to the bridge if there is one. If there is none, warns of
// that. Call it outside: from inside the container, the bridge is not visible.
void net_decide(void);

// Returns what net_decide() has decided.
enum net_mode net_mode(void);

// Returns a descriptor of the container's network namespace, or -1 if it is not to be connected to the bridge, or has ended and
// said why.
int net_open_namespace(const struct gcr_child *child);

// Connects a network namespace to the bridge and closes netns. If the caller is not root, gcr-net makes the connection.
// Returns the namespace's address. If netns is -1, the address has a prefix of 0.
struct net_address net_connect(int netns);

// In the container: lets its users ping(1). root is its root, with its own /proc in it, still writable. In the host's /proc, all
// containers have an entry of the same name, and with a thousand a lookup takes a tenth of a start.
void net_allow_ping(int root);

// In the container: starts its loopback. Also starts eth0 with this address, unless the prefix is 0.
void net_configure(struct net_address address);

// In the container: mounts the host's file that names servers (resolv.conf(5)) over the container's, if it has use for one.
void net_mount_resolv_conf(int root);

// setup.c: gcr net setup, status and teardown
// -----------------------------------------------------------------------------------------------

extern const struct gcr_command net_commands[];

#endif
