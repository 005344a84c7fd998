#include "../../steps/v0.7-net/address.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>

static const struct {
	const char *text;
	const char *address; // NULL: no address
	unsigned prefix;
} addresses[] = {
	{ "10.0.0.42/24", "10.0.0.42", 24 },
	{ "255.255.255.255/32", "255.255.255.255", 32 },
	{ "0.0.0.0/0", "0.0.0.0", 0 },
	{ "" },
	{ "/" },
	{ "/24" },
	{ "10.0.0.42" },
	{ "10.0.0.42/" },
	{ "10.0.0.42/33" },
	{ "10.0.0.42/-1" },
	{ "10.0.0.42/24 " },
	{ "10.0.0.42/24/24" },
	{ " 10.0.0.42/24" },
	{ "10.0.0/24" },
	{ "10.0.0.256/24" },
	{ "10.0.0.42.1/24" },
	{ "100.100.100.1000/24" },
	{ "0000000000000010.0.0.42/24" },
	{ "::1/128" },
	{ "localhost/8" },
};

START_TEST(address_is_read)
{
	struct net_address address;
	char text[INET_ADDRSTRLEN];

	errno = 0;
	int result = net_parse_address(addresses[_i].text, &address);
	if (!addresses[_i].address) {
		ck_assert_int_eq(result, -1);
		ck_assert_int_eq(errno, EINVAL);
		return;
	}
	ck_assert_int_eq(result, 0);
	inet_ntop(AF_INET, &address.address, text, sizeof(text));
	ck_assert_str_eq(text, addresses[_i].address);
	ck_assert_uint_eq(address.prefix, addresses[_i].prefix);
}
END_TEST

TCase *address_tests(void)
{
	TCase *tests = tcase_create("address");

	tcase_add_loop_test(tests, address_is_read, 0, COUNT(addresses));
	return tests;
}
