// The container's connection: requested from outside, configured inside.

#include "net.h"
#include "etc.h"
#include "fd.h"
#include "mounts.h"
#include "netlink.h"
#include "process.h"
#include "program.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const modes[] = {
	[NET_BRIDGED] = "bridge",
	[NET_NONE] = "none",
	[NET_HOST] = "host",
};
static enum net_mode mode; // as --net says, then as net_decide() decides

static void set_mode(const char *value)
{
	for (mode = NET_BRIDGED; mode <= NET_HOST; mode++)
		if (strcmp(value, modes[mode]) == 0)
			return;
	die_with(GCR_USAGE, "--net '%s': write bridge, none or host", value);
}

const struct gcr_option net_options[] = {
	{ "net", 0, "MODE", "bridge, none, or host, which is the host's own network", set_mode },
	{ 0 },
};

const struct gcr_hint net_hints[] = {
	{ "gcr_start_program_on(helper", ENOENT,
		NET_HELPER " is not there: sudo ./gcr net setup installs it" },
	{ "gcr_start_program_on(nft", ENOENT, "sudo apt-get install nftables" },
	{ 0 },
};

void net_decide(void)
{
	bool bridge = if_nametoindex(NET_BRIDGE) != 0;

	if (!bridge && errno != ENODEV)
		die("cannot look for the bridge: %s", strerror(errno));
	if (mode == NET_BRIDGED && !bridge)
		die("--net bridge: there is no bridge: sudo ./gcr net setup makes one");
	if (mode == NET_UNDECIDED && !bridge)
		gcr_warn("no network, as there is no bridge: sudo ./gcr net setup makes one");
	if (mode == NET_UNDECIDED)
		mode = bridge ? NET_BRIDGED : NET_NONE;
}

enum net_mode net_mode(void)
{
	return mode;
}

// Reads the one line that the helper prints, an address.
static struct net_address read_answer(int output)
{
	struct net_address address;
	char text[64];

	ssize_t length = TRY(read(output, text, sizeof(text) - 1), "the address for the container");
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (net_parse_address(text, &address) == -1)
		die("could not connect the container to the bridge, see above");
	return address;
}

int net_open_namespace(const struct gcr_child *child)
{
	char path[64];

	if (net_mode() != NET_BRIDGED)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", child->id);
	int netns = TELL(open(path, O_RDONLY | O_CLOEXEC), "its network namespace", path);
	if (netns == -1 && !gcr_child_has_ended(child))
		die("cannot open the container's network namespace, %s: %s", path, strerror(errno));
	return netns;
}

// Connects the container by gcr-net, which has the capability for it.
static struct net_address connect_by_helper(int netns)
{
	char *helper[] = { NET_HELPER, NULL };
	int answer[2];

	TRY(pipe2(answer, O_CLOEXEC), "for the helper's answer");
	const int standard[] = { netns, answer[1], -1 };
	pid_t program = TRY(gcr_start_program_on(helper, standard),
		"this takes a privilege: lay a cable from the host's bridge to it");
	close(answer[1]);
	struct net_address address = read_answer(answer[0]);
	close(answer[0]);
	gcr_finish_program(program);
	return address;
}

struct net_address net_connect(int netns)
{
	struct net_address address = { 0 };

	if (netns == -1)
		return address;
	address = geteuid() == 0 ? net_lay_cable(netns) : connect_by_helper(netns);
	close(netns);
	return address;
}

// Adds the default route, through the bridge, which has the first address of the subnet.
static int add_default_route(struct nl_sock *netlink, struct net_address address)
{
	struct in_addr gateway = net_nth_address(address, 1).address;
	struct nl_addr *everywhere = nl_addr_build(AF_INET, NULL, 0);
	struct nl_addr *via = nl_addr_build(AF_INET, &gateway, sizeof(gateway));
	struct rtnl_route *route = rtnl_route_alloc();
	struct rtnl_nexthop *hop = rtnl_route_nh_alloc();

	rtnl_route_set_dst(route, everywhere);
	rtnl_route_nh_set_gateway(hop, via);
	rtnl_route_add_nexthop(route, hop);
	int result = rtnl_route_add(netlink, route, 0);
	nl_addr_put(everywhere);
	nl_addr_put(via);
	rtnl_route_put(route);
	return netlink_result(result);
}

