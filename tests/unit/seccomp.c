#include "../../steps/v0.3-user/seccomp.h"
#include "unit.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const unsigned forbidden[] = { FIONREAD, TIOCGWINSZ };

static void forbid(void)
{
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(seccomp_forbid_ioctls(forbidden, COUNT(forbidden)), 0);
}

START_TEST(forbidden_requests_fail)
{
	int pair[2], number;

	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(ioctl(pair[0], FIONREAD, &number), 0);
	forbid();
	for (size_t i = 0; i < COUNT(forbidden); i++) {
		ck_assert_int_eq(ioctl(pair[0], forbidden[i], &number), -1);
		ck_assert_int_eq(errno, EPERM);
	}
}
END_TEST

START_TEST(all_else_goes_on)
{
	int pair[2], on = 1;

	ck_assert_int_eq(pipe(pair), 0);
	forbid();
	ck_assert_int_eq(ioctl(pair[0], FIONBIO, &on), 0);
	ck_assert_int_eq(ioctl(pair[0], TIOCGETD, &on), -1);
	ck_assert_int_eq(errno, ENOTTY);
	// The number in another place is not the request.
	ck_assert_int_eq(lseek(pair[0], FIONREAD, SEEK_SET), -1);
	ck_assert_int_eq(errno, ESPIPE);
}
END_TEST

START_TEST(only_32_bits_of_a_request_count)
{
	int number;

	forbid();
	ck_assert_int_eq(syscall(SYS_ioctl, 0, FIONREAD | 1UL << 32, &number), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

#ifdef __x86_64__
// By the old way into the kernel, int 0x80, where ioctl is 54; its pointers have 32 bits.
static long ioctl_of_i386(int fd, unsigned request)
{
	long result = 54;

	__asm__ volatile("int $0x80" : "+a"(result) : "b"(fd), "c"(request), "d"(0) : "memory");
	return result;
}

START_TEST(programs_of_32_bits_are_held_as_well)
{
	if (ioctl_of_i386(-1, FIONREAD) != -EBADF)
		return; // this kernel runs none
	forbid();
	ck_assert_int_eq(ioctl_of_i386(-1, FIONREAD), -EPERM);
	ck_assert_int_eq(ioctl_of_i386(-1, FIONBIO), -EBADF);
}
END_TEST

START_TEST(programs_of_x32_are_held_as_well)
{
	forbid();
	ck_assert_int_eq(syscall(0x40000000 + 514, -1, FIONREAD, 0), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST
#endif

START_TEST(it_takes_a_list_of_eight)
{
	unsigned many[9] = { 0 };

	ck_assert_int_eq(seccomp_forbid_ioctls(many, COUNT(many)), -1);
	ck_assert_int_eq(errno, E2BIG);
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(seccomp_forbid_ioctls(many, 8), 0);
}
END_TEST

TCase *seccomp_tests(void)
{
	TCase *tests = tcase_create("seccomp");

	tcase_add_test(tests, forbidden_requests_fail);
	tcase_add_test(tests, all_else_goes_on);
	tcase_add_test(tests, only_32_bits_of_a_request_count);
#ifdef __x86_64__
	tcase_add_test(tests, programs_of_32_bits_are_held_as_well);
	tcase_add_test(tests, programs_of_x32_are_held_as_well);
#endif
	tcase_add_test(tests, it_takes_a_list_of_eight);
	return tests;
}
