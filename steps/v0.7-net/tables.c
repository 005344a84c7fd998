// Whether gcr's tables of nftables are loaded. gcr-net executes no program, so this asks the kernel and not nft(8).

#include "array.h"
#include "net.h"
#include "netlink.h"
#include "try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>

// The chains of gcr.nft that the kernel calls by itself.
static const struct {
	uint8_t family;
	const char *name;
} chains[] = {
	{ NFPROTO_IPV4, "postrouting" },
	{ NFPROTO_IPV4, "forward" },
	{ NFPROTO_BRIDGE, "prerouting" },
	{ NFPROTO_BRIDGE, "output" },
};

// Looks at one chain of the kernel's answer. Counts it if it is one of gcr's and has a rule.
static int count_chain(struct nl_msg *message, void *count)
{
	const struct nfgenmsg *header = nlmsg_data(nlmsg_hdr(message));
	struct nlattr *attributes[NFTA_CHAIN_MAX + 1];

	if (nlmsg_parse(nlmsg_hdr(message), sizeof(*header), attributes, NFTA_CHAIN_MAX, NULL) <
			0 ||
		!attributes[NFTA_CHAIN_TABLE] || !attributes[NFTA_CHAIN_NAME] ||
		!attributes[NFTA_CHAIN_USE] ||
		strcmp(nla_get_string(attributes[NFTA_CHAIN_TABLE]), "gcr") != 0 ||
		nla_get_u32(attributes[NFTA_CHAIN_USE]) == 0)
		return NL_OK;
	for (size_t i = 0; i < COUNT(chains); i++)
		if (header->nfgen_family == chains[i].family &&
			strcmp(nla_get_string(attributes[NFTA_CHAIN_NAME]), chains[i].name) == 0)
			++*(size_t *)count;
	return NL_OK;
}

// Asks for all chains.
static int list_chains(struct nl_sock *netfilter, size_t *count)
{
	struct nfgenmsg all = { .nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0 };
	const int type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN;

	*count = 0;
	nl_socket_modify_cb(netfilter, NL_CB_VALID, NL_CB_CUSTOM, count_chain, count);
	int result = nl_send_simple(netfilter, type, NLM_F_DUMP, &all, sizeof(all));
	if (result >= 0)
		result = nl_recvmsgs_default(netfilter);
	// The chains changed during the dump: read them again.
	return result == -NLE_DUMP_INTR ? list_chains(netfilter, count) : netlink_result(result);
}

static int connect_netfilter(struct nl_sock *netfilter)
{
	return netlink_result(nl_connect(netfilter, NETLINK_NETFILTER));
}

int net_find_tables(void)
{
	struct nl_sock *netfilter = nl_socket_alloc();
	size_t count = 0;

	if (!netfilter)
		return errno = ENOMEM, -1;
	int result = TELL(connect_netfilter(netfilter), "to the host's packet filter");
	if (result == 0)
		result = TELL(list_chains(netfilter, &count), "gcr's have to be among them");
	int error = result == -1 ? errno : ENOENT;
	nl_socket_free(netfilter);
	return result == 0 && count == COUNT(chains) ? 0 : (errno = error, -1);
}
