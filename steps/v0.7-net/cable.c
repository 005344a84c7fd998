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

// Describes a cable from a port of the bridge to the namespace's eth0. The port's group is the user's id, by which the rules
// know whose container it is.
static struct rtnl_link *describe_cable(int bridge_index, int netns)
{
	struct rtnl_link *port = rtnl_link_veth_alloc();
	struct rtnl_link *eth0 = rtnl_link_veth_get_peer(port);

	rtnl_link_set_master(port, bridge_index);
	rtnl_link_set_group(port, getuid());
	rtnl_link_set_name(eth0, "eth%d");
	rtnl_link_set_ns_fd(eth0, netns);
	rtnl_link_put(eth0); // the port has a reference to it
	return port;
}

// Lays the cable with number n. Error EEXIST: the number is taken.
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

// Whether a user may take number n. Each user may take seven eighths of the numbers, which a hash of user and number selects.
// So no user can take them all. There is no count for each user, because a count needs a lock: a caller could stop gcr-net while
// gcr-net has the lock. (The hash is the end of MurmurHash3.)
static bool is_open_to(uid_t user, unsigned n)
{
	uint32_t mixed = user * 0x9e3779b9 + n;

	mixed = (mixed ^ mixed >> 16) * 0x85ebca6b;
	mixed = (mixed ^ mixed >> 13) * 0xc2b2ae35;
	return (mixed ^ mixed >> 16) % 8 != 0;
}

// Lays the cable with the first free number, starting from a random one. Returns the number.
static unsigned take_free_place(
	struct nl_sock *netlink, struct rtnl_link *port, struct net_address gateway)
{
	unsigned count = (1U << (32 - gateway.prefix)) - 3; // not network, gateway, broadcast
	unsigned first, tries;

	TRY(getrandom(&first, sizeof(first), 0), "so that an address is not reused at once");
	for (tries = 0; tries < count; tries++) {
		unsigned n = 2 + (first % count + tries) % count;

		if (!is_open_to(getuid(), n))
			continue;
		if (TELL(add_cable(netlink, port, gateway, n),
			    "a port of the bridge, and its eth0") == 0)
			return n;
		if (errno != EEXIST)
			gcr_die_of("add_cable");
	}
	die("no address is free: all %u of the bridge are taken, or all that user %u may have",
		count, getuid());
}

// Settings of the port (IFLA_BRPORT_… in the kernel's if_link.h).
static const struct {
	int attribute;
	uint8_t value;
} port_settings[] = {
	{ IFLA_BRPORT_ISOLATED, 1 }, // it reaches the host, but no other isolated port
	{ IFLA_BRPORT_LEARNING, 0 }, // the bridge does not believe the sender of a frame
	{ IFLA_BRPORT_UNICAST_FLOOD, 0 }, // the port does not get frames for others
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
	// Forward frames to 01:80:c2:00:00:02 and the like. Otherwise the host takes them itself, past the bridge's rules.
	nla_put_u16(message, IFLA_BRPORT_GROUP_FWD_MASK, 0xfffd);
	nla_nest_end(message, settings);
	return netlink_result(nl_send_sync(netlink, message));
}

// Tells the bridge that the MAC address for this address is at the port (bridge(8), fdb).
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

// Without its rules, a container could send from any address, and reach the containers of all users. Dies if they are missing,
// as after nft flush ruleset.
static void require_tables(void)
{
	if (TELL(net_find_tables(), "gcr's rules keep containers apart") == 0)
		return;
	if (errno != ENOENT)
		gcr_die_of("net_find_tables()");
	die("gcr's rules of nftables are not loaded, and nothing else keeps containers apart: "
	    "sudo ./gcr net setup loads them");
}

// Dies if the bridge's network is not one that gcr net setup makes: the numbers of its containers would be wrong.
static void require_subnet(const char *bridge, struct net_address gateway)
{
	char text[NET_ADDRESS_TEXT];

	if (!net_fits_bridge(gateway))
		die("the bridge %s has the address %s, which gcr did not give it: sudo ./gcr net "
		    "teardown && sudo ./gcr net setup",
			bridge, net_address_text(gateway, text));
}

struct net_address net_lay_cable(int netns)
{
	char name[IF_NAMESIZE];
	struct net_address gateway;
	struct nl_sock *netlink;

	int bridge_index = TRY(net_find_bridge(name, &gateway), "made by gcr net setup");
	require_subnet(name, gateway);
	require_tables();
	TRY(netlink_open(&netlink), "to the host's networking");

	struct rtnl_link *cable = describe_cable(bridge_index, netns);
	unsigned n = take_free_place(netlink, cable, gateway);
	rtnl_link_put(cable);
	snprintf(name, sizeof(name), NET_PORT, n);
	int port = (int)if_nametoindex(name);
	if (port == 0)
		gcr_die_of("if_nametoindex(name)");
	struct net_address address = net_nth_address(gateway, n);
	TRY(restrict_port(netlink, port), "while the port is down");
	TRY(add_forwarding_entry(netlink, port, address), "as the port does not learn");
	TRY(net_start_link(netlink, name), "the port is up");
	nl_socket_free(netlink);
	return address;
}