// A new port of the bridge may take a moment to pass frames, so the container's first ARP request may be lost. With these
// settings the kernel repeats it after 50 ms instead of a second, and still for 3 s (arp(7)).
static int shorten_arp_retries(struct nl_sock *netlink, const char *name)
{
	struct ndtmsg all = { .ndtm_family = AF_INET };
	unsigned index = if_nametoindex(name);

	if (index == 0)
		return -1;
	struct nl_msg *message = nlmsg_alloc_simple(RTM_SETNEIGHTBL, 0);
	nlmsg_append(message, &all, sizeof(all), NLMSG_ALIGNTO);
	nla_put_string(message, NDTA_NAME, "arp_cache");
	struct nlattr *settings = nla_nest_start(message, NDTA_PARMS);
	nla_put_u32(message, NDTPA_IFINDEX, index);
	nla_put_u64(message, NDTPA_RETRANS_TIME, 50);
	nla_put_u32(message, NDTPA_MCAST_PROBES, 60);
	nla_nest_end(message, settings);
	return netlink_result(nl_send_sync(netlink, message));
}

// Lets all groups of the container use ping(1), which then needs no raw socket (icmp(7)).
static int set_ping_group_range(int proc)
{
	char map[1024] = "", groups[32], path[64];
	unsigned first, count, last = 0;

	if (gcr_read_file("/proc/self/gid_map", map, sizeof(map)) == -1)
		return -1;
	for (const char *line = map; line && sscanf(line, "%u %*u %u", &first, &count) == 2;
		line = strchr(line + 1, '\n'))
		last = first + count - 1;
	snprintf(groups, sizeof(groups), "0 %u", last);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/sys/net/ipv4/ping_group_range", proc);
	return gcr_write_file(path, groups);
}

void net_allow_ping(int root)
{
	if (net_mode() == NET_HOST)
		return;
	CLEANUP_CLOSE int proc = open_in_rootfs(root, "proc");
	TRY(set_ping_group_range(proc), "all its groups may ping");
}

void net_configure(struct net_address address)
{
	char text[NET_ADDRESS_TEXT];
	struct nl_sock *netlink;

	TRY(netlink_open(&netlink), "to the container's own networking");
	TRY(net_start_link(netlink, "lo"), "127.0.0.1 and ::1");
	if (address.prefix > 0) {
		TRY(net_add_address(netlink, "eth0", address), "no other address gets through");
		TRY(net_start_link(netlink, "eth0"), "its end of the cable");
		TRY(shorten_arp_retries(netlink, "eth0"),
			"else its first packet may wait for a second");
		TRY(add_default_route(netlink, address), "through the host to the world");
		gcr_log("[net] eth0 is %s", net_address_text(address, text));
	}
	nl_socket_free(netlink);
}

#define RESOLV_CONF "/etc/resolv.conf"
#define UPSTREAM    "/run/systemd/resolve/resolv.conf" // the servers that systemd-resolved(8) asks

static bool is_resolved(const char *server)
{
	return strcmp(server, "127.0.0.53") == 0;
}

// Whether a container can reach the server. It has no IPv6, and the host's loopback is not its own.
static bool is_reachable(const char *server)
{
	struct in_addr address;

	if (inet_pton(AF_INET, server, &address) != 1)
		return false;
	in_addr_t network = ntohl(address.s_addr) >> 24;
	return network != IN_LOOPBACKNET && network != 0; // 0.0.0.0 is the loopback, too
}

static bool names_server(const char *text, bool (*is_wanted)(const char *server))
{
	char server[64];

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (sscanf(line, "nameserver%*[ \t]%63[^ \t\n]", server) == 1 && is_wanted(server))
			return true;
	return false;
}

static const char *find_resolv_conf(void)
{
	const char *path = RESOLV_CONF;
	char text[4096] = "";

	if (net_mode() == NET_NONE)
		return NULL;
	int result = gcr_read_file(path, text, sizeof(text));
	if (result == -1 && errno == ENOENT)
		return NULL;
	if (result == -1)
		die("the host's " RESOLV_CONF ": %s", strerror(errno));
	if (net_mode() == NET_HOST)
		return path;
	if (names_server(text, is_resolved) && gcr_read_file(UPSTREAM, text, sizeof(text)) == 0)
		path = UPSTREAM;
	if (!names_server(text, is_reachable))
		gcr_warn("names cannot be looked up: the host's %s names no server that has an "
			 "IPv4 address and is not the host itself",
			path);
	return path;
}

void net_mount_resolv_conf(int root)
{
	const char *source = find_resolv_conf();
	CLEANUP_CLOSE int place = source ? open_in_etc(root, "resolv.conf") : -1;

	if (place == -1)
		return;
	gcr_explain(source, "it asks the host's name servers (resolv.conf(5))");
	cover_read_only(place, source);
}
