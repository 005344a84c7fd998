#include "unit.h"

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

TCase *parse_tests(void)
{
	TCase *tests = tcase_create("parse");

	tcase_add_loop_test(tests, number_of_a_range_is_read, 0, COUNT(numbers));
	tcase_add_loop_test(tests, size_is_read, 0, COUNT(sizes));
	return tests;
}
