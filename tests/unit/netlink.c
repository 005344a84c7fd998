#include "../../steps/v0.7-net/netlink.h"
#include "unit.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <sys/resource.h>

START_TEST(results_are_those_of_a_system_call)
{
	ck_assert_int_eq(netlink_result(0), 0);
	ck_assert_int_eq(netlink_result(36), 36);
	ck_assert_int_eq(netlink_result(-NLE_EXIST), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(netlink_result(-NLE_PERM), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(netlink_result(-NLE_PARSE_ERR), -1); // has no errno
	ck_assert_int_eq(errno, EIO);
	ck_assert_int_eq(netlink_result(-1000), -1);
	ck_assert_int_eq(errno, EIO);
}
END_TEST

START_TEST(kernel_answers)
{
	struct nl_sock *netlink;
	struct rtnl_link *link;

	ck_assert_int_eq(netlink_open(&netlink), 0);
	ck_assert_int_eq(netlink_result(rtnl_link_get_kernel(netlink, 0, "lo", &link)), 0);
	ck_assert_str_eq(rtnl_link_get_name(link), "lo");
	rtnl_link_put(link);
	ck_assert_int_eq(netlink_result(rtnl_link_get_kernel(netlink, 0, "none", &link)), -1);
	ck_assert_int_eq(errno, ENODEV);
	nl_socket_free(netlink);
}
END_TEST

START_TEST(no_descriptor_left)
{
	struct rlimit usual, none;
	struct nl_sock *netlink;

	getrlimit(RLIMIT_NOFILE, &usual);
	none = usual;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	int result = netlink_open(&netlink), error = errno;
	setrlimit(RLIMIT_NOFILE, &usual); // Check and the sanitizers open some
	ck_assert_int_eq(result, -1);
	ck_assert_int_eq(error, EMFILE);
	nl_socket_free(netlink);
}
END_TEST

TCase *netlink_tests(void)
{
	TCase *tests = tcase_create("netlink");

	tcase_add_test(tests, results_are_those_of_a_system_call);
	tcase_add_test(tests, kernel_answers);
	tcase_add_test(tests, no_descriptor_left);
	return tests;
}
