#include "unit.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static void use_as(int stream, int fd)
{
	ck_assert_int_eq(dup2(fd, stream), stream);
}

static bool is_pipe(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

START_TEST(file_becomes_a_pipe)
{
	struct gcr_streams streams;

	use_as(STDIN_FILENO, memfd_create("input", 0));
	use_as(STDOUT_FILENO, memfd_create("output", 0));
	ck_assert_int_eq(gcr_open_streams(&streams), 0);
	ck_assert(is_pipe(streams.command[STDIN_FILENO]));
	ck_assert(is_pipe(streams.command[STDOUT_FILENO]));
	ck_assert(!streams.terminal.wanted);
}
END_TEST

// Where what is read begins. A program of 32 bits has offsets of 64, too.
static const off_t places[] = { 0, (off_t)5 << 30 };

START_TEST(what_nobody_read_of_a_file_is_given_back)
{
	off_t place = places[_i];
	struct gcr_streams streams;
	int file = memfd_create("input", 0);
	char text[4];

	ck_assert_int_eq(pwrite(file, "one\ntwo\n", 8, place), 8);
	lseek(file, place, SEEK_SET);
	use_as(STDIN_FILENO, file);
	ck_assert_int_eq(gcr_open_streams(&streams), 0);
	for (int i = 0; i < 2; i++) // all, and its end
		ck_assert_int_eq(gcr_relay_copy(&streams.relays[STDIN_FILENO]), 0);
	ck_assert_int_eq(streams.relays[STDIN_FILENO].to, -1);
	ck_assert_int_eq(read(streams.command[STDIN_FILENO], text, 4), 4);
	streams_give_back(&streams);
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), place + 4);
}
END_TEST

START_TEST(pipe_and_device_stay)
{
	struct gcr_streams streams;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	use_as(STDIN_FILENO, open("/dev/null", O_RDONLY));
	use_as(STDOUT_FILENO, ends[1]);
	ck_assert_int_eq(gcr_open_streams(&streams), 0);
	ck_assert_int_eq(streams.command[STDIN_FILENO], STDIN_FILENO);
	ck_assert_int_eq(streams.command[STDOUT_FILENO], STDOUT_FILENO);
	ck_assert_int_eq(streams.relays[STDIN_FILENO].from, -1);
}
END_TEST

START_TEST(output_and_error_to_one_file_share_a_pipe)
{
	struct gcr_streams streams;
	int file = memfd_create("log", 0);

	use_as(STDOUT_FILENO, file);
	use_as(STDERR_FILENO, file);
	ck_assert_int_eq(gcr_open_streams(&streams), 0);
	ck_assert_int_eq(streams.command[STDERR_FILENO], streams.command[STDOUT_FILENO]);
	ck_assert_int_eq(streams.relays[STDERR_FILENO].from, -1);
}
END_TEST

START_TEST(directory_is_refused)
{
	struct gcr_streams streams;

	capture_stderr();
	use_as(STDIN_FILENO, open("/", O_RDONLY));
	ck_assert_int_eq(STATUS_OF(gcr_open_streams(&streams)), GCR_FAILED);
	ck_assert_str_eq(captured_stderr(), "gcr: standard input is a directory, through which the "
					    "container could leave its rootfs\n");
}
END_TEST

START_TEST(pipe_becomes_the_roots)
{
	struct gcr_streams streams;
	struct stat status;
	int ends[2];

	if (geteuid() != 0)
		return; // only root gives files away
	ck_assert_int_eq(pipe(ends), 0);
	use_as(STDOUT_FILENO, ends[1]);
	ck_assert_int_eq(gcr_open_streams(&streams), 0);
	gcr_give_streams(&streams, 1234, 5678);
	ck_assert_int_eq(fstat(STDOUT_FILENO, &status), 0);
	ck_assert_int_eq(status.st_uid, 1234);
	ck_assert_int_eq(status.st_gid, 5678);
}
END_TEST

TCase *streams_tests(void)
{
	TCase *tests = tcase_create("streams");

	tcase_add_test(tests, file_becomes_a_pipe);
	tcase_add_loop_test(tests, what_nobody_read_of_a_file_is_given_back, 0, COUNT(places));
	tcase_add_test(tests, pipe_and_device_stay);
	tcase_add_test(tests, output_and_error_to_one_file_share_a_pipe);
	tcase_add_test(tests, directory_is_refused);
	tcase_add_test(tests, pipe_becomes_the_roots);
	return tests;
}
