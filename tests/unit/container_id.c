#include "unit.h"

START_TEST(id_is_twelve_hex_digits)
{
	char id[GCR_ID_LENGTH + 1];

	ck_assert_int_eq(gcr_new_id(id), 0);
	ck_assert_uint_eq(strlen(id), 12);
	ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 12);
}
END_TEST

START_TEST(two_ids_differ)
{
	char one[GCR_ID_LENGTH + 1], other[GCR_ID_LENGTH + 1];

	ck_assert_int_eq(gcr_new_id(one), 0);
	ck_assert_int_eq(gcr_new_id(other), 0);
	ck_assert_str_ne(one, other);
}
END_TEST

TCase *id_tests(void)
{
	TCase *tests = tcase_create("id");

	tcase_add_test(tests, id_is_twelve_hex_digits);
	tcase_add_test(tests, two_ids_differ);
	return tests;
}
