// gcr net setup, status and teardown: the bridge of gcr's containers, its way to the world, and the helper.
//
// All state is in the kernel. The bridge's second name identifies it. Its alias notes whether setup switched IP forwarding on.

#include "array.h"
#include "fd.h"
#include "net.h"
#include "netlink.h"
#include "rules.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/rtnetlink.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

// What the commands work on.
static struct {
	char bridge[IF_NAMESIZE]; // its name
	struct net_address gateway; // its address, the first of its subnet
	bool chosen; // by --bridge or --subnet
	struct nl_sock *netlink; // to the host's networking
} setup = { .bridge = "br0" };

static void set_bridge(const char *value)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t length = strlen(value);

	if (length == 0 || length >= sizeof(setup.bridge) || strspn(value, allowed) != length ||
		*value == '.' || strcmp(value, NET_BRIDGE) == 0 || strncmp(value, "gcr-", 4) == 0)
		die_with(GCR_USAGE,
			"--bridge '%s': write 1 to %zu letters and digits, as in br1; gcr and "
			"gcr-… are taken",
			value, sizeof(setup.bridge) - 1);
	strcpy(setup.bridge, value);
	setup.chosen = true;
}

// Whether no interface may have the address: 0.0.0.0/8, loopback, multicast, class E.
static bool is_reserved(in_addr_t address)
{
	return address >> 24 == 0 || address >> 24 == IN_LOOPBACKNET || address >> 28 >= 14;
}

static void set_subnet(const char *value)
{
	if (net_parse_address(value, &setup.gateway) == -1 || !net_fits_bridge(setup.gateway) ||
		setup.gateway.address.s_addr != net_nth_address(setup.gateway, 0).address.s_addr ||
		is_reserved(ntohl(setup.gateway.address.s_addr)))
		die_with(GCR_USAGE,
			"--subnet '%s': write a network and its length from 16 to 29, as in "
			"10.7.0.0/24",
			value);
	setup.gateway = net_nth_address(setup.gateway, 1);
	setup.chosen = true;
}

static const struct gcr_option options[] = {
	{ "bridge", 0, "NAME", "what to call the bridge, else br0", set_bridge },
	{ "subnet", 0, "ADDRESS/N", "its network, else 10.0.0.0/24", set_subnet },
	{ 0 },
};

// die() flushes nothing, so each line is written at once.
static void flush(void)
{
	if (fflush(stdout) == EOF)
		die("standard output: %s", strerror(errno));
}

__attribute__((format(printf, 2, 3))) static void report(const char *done, const char *format, ...)
{
	va_list arguments;

	if (gcr_quiet)
		return;
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf(": %s\n", done);
	flush();
}

// --- the bridge ------------------------------------------------------------------------------------

// Dies if a route of the host leads to addresses of the subnet: they would reach only one of the two networks.
static int refuse_overlap(struct nl_msg *message, void *unused)
{
	const struct rtmsg *route = nlmsg_data(nlmsg_hdr(message));
	struct nlattr *to = nlmsg_find_attr(nlmsg_hdr(message), sizeof(*route), RTA_DST);
	struct nlattr *by = nlmsg_find_attr(nlmsg_hdr(message), sizeof(*route), RTA_OIF);
	unsigned shorter = route->rtm_dst_len < setup.gateway.prefix ? route->rtm_dst_len
								     : setup.gateway.prefix;
	char device[IF_NAMESIZE] = "nowhere", text[NET_ADDRESS_TEXT];

	(void)unused;
	if (route->rtm_table != RT_TABLE_MAIN || !to || shorter == 0)
		return NL_OK;
	struct net_address theirs = { { nla_get_u32(to) }, shorter };
	struct net_address ours = { setup.gateway.address, shorter };
	if (net_nth_address(theirs, 0).address.s_addr != net_nth_address(ours, 0).address.s_addr)
		return NL_OK;
	theirs.prefix = route->rtm_dst_len;
	if (by)
		if_indextoname(nla_get_u32(by), device);
	die("the bridge's subnet overlaps with %s, which leads to %s: choose another, as in "
	    "--subnet 10.77.0.0/24",
		net_address_text(theirs, text), device);
}

