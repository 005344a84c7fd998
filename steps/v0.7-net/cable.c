// The cable between the bridge and a network namespace: a pair of Ethernet devices (veth(4)), as a port of the bridge and
// as the namespace's eth0.

#include "array.h"
#include "net.h"
#include "netlink.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <sys/random.h>
#include <unistd.h>

// A cable from a port of the bridge to the namespace's eth0. The port's group is its owner's number: by that the rules know
// whose it is.
static struct rtnl_link *describe_cable(int bridge_index, int netns)
{
	struct rtnl_link *port = rtnl_link_veth_alloc();
	struct rtnl_link *eth0 = rtnl_link_veth_get_peer(port);

	rtnl_link_set_master(port, bridge_index);
	rtnl_link_set_group(port, getuid());
	rtnl_link_set_name(eth0, "eth%d");
	rtnl_link_set_ns_fd(eth0, netns);
	rtnl_link_put(eth0); // it is the port's
	return port;
}

// Lays the cable at the n-th place. EEXIST: that is taken.
static int add_cable(
	struct nl_sock *netlink, struct rtnl_link *port, struct net_address gateway, unsigned n)
{
	struct rtnl_link *eth0 = rtnl_link_veth_get_peer(port);
	struct nl_addr *mac = net_mac_address(net_nth_address(gateway, n));
	char name[IF_NAMESIZE];

	snprintf(name, sizeof(name), NET_PORT, n);
	rtnl_link_set_name(port, name);
	rtnl_link_set_addr(eth0, mac);
	nl_addr_put(mac);
	rtnl_link_put(eth0);
	return netlink_result(rtnl_link_add(netlink, port, NLM_F_CREATE | NLM_F_EXCL));
}

// Whether a user may take the n-th place. An eighth of them stays closed, another eighth for each user. So nobody can take all,
// and nothing has to be counted under a lock, which a caller could hold by stopping us. (The mixing is that of MurmurHash3.)
static bool is_open_to(uid_t user, unsigned n)
{
	uint32_t mixed = user * 0x9e3779b9 + n;

	mixed = (mixed ^ mixed >> 16) * 0x85ebca6b;
	mixed = (mixed ^ mixed >> 13) * 0xc2b2ae35;
	return (mixed ^ mixed >> 16) % 8 != 0;
}

// Lays it at the first place that is free, from a random one on. Returns which.
static unsigned take_free_place(
	struct nl_sock *netlink, struct rtnl_link *port, struct net_address gateway)
{
	unsigned count = (1U << (32 - gateway.prefix)) - 3; // but network, gateway and broadcast
	unsigned first, tries;

	TRY(getrandom(&first, sizeof(first), 0), "so that no address comes again at once");
	for (tries = 0; tries < count; tries++) {
		unsigned n = 2 + (first % count + tries) % count;

		if (!is_open_to(getuid(), n))
			continue;
		if (TELL(add_cable(netlink, port, gateway, n),
			    "a port of the bridge, and its eth0") == 0)
			return n;
		if (errno != EEXIST)
			gcr_die_of("rtnl_link_add");
	}
	die("no address is free: all of the bridge's %u, or all that user %u may have, are taken",
		count, getuid());
}

// What the port lets through (IFLA_BRPORT_… in the kernel's if_link.h).
static const struct {
	int attribute;
	uint8_t value;
} port_settings[] = {
	{ IFLA_BRPORT_ISOLATED, 1 }, // to the host, and to no other port that is isolated
	{ IFLA_BRPORT_LEARNING, 0 }, // a frame's MAC address is not believed to be here
	{ IFLA_BRPORT_UNICAST_FLOOD, 0 }, // nor does it hear what is for others
	{ IFLA_BRPORT_MCAST_FLOOD, 0 },
};

static int restrict_port(struct nl_sock *netlink, int port)
{
	struct ifinfomsg which = { .ifi_family = AF_BRIDGE, .ifi_index = port };
	struct nl_msg *message = nlmsg_alloc_simple(RTM_SETLINK, 0);

	nlmsg_append(message, &which, sizeof(which), NLMSG_ALIGNTO);
	struct nlattr *settings = nla_nest_start(message, IFLA_PROTINFO);
	for (size_t i = 0; i < COUNT(port_settings); i++)
		nla_put_u8(message, port_settings[i].attribute, port_settings[i].value);
	// Else frames to 01:80:c2:00:00:02 and the like would pass by the bridge and its rules, into the host.
	nla_put_u16(message, IFLA_BRPORT_GROUP_FWD_MASK, 0xfffd);
	nla_nest_end(message, settings);
	return netlink_result(nl_send_sync(netlink, message));
}

// Tells the bridge that the address's MAC address is at the port (bridge(8), fdb).
static int add_forwarding_entry(struct nl_sock *netlink, int port, struct net_address address)
{
	struct rtnl_neigh *entry = rtnl_neigh_alloc();
	struct nl_addr *mac = net_mac_address(address);

	rtnl_neigh_set_family(entry, AF_BRIDGE);
	rtnl_neigh_set_ifindex(entry, port);
	rtnl_neigh_set_lladdr(entry, mac);
	rtnl_neigh_set_flags(entry, NTF_MASTER);
	rtnl_neigh_set_state(entry, NUD_NOARP);
	int result = rtnl_neigh_add(netlink, entry, NLM_F_CREATE);
	nl_addr_put(mac);
	rtnl_neigh_put(entry);
	return netlink_result(result);
}

struct net_address net_lay_cable(int netns)
{
	char name[IF_NAMESIZE];
	struct net_address gateway;
	struct nl_sock *netlink;

	int bridge_index = TRY(net_find_bridge(name, &gateway), "made by gcr net setup");
	TRY(netlink_open(&netlink), "to the host's networking");

	struct rtnl_link *cable = describe_cable(bridge_index, netns);
	unsigned n = take_free_place(netlink, cable, gateway);
	rtnl_link_put(cable);
	snprintf(name, sizeof(name), NET_PORT, n);
	int port = (int)if_nametoindex(name);
	if (port == 0)
		gcr_die_of("if_nametoindex(name)");
	struct net_address address = net_nth_address(gateway, n);
	TRY(restrict_port(netlink, port), "while it is down");
	TRY(add_forwarding_entry(netlink, port, address), "as it does not learn");
	TRY(net_start_link(netlink, name, NULL), "it may be used");
	nl_socket_free(netlink);
	return address;
}
