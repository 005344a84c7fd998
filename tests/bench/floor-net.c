// The floor for the network: the messages of gcr-net and of v0.7's net.c, in one batch on each side (netlink(7)). No
// place is looked for: the process id makes names and numbers that are free, as long as the bridge is in a network
// namespace of the benchmark's.

#include "floor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define PORT_INDEX(pid) (1000000 + (pid)) // of the bridge's port
#define LO_INDEX	1
#define ETH0_INDEX	2

static const uint32_t subnet = 10U << 24; // 10.0.0.0/22: gcr net setup --subnet 10.0.0.0/22

// Messages to be sent in one piece.
static struct {
	char bytes[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	size_t length;
	struct nlmsghdr *last;
} batch;

static void *append(const void *data, size_t size)
{
	char *place = batch.bytes + batch.length;

	if (size > 0)
		memcpy(place, data, size);
	batch.length += NLMSG_ALIGN(size);
	return place;
}

static void start_message(uint16_t type, uint16_t flags, const void *body, size_t size)
{
	struct nlmsghdr header = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags };

	batch.last = append(&header, sizeof(header));
	append(body, size);
}

static struct rtattr *start_attribute(uint16_t type)
{
	return append(&(struct rtattr){ .rta_type = type }, sizeof(struct rtattr));
}

static void end_attribute(struct rtattr *attribute)
{
	attribute->rta_len = (uint16_t)(batch.bytes + batch.length - (char *)attribute);
}

static void end_message(void)
{
	batch.last->nlmsg_len = (uint32_t)(batch.bytes + batch.length - (char *)batch.last);
}

static void add_attribute(uint16_t type, const void *data, size_t size)
{
	struct rtattr *attribute = start_attribute(type);

	append(data, size);
	attribute->rta_len = (uint16_t)RTA_LENGTH(size);
}

static void add_number(uint16_t type, uint32_t value)
{
	add_attribute(type, &value, sizeof(value));
}

static void add_text(uint16_t type, const char *text)
{
	add_attribute(type, text, strlen(text) + 1);
}

// Sends them all and asks for one answer: the kernel tells of an error, and of the end.
static void send_batch(void)
{
	int kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr header;
		struct nlmsgerr result;
		char request[512];
	} answer;

	DO(kernel);
	batch.last->nlmsg_flags |= NLM_F_ACK;
	DO(send(kernel, batch.bytes, batch.length, 0));
	DO(recv(kernel, &answer, sizeof(answer), 0));
	if (answer.result.error) {
		fprintf(stderr, "netlink: message of type %u: %s\n", answer.result.msg.nlmsg_type,
			strerror(-answer.result.error));
		_exit(125);
	}
	close(kernel);
	batch.length = 0;
}

static uint32_t own_address(pid_t pid)
{
	return htonl(subnet + 2 + (uint32_t)pid % 250);
}

static void own_mac(pid_t pid, unsigned char mac[6])
{
	uint32_t address = own_address(pid);

	memcpy(mac, (unsigned char[]){ 2, 0 }, 2);
	memcpy(mac + 2, &address, sizeof(address));
}

static void add_cable(pid_t child, int netns)
{
	struct ifinfomsg port = { .ifi_index = PORT_INDEX(child) };
	struct ifinfomsg peer = { .ifi_index = ETH0_INDEX };
	unsigned char mac[6];
	char name[IF_NAMESIZE];

	snprintf(name, sizeof(name), "floor-%d", child);
	own_mac(child, mac);
	start_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &port, sizeof(port));
	add_text(IFLA_IFNAME, name);
	add_number(IFLA_MASTER, if_nametoindex("br0"));
	add_number(IFLA_GROUP, 0);
	struct rtattr *info = start_attribute(IFLA_LINKINFO);
	add_text(IFLA_INFO_KIND, "veth");
	struct rtattr *data = start_attribute(IFLA_INFO_DATA);
	struct rtattr *other = start_attribute(VETH_INFO_PEER);
	append(&peer, sizeof(peer));
	add_text(IFLA_IFNAME, "eth0");
	add_attribute(IFLA_ADDRESS, mac, sizeof(mac));
	add_number(IFLA_NET_NS_FD, (uint32_t)netns);
	end_attribute(other);
	end_attribute(data);
	end_attribute(info);
	end_message();
}