static int check_routes(void)
{
	struct rtmsg all = { .rtm_family = AF_INET };

	nl_socket_modify_cb(setup.netlink, NL_CB_VALID, NL_CB_CUSTOM, refuse_overlap, NULL);
	int result = nl_send_simple(setup.netlink, RTM_GETROUTE, NLM_F_DUMP, &all, sizeof(all));
	if (result >= 0)
		result = nl_recvmsgs_default(setup.netlink);
	nl_socket_modify_cb(setup.netlink, NL_CB_VALID, NL_CB_DEFAULT, NULL, NULL);
	// The routes changed during the dump: read them again.
	return result == -NLE_DUMP_INTR ? check_routes() : netlink_result(result);
}

// Makes the bridge, with a fixed MAC address. Without one, a bridge takes the address of a port. When that port went,
// containers would go on sending to its address.
static int add_bridge(void)
{
	struct rtnl_link *link = rtnl_link_bridge_alloc();
	struct nl_addr *mac = net_mac_address(setup.gateway);

	rtnl_link_set_name(link, setup.bridge);
	rtnl_link_set_addr(link, mac);
	int result = rtnl_link_add(setup.netlink, link, NLM_F_CREATE | NLM_F_EXCL);
	nl_addr_put(mac);
	rtnl_link_put(link);
	return netlink_result(result);
}

static int add_second_name(void)
{
	struct ifinfomsg which = { .ifi_index = (int)if_nametoindex(setup.bridge) };
	struct nl_msg *message = nlmsg_alloc_simple(RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL);

	nlmsg_append(message, &which, sizeof(which), NLMSG_ALIGNTO);
	struct nlattr *names = nla_nest_start(message, IFLA_PROP_LIST | NLA_F_NESTED);
	nla_put_string(message, IFLA_ALT_IFNAME, NET_BRIDGE);
	nla_nest_end(message, names);
	return netlink_result(nl_send_sync(setup.netlink, message));
}

static int delete_bridge(void)
{
	struct rtnl_link *which = rtnl_link_alloc();

	rtnl_link_set_name(which, setup.bridge);
	int result = rtnl_link_delete(setup.netlink, which);
	rtnl_link_put(which);
	return netlink_result(result);
}

// Undoing a part of setup. Each of these functions returns 1 if it has undone the part, 0 if there was nothing to undo. If it
// cannot, it says why and returns -1; the other parts are undone all the same.
static int remove_bridge(void)
{
	int result = TELL(delete_bridge(), "containers that run lose their connection");

	if (result == -1 && errno != ENODEV)
		gcr_warn("the bridge %s stays: %s", setup.bridge, strerror(errno));
	return result == 0 ? 1 : errno == ENODEV ? 0 : -1;
}

static void undo_bridge(void)
{
	gcr_at_death(NULL);
	remove_bridge();
}

static void make_bridge(void)
{
	TRY(check_routes(), "no other network has these addresses");
	if (if_nametoindex(setup.bridge))
		die("there is an interface %s that gcr did not make: choose another name, as in "
		    "--bridge br1",
			setup.bridge);
	TRY(add_bridge(), "a switch in the kernel, for the containers' cables");
	gcr_at_death(undo_bridge);
	TRY(add_second_name(), "gcr finds the bridge by this name");
	TRY(net_add_address(setup.netlink, setup.bridge, setup.gateway), "the containers' way out");
	TRY(net_start_link(setup.netlink, setup.bridge), "the bridge is up");
	gcr_at_death(NULL);
}

// Finds the bridge of an earlier setup.
static bool find_bridge(void)
{
	char name[IF_NAMESIZE], text[NET_ADDRESS_TEXT];
	struct net_address there;

	if (net_find_bridge(name, &there) == -1)
		return false;
	if (setup.chosen &&
		(strcmp(name, setup.bridge) != 0 || there.prefix != setup.gateway.prefix ||
			there.address.s_addr != setup.gateway.address.s_addr))
		die("gcr's bridge is %s at %s: to change that, sudo ./gcr net teardown first", name,
			net_address_text(there, text));
	strcpy(setup.bridge, name);
	setup.gateway = there;
	return true;
}

