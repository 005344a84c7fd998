#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>

static const struct {
	const char *text;
	int error; // 0: a number
	uint64_t number;
} numbers[] = {
	{ "1", 0, 1 },
	{ "100", 0, 100 },
	{ "007", 0, 7 },
	{ "0", ERANGE },
	{ "101", ERANGE },
	{ "18446744073709551615", ERANGE },
	{ "18446744073709551616", ERANGE },
	{ "99999999999999999999999", ERANGE },
	{ "", EINVAL },
	{ " 1", EINVAL },
	{ "1 ", EINVAL },
	{ "+1", EINVAL },
	{ "-1", EINVAL },
	{ "1x", EINVAL },
	{ "0x1", EINVAL },
	{ "1.5", EINVAL },
};

START_TEST(number_of_a_range_is_read)
{
	uint64_t number = 0;

	errno = 0;
	ck_assert_int_eq(
		gcr_parse_number(numbers[_i].text, 1, 100, &number), numbers[_i].error ? -1 : 0);
	ck_assert_int_eq(errno, numbers[_i].error);
	if (!numbers[_i].error)
		ck_assert_uint_eq(number, numbers[_i].number);
}
END_TEST

static const struct {
	const char *text;
	int error; // 0: a size
	uint64_t bytes;
} sizes[] = {
	{ "0", 0, 0 },
	{ "512", 0, 512 },
	{ "512B", 0, 512 },
	{ "4k", 0, 4096 },
	{ "64K", 0, 65536 },
	{ "64M", 0, 67108864 },
	{ "2G", 0, 2147483648 },
	{ "1t", 0, 1099511627776 },
	{ "9223372036854775807", 0, INT64_MAX },
	{ "8388607T", 0, 8388607ull << 40 },
	{ "8388608T", ERANGE },
	{ "9223372036854775808", ERANGE },
	{ "18446744073709551616", ERANGE },
	{ "", EINVAL },
	{ "M", EINVAL },
	{ "-1M", EINVAL },
	{ "1.5G", EINVAL },
	{ "64MB", EINVAL },
	{ "64 M", EINVAL },
	{ "64P", EINVAL },
	{ "64\x0b", EINVAL },
};

START_TEST(size_is_read)
{
	uint64_t bytes = 0;

	errno = 0;
	ck_assert_int_eq(gcr_parse_size(sizes[_i].text, &bytes), sizes[_i].error ? -1 : 0);
	ck_assert_int_eq(errno, sizes[_i].error);
	if (!sizes[_i].error)
		ck_assert_uint_eq(bytes, sizes[_i].bytes);
}
END_TEST

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
	struct gcr_address address;
	char text[INET_ADDRSTRLEN];

	errno = 0;
	int result = gcr_parse_address(addresses[_i].text, &address);
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

static const struct {
	const char *text;
	int type; // 0: no port
	const char *address;
	in_port_t host, container;
} ports[] = {
	{ "8080:80", SOCK_STREAM, "127.0.0.1", 8080, 80 },
	{ "8080:80/tcp", SOCK_STREAM, "127.0.0.1", 8080, 80 },
	{ "5353:53/udp", SOCK_DGRAM, "127.0.0.1", 5353, 53 },
	{ "1:65535", SOCK_STREAM, "127.0.0.1", 1, 65535 },
	{ "0.0.0.0:8080:80", SOCK_STREAM, "0.0.0.0", 8080, 80 },
	{ "192.0.2.1:5353:53/udp", SOCK_DGRAM, "192.0.2.1", 5353, 53 },
	{ "[::]:8080:80", SOCK_STREAM, "::", 8080, 80 },
	{ "[::1]:5353:53/udp", SOCK_DGRAM, "::1", 5353, 53 },
	{ "[2001:db8::1]:8080:80", SOCK_STREAM, "2001:db8::1", 8080, 80 },
	{ "" },
	{ ":" },
	{ "::" },
	{ "/" },
	{ "80" },
	{ "80:" },
	{ ":80" },
	{ "0:80" },
	{ "80:0" },
	{ "65536:80" },
	{ "80:65536" },
	{ "-1:80" },
	{ "+1:80" },
	{ "80: 80" },
	{ "80:80 " },
	{ "80:80x" },
	{ "http:80" },
	{ "80:80/" },
	{ "80:80/UDP" },
	{ "80:80/sctp" },
	{ "80:80/tcp/udp" },
	{ "80/udp:80" },
	{ ":80:80" },
	{ "127.0.0.1::80" },
	{ "127.0.0.1:80:" },
	{ "127.0.0:80:80" },
	{ "127.0.0.1:80:80:80" },
	{ "localhost:80:80" },
	{ "::1:80:80" },
	{ "[::1:80:80" },
	{ "::1]:80:80" },
	{ "[::1]80:80" },
	{ "[]:80:80" },
	{ "[127.0.0.1]:80:80" },
	{ "[:80:80" },
	{ "[fe80::1%lo]:80:80" },
	{ "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
	  "1111111111111111111111111111111111111111111111111111111111111111111111111111111111:80" },
};

static void assert_listens_at(
	const struct sockaddr_storage *host, const char *address, in_port_t port)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)host;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)host;
	char text[INET6_ADDRSTRLEN] = "";

	ck_assert_int_eq(host->ss_family, strchr(address, ':') ? AF_INET6 : AF_INET);
	if (host->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET, &four->sin_addr, text, sizeof(text));
	ck_assert_str_eq(text, address);
	ck_assert_uint_eq(ntohs(four->sin_port), port);
}

START_TEST(published_port_is_read)
{
	struct gcr_published port;

	memset(&port, 0xff, sizeof(port)); // nothing may count on zeros
	errno = 0;
	int result = gcr_parse_published(ports[_i].text, &port);
	if (!ports[_i].type) {
		ck_assert_int_eq(result, -1);
		ck_assert_int_eq(errno, EINVAL);
		return;
	}
	ck_assert_int_eq(result, 0);
	ck_assert_int_eq(port.type, ports[_i].type);
	ck_assert_uint_eq(ntohs(port.container), ports[_i].container);
	assert_listens_at(&port.host, ports[_i].address, ports[_i].host);
}
END_TEST

TCase *parse_tests(void)
{
	TCase *tests = tcase_create("parse");

	tcase_add_loop_test(tests, number_of_a_range_is_read, 0, COUNT(numbers));
	tcase_add_loop_test(tests, size_is_read, 0, COUNT(sizes));
	tcase_add_loop_test(tests, address_is_read, 0, COUNT(addresses));
	tcase_add_loop_test(tests, published_port_is_read, 0, COUNT(ports));
	return tests;
}
