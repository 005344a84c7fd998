#include "../../steps/v0.8-ports/ports.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>

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
	struct published port;

	memset(&port, 0xff, sizeof(port)); // nothing may count on zeros
	errno = 0;
	int result = ports_parse(ports[_i].text, &port);
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

TCase *ports_tests(void)
{
	TCase *tests = tcase_create("ports");

	tcase_add_loop_test(tests, published_port_is_read, 0, COUNT(ports));
	return tests;
}