static void undo_setup(void);

// If it makes the bridge, a failure from there on undoes all of setup.
static void set_up_bridge(void)
{
	char text[NET_ADDRESS_TEXT];
	bool there = find_bridge();

	net_address_text(setup.gateway, text);
	if (there && !net_fits_bridge(setup.gateway))
		die("gcr's bridge is %s at %s, which gcr did not give it: sudo ./gcr net teardown "
		    "first",
			setup.bridge, text);
	if (!there) {
		make_bridge();
		gcr_at_death(undo_setup);
	}
	report(there ? "was there" : "made", "bridge %s at %s", setup.bridge, text);
}

// --- the kernel's settings (ip-sysctl.rst) ---------------------------------------------------------

#define FORWARDING	"/proc/sys/net/ipv4/ip_forward"
#define FORWARDING_NOTE "gcr: teardown switches IP forwarding off"

static bool is_forwarding(void)
{
	char text[8] = "";

	TRY(gcr_read_file(FORWARDING, text, sizeof(text)), "whether the host is a router",
		FORWARDING);
	return *text == '1';
}

// Stores a note as the bridge's alias.
static int write_note(const char *note)
{
	struct rtnl_link *which = rtnl_link_alloc(), *change = rtnl_link_alloc();

	rtnl_link_set_ifindex(which, (int)if_nametoindex(setup.bridge));
	rtnl_link_set_ifalias(change, note);
	int result = rtnl_link_change(setup.netlink, which, change, 0);
	rtnl_link_put(which);
	rtnl_link_put(change);
	return netlink_result(result);
}

// Whether the bridge's note says that setup switched IP forwarding on.
static bool has_note(void)
{
	struct rtnl_link *link;

	if (netlink_result(rtnl_link_get_kernel(setup.netlink, 0, setup.bridge, &link)) == -1)
		return false;
	const char *note = rtnl_link_get_ifalias(link);
	bool is_ours = note && strcmp(note, FORWARDING_NOTE) == 0;
	rtnl_link_put(link);
	return is_ours;
}

#define TABLES "nftables, table ip gcr and table bridge gcr"

// If IP forwarding is off, switches it on: the host becomes a router between all its networks. So the rules come first, and let
// it forward for the bridge alone.
static void set_up_routing(void)
{
	static const char *const done[] = {
		[RULES_MADE] = "made",
		[RULES_MENDED] = "mended",
		[RULES_KEPT] = "were there",
	};
	bool was_on = is_forwarding();

	if (!was_on)
		TRY(write_note(FORWARDING_NOTE), "for teardown, and for the next setup");
	enum rules_loaded rules = rules_load(setup.bridge, setup.gateway, has_note());
	if (!was_on)
		TRY(gcr_write_file(FORWARDING, "1"), "the host is a router", FORWARDING);
	report(was_on ? "was on" : "switched on, for the bridge alone", "IP forwarding");
	report(done[rules], TABLES);
}

static void set_for_bridge(const char *format, const char *value, const char *reason)
{
	char path[128];

	snprintf(path, sizeof(path), format, setup.bridge);
	TRY(gcr_write_file(path, value), reason, path, value);
}

// Isolated ports reach each other only through the host. So if a container asks for another's MAC address, the host answers
// with its own (RFC 3069).
static void set_up_proxy(void)
{
	set_for_bridge(
		"/proc/sys/net/ipv4/conf/%s/proxy_arp_pvlan", "1", "containers ask the host");
	set_for_bridge("/proc/sys/net/ipv4/neigh/%s/proxy_delay", "0", "which answers at once");
}

