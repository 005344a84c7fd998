// Finding the bridge, and configuring links: on the host and in a container alike.

#include "fd.h"
#include "net.h"
#include "netlink.h"

#include <errno.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Reads one address of an interface by a request of netdevice(7).
static int query_address(int socket, unsigned long what, const char *name, struct in_addr *address)
{
	struct ifreq request = { 0 };

	memcpy(request.ifr_name, name, IF_NAMESIZE);
	if (ioctl(socket, what, &request) == -1)
		return -1;
	*address = ((struct sockaddr_in *)&request.ifr_addr)->sin_addr;
	return 0;
}

int net_find_bridge(char name[IF_NAMESIZE], struct net_address *address)
{
	unsigned index = if_nametoindex(NET_BRIDGE);
	struct in_addr mask;

	if (index == 0 || !if_indextoname(index, name))
		return -1;
	CLEANUP_CLOSE int query = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (query == -1 || query_address(query, SIOCGIFADDR, name, &address->address) == -1 ||
		query_address(query, SIOCGIFNETMASK, name, &mask) == -1)
		return -1;
	address->prefix = (unsigned)__builtin_popcount(mask.s_addr);
	return (int)index;
}

struct nl_addr *net_mac_address(struct net_address address)
{
	unsigned char mac[6] = { 2, 0 };

	memcpy(mac + 2, &address.address, 4);
	return nl_addr_build(AF_LLC, mac, sizeof(mac));
}

int net_add_address(struct nl_sock *netlink, const char *name, struct net_address address)
{
	int index = (int)if_nametoindex(name);

	if (index == 0)
		return -1;
	struct rtnl_addr *own = rtnl_addr_alloc();
	struct nl_addr *local = nl_addr_build(AF_INET, &address.address, sizeof(address.address));
	nl_addr_set_prefixlen(local, (int)address.prefix);
	rtnl_addr_set_ifindex(own, index);
	rtnl_addr_set_local(own, local);
	int result = rtnl_addr_add(netlink, own, 0);
	nl_addr_put(local);
	rtnl_addr_put(own);
	return netlink_result(result);
}

int net_start_link(struct nl_sock *netlink, const char *name)
{
	int index = (int)if_nametoindex(name);

	if (index == 0)
		return -1;
	struct rtnl_link *which = rtnl_link_alloc(), *change = rtnl_link_alloc();
	rtnl_link_set_ifindex(which, index);
	rtnl_link_set_flags(change, IFF_UP);
	int result = rtnl_link_change(netlink, which, change, 0);
	rtnl_link_put(which);
	rtnl_link_put(change);
	return netlink_result(result);
}
