#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

static int file_of(const char *text, int flags)
{
	int fd = memfd_create("file", 0);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	lseek(fd, 0, SEEK_SET);
	fcntl(fd, F_SETFL, flags);
	return fd;
}

static void open_pipe(int ends[2])
{
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
}

// Copies until the relay has ended, or waits for more.
static int copy_all(struct gcr_relay *relay)
{
	for (;;) {
		struct pollfd event = gcr_relay_event(relay);
		if (poll(&event, 1, 0) != 1)
			return 0;
		if (gcr_relay_copy(relay) == -1)
			return -1;
	}
}

START_TEST(file_comes_out_of_a_pipe)
{
	struct gcr_relay relay;
	int ends[2];
	char text[16] = "";

	open_pipe(ends);
	gcr_relay_open(&relay, file_of("words\n", 0), ends[1]);
	ck_assert_int_eq(copy_all(&relay), 0);
	ck_assert_int_eq(relay.from, -1);
	ck_assert_int_eq(read(ends[0], text, sizeof(text)), 6);
	ck_assert_str_eq(text, "words\n");
	ck_assert_int_eq(read(ends[0], text, sizeof(text)), 0); // its end
}
END_TEST

START_TEST(pipe_goes_to_a_file)
{
	static const int flags[] = { 0, O_APPEND };
	struct gcr_relay relay;
	int ends[2], file = file_of("", flags[_i]);
	char text[16] = "";

	open_pipe(ends);
	gcr_relay_open(&relay, ends[0], fcntl(file, F_DUPFD_CLOEXEC, 3));
	ck_assert_int_eq(write(ends[1], "words\n", 6), 6);
	ck_assert_int_eq(copy_all(&relay), 0);
	ck_assert_int_eq(relay.from, ends[0]); // it waits for more
	close(ends[1]);
	ck_assert_int_eq(copy_all(&relay), 0);
	ck_assert_int_eq(relay.from, -1);
	ck_assert_int_eq(pread(file, text, sizeof(text), 0), 6);
	ck_assert_str_eq(text, "words\n");
}
END_TEST

START_TEST(full_disk_is_an_error)
{
	struct gcr_relay relay;
	int ends[2];

	open_pipe(ends);
	ck_assert_int_eq(write(ends[1], "words\n", 6), 6);
	gcr_relay_open(&relay, ends[0], open("/dev/full", O_WRONLY));
	ck_assert_int_eq(copy_all(&relay), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(relay.from, -1);
}
END_TEST

START_TEST(reader_that_is_gone_is_an_end)
{
	struct gcr_relay relay;
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	open_pipe(ends);
	close(ends[0]);
	gcr_relay_open(&relay, file_of("words\n", 0), ends[1]);
	ck_assert_int_eq(copy_all(&relay), 0);
	ck_assert_int_eq(relay.from, -1);
}
END_TEST

START_TEST(relay_without_a_side_has_ended)
{
	struct gcr_relay relay;

	gcr_relay_open(&relay, open("/dev/null", O_RDONLY), -1);
	ck_assert_int_eq(gcr_relay_event(&relay).fd, -1);
}
END_TEST

TCase *relay_tests(void)
{
	TCase *tests = tcase_create("relay");

	tcase_add_test(tests, file_comes_out_of_a_pipe);
	tcase_add_loop_test(tests, pipe_goes_to_a_file, 0, 2);
	tcase_add_test(tests, full_disk_is_an_error);
	tcase_add_test(tests, reader_that_is_gone_is_an_end);
	tcase_add_test(tests, relay_without_a_side_has_ended);
	return tests;
}