// If the host asks for a container's MAC address before the container's link is up, nobody answers, and the host would ask again
// after a second. It gives up after three seconds, as by default (arp(7)): a busy machine may answer late.
static void ask_again_soon(void)
{
	set_for_bridge("/proc/sys/net/ipv4/neigh/%s/retrans_time_ms", "40",
		"a container that starts is reached at once");
	set_for_bridge("/proc/sys/net/ipv4/neigh/%s/mcast_solicit", "75",
		"the host asks for its MAC address for three seconds");
	set_for_bridge("/proc/sys/net/ipv4/neigh/%s/ucast_solicit", "75",
		"and as long whether it is still the same");
}

// Switches IP forwarding off if setup switched it on.
static int restore_forwarding(void)
{
	if (!has_note())
		return 0;
	if (TELL(gcr_write_file(FORWARDING, "0"), "as it was before gcr net setup") == 0)
		return 1;
	gcr_warn("IP forwarding stays on: %s", strerror(errno));
	return -1;
}

// --- the helper ------------------------------------------------------------------------------------

static bool has_capability(const char *path)
{
	cap_t there = cap_get_file(path), wanted = cap_from_text(NET_CAPABILITY);
	bool equal = there && cap_compare(there, wanted) == 0; // no capability less or more

	cap_free(there);
	cap_free(wanted);
	return equal;
}

static bool is_roots_alone(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_uid == 0 && (status.st_mode & 07777) == 0755;
}

static bool are_equal(const char *one, const char *other)
{
	static char texts[2][4 << 20];
	struct stat sizes[2];

	return stat(one, &sizes[0]) == 0 && stat(other, &sizes[1]) == 0 &&
	       sizes[0].st_size == sizes[1].st_size &&
	       (size_t)sizes[0].st_size < sizeof(texts[0]) &&
	       gcr_read_file(one, texts[0], sizeof(texts[0])) == 0 &&
	       gcr_read_file(other, texts[1], sizeof(texts[1])) == 0 &&
	       memcmp(texts[0], texts[1], (size_t)sizes[0].st_size) == 0;
}

// gcr-net as it was built, beside gcr.
static const char *find_built_helper(void)
{
	static char path[PATH_MAX + 16];
	ssize_t length =
		TRY(readlink("/proc/self/exe", path, PATH_MAX), "the helper is beside gcr");

	path[length] = '\0';
	strcat(dirname(path), "/gcr-net");
	return path;
}

static int give_capability(const char *path)
{
	cap_t capability = cap_from_text(NET_CAPABILITY);
	int result = cap_set_file(path, capability);

	cap_free(capability);
	return result;
}

// Copies a file from its start to its end. One sendfile(2) may copy less.
static int copy_file(int to, int from)
{
	ssize_t size;

	do
		size = sendfile(to, from, NULL, 1 << 20);
	while (size > 0);
	return (int)size;
}