static void restrict_port(pid_t child)
{
	static const uint8_t settings[][2] = { { IFLA_BRPORT_ISOLATED, 1 },
		{ IFLA_BRPORT_LEARNING, 0 }, { IFLA_BRPORT_UNICAST_FLOOD, 0 },
		{ IFLA_BRPORT_MCAST_FLOOD, 0 } };
	struct ifinfomsg port = { .ifi_family = AF_BRIDGE, .ifi_index = PORT_INDEX(child) };

	start_message(RTM_SETLINK, 0, &port, sizeof(port));
	struct rtattr *info = start_attribute(IFLA_PROTINFO | NLA_F_NESTED);
	for (size_t i = 0; i < COUNT(settings); i++)
		add_attribute(settings[i][0], &settings[i][1], 1);
	add_attribute(IFLA_BRPORT_GROUP_FWD_MASK, &(uint16_t){ 0xfffd }, 2);
	end_attribute(info);
	end_message();
}

static void direct_to_port(pid_t child)
{
	struct ndmsg entry = { .ndm_family = AF_BRIDGE,
		.ndm_ifindex = PORT_INDEX(child),
		.ndm_flags = NTF_MASTER,
		.ndm_state = NUD_NOARP };
	unsigned char mac[6];

	own_mac(child, mac);
	start_message(RTM_NEWNEIGH, NLM_F_CREATE, &entry, sizeof(entry));
	add_attribute(NDA_LLADDR, mac, sizeof(mac));
	end_message();
}

static void start_link(int index)
{
	struct ifinfomsg which = { .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };

	start_message(RTM_NEWLINK, 0, &which, sizeof(which));
	end_message();
}

uint32_t connect_to_bridge(pid_t child)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
	int netns = open(path, O_RDONLY | O_CLOEXEC);
	DO(netns);
	add_cable(child, netns);
	restrict_port(child);
	direct_to_port(child);
	start_link(PORT_INDEX(child));
	send_batch();
	close(netns);
	return own_address(child);
}

static void add_address(uint32_t address)
{
	struct ifaddrmsg own = {
		.ifa_family = AF_INET, .ifa_prefixlen = 22, .ifa_index = ETH0_INDEX
	};

	start_message(RTM_NEWADDR, 0, &own, sizeof(own));
	add_number(IFA_LOCAL, address);
	end_message();
}

static void ask_often(void)
{
	struct ndtmsg table = { .ndtm_family = AF_INET };

	start_message(RTM_SETNEIGHTBL, 0, &table, sizeof(table));
	add_text(NDTA_NAME, "arp_cache");
	struct rtattr *settings = start_attribute(NDTA_PARMS);
	add_number(NDTPA_IFINDEX, ETH0_INDEX);
	add_attribute(NDTPA_RETRANS_TIME, &(uint64_t){ 50 }, sizeof(uint64_t));
	add_number(NDTPA_MCAST_PROBES, 60);
	end_attribute(settings);
	end_message();
}

static void add_default_route(void)
{
	struct rtmsg route = { .rtm_family = AF_INET,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_type = RTN_UNICAST };

	start_message(RTM_NEWROUTE, NLM_F_CREATE, &route, sizeof(route));
	add_number(RTA_GATEWAY, htonl(subnet + 1));
	end_message();
}

void configure_network(uint32_t address)
{
	start_link(LO_INDEX);
	if (address) {
		add_address(address);
		start_link(ETH0_INDEX);
		ask_often();
		add_default_route();
	}
	send_batch();
	write_file("/proc/sys/net/ipv4/ping_group_range", "0 0");
}