// Installs the helper. rename(2) puts it in place when it is complete, so there is never half a helper.
static void install_helper(const char *built)
{
	CLEANUP_CLOSE int from =
		TRY(open(built, O_RDONLY | O_CLOEXEC), "the helper, as built", built);

	mkdir(dirname((char[]){ GCR_LIBEXEC }), 0755);
	mkdir(GCR_LIBEXEC, 0755);
	unlink(NET_HELPER ".new");
	CLEANUP_CLOSE int to =
		TRY(open(NET_HELPER ".new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755),
			"root's own copy", NET_HELPER);
	TRY(copy_file(to, from), "all of it");
	TRY(fchmod(to, 0755), "everybody may start it");
	TRY(give_capability(NET_HELPER ".new"), "it may connect everybody's containers");
	TRY(rename(NET_HELPER ".new", NET_HELPER), "replaces an old one at once");
}

static void set_up_helper(void)
{
	const char *built = find_built_helper();
	bool there = access(NET_HELPER, F_OK) == 0;
	bool good = has_capability(NET_HELPER) && is_roots_alone(NET_HELPER) &&
		    are_equal(NET_HELPER, built);

	if (!good)
		install_helper(built);
	report(good ? "was there" : there ? "renewed" : "installed", "helper " NET_HELPER);
}

static int remove_helper(void)
{
	int result = unlink(NET_HELPER);

	if (result == -1 && errno != ENOENT)
		gcr_warn("the helper " NET_HELPER " stays: %s", strerror(errno));
	int undone = result == 0 ? 1 : errno == ENOENT ? 0 : -1;
	rmdir(GCR_LIBEXEC);
	return undone;
}

// --- the commands ----------------------------------------------------------------------------------

// If setup fails, removes what it has made.
static void undo_setup(void)
{
	gcr_at_death(NULL);
	unlink(NET_HELPER ".new");
	rmdir(GCR_LIBEXEC);
	restore_forwarding();
	rules_unload();
	remove_bridge();
}

static void set_up(void)
{
	set_up_bridge();
	set_up_proxy();
	ask_again_soon();
	set_up_routing();
	set_up_helper();
	gcr_at_death(NULL);
	rules_print_obstacles(setup.bridge);
	flush();
}

// What is undone, and how it is reported. The rules outlive forwarding, and the bridge's note is read before the bridge goes.
static void tear_down(void)
{
	bool there = find_bridge();
	int forwarding = there ? restore_forwarding() : 0, rules = rules_unload();
	int bridge = there ? remove_bridge() : 0, helper = remove_helper();
	static const char *const removed[] = { "not removed", "was not there", "removed" };

	report(rules == 0 ? "were not there" : removed[rules + 1], TABLES);
	report(forwarding == 1 ? "switched off" : "left as it is", "IP forwarding");
	report(removed[bridge + 1], "bridge %s", setup.bridge);
	report(removed[helper + 1], "helper " NET_HELPER);
	if (forwarding == -1 || rules == -1 || bridge == -1 || helper == -1)
		die("some parts are left, see above; mend that, then: sudo ./gcr net teardown");
}

// Prints one line for each part. Exits with status 1 if something is missing.
static void print_status(void)
{
	char text[NET_ADDRESS_TEXT];
	bool there = find_bridge(), forwarding = is_forwarding();
	bool good = has_capability(NET_HELPER) && is_roots_alone(NET_HELPER);
	enum rules_state rules = rules_state();

	gcr_quiet = false; // without its lines, the command would do nothing
	report(there ? net_address_text(setup.gateway, text) : "missing", "bridge %s",
		setup.bridge);
	report(forwarding ? "on" : "off", "IP forwarding");
	report(rules == RULES_THERE	 ? "there"
		: rules == RULES_MISSING ? "missing"
					 : "only root may look",
		TABLES);
	report(good				? "there"
		: access(NET_HELPER, F_OK) == 0 ? "without its capability"
						: "missing",
		"helper " NET_HELPER);
	bool obstacle = rules != RULES_UNKNOWN && rules_print_obstacles(setup.bridge);
	bool incomplete = !there || !forwarding || rules == RULES_MISSING || !good;
	if (incomplete)
		printf("Mend it with: sudo ./gcr net setup\n");
	flush();
	if (incomplete || obstacle)
		exit(EXIT_FAILURE);
}

static const struct {
	const char *name;
	void (*function)(void);
	bool for_root;
} actions[] = {
	{ "setup", set_up, true },
	{ "status", print_status, false },
	{ "teardown", tear_down, true },
};

static void run_action(char *arguments[])
{
	if (!setup.gateway.prefix)
		net_parse_address("10.0.0.1/24", &setup.gateway);
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (!arguments[0] || arguments[1] || strcmp(arguments[0], actions[i].name) != 0)
			continue;
		if (actions[i].for_root && geteuid() != 0)
			die("this changes the host's network: sudo ./gcr net %s", actions[i].name);
		TRY(netlink_open(&setup.netlink), "to the host's networking");
		actions[i].function();
		nl_socket_free(setup.netlink);
		return;
	}
	die_with(GCR_USAGE, "write gcr net setup, status or teardown; see gcr net --help");
}

const struct gcr_command net_commands[] = {
	{
		.name = "net",
		.usage = "setup|status|teardown [OPTIONS]",
		.summary =
			"connect containers to the world: make the bridge and all that belongs to "
			"it, look at it, remove it",
		.options = options,
		.run = run_action,
	},
	{ 0 }
};
