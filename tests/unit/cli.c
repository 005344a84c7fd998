#include "unit.h"

static const char *size;

static void set_size(const char *value)
{
	size = value;
}

static const struct gcr_option options[] = {
	{ "size", 's', "N", "a step's own option", set_size },
	{ 0 },
};

static void print_arguments(char *arguments[])
{
	printf("%s %s %s\n", arguments[0], arguments[1] ? arguments[1] : "-", size);
	fflush(stdout);
}

static const struct gcr_command commands[] = {
	{ "net", "WORD", "another command", options, print_arguments },
	{ 0 },
};

static const struct gcr_program program = {
	.version = "v9.9-test",
	.summary = "test",
	.example = "gcr run ubuntu bash",
	.options = {
		options,
	},
	.commands = commands,
};

// Reads a command line of up to nine words.
static struct gcr_run read_line(char *words[10])
{
	struct gcr_run run = { 0 };
	int count = 0;

	while (words[count])
		count++;
	gcr_command_line(count, words, &program, &run);
	return run;
}
#define READ(...) read_line((char *[10]){ "gcr", __VA_ARGS__ })

START_TEST(rootfs_and_command_are_read)
{
	capture_stderr(); // as root, /usr is open
	struct gcr_run run = READ("run", "/usr", "ls", "-l", "--help");

	ck_assert_str_eq(run.name, "/usr");
	ck_assert_str_eq(run.rootfs.path, "/usr");
	ck_assert_str_eq(run.command[0], "ls");
	ck_assert_str_eq(run.command[1], "-l");
	ck_assert_str_eq(run.command[2], "--help"); // the command's, not ours
	ck_assert_ptr_null(run.command[3]);
}
END_TEST

START_TEST(options_stand_before_or_after_run)
{
	capture_stderr();
	READ("-q", "run", "--explain", "--size=3", "/usr", "ls");
	ck_assert(gcr_quiet);
	ck_assert(gcr_explaining);
	ck_assert_str_eq(size, "3");
	READ("run", "-s", "4", "/usr", "ls");
	ck_assert_str_eq(size, "4");
}
END_TEST

START_TEST(another_command_acts_and_ends)
{
	int output[2];
	char text[1024] = "";

	ck_assert_int_eq(pipe(output), 0);
	dup2(output[1], STDOUT_FILENO);
	capture_stderr();
	ck_assert_int_eq(STATUS_OF(READ("net", "one", "--size", "5"); _exit(9)), 0);
	ck_assert_int_gt(read(output[0], text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, "one - 5\n"); // its options may stand anywhere
	ck_assert_int_eq(STATUS_OF(READ("net", "--help"); _exit(9)), 0);
	ck_assert_int_gt(read(output[0], text, sizeof(text) - 1), 0);
	ck_assert_ptr_nonnull(strstr(text, "Usage: gcr net WORD\n"));
	ck_assert_int_eq(STATUS_OF(READ("net", "--none"); _exit(9)), GCR_USAGE);
	ck_assert_ptr_nonnull(strstr(captured_stderr(), "gcr: --none: no such option"));
}
END_TEST

// What a user may get wrong, the status and the line that says so.
static const struct {
	char *words[10];
	int status;
	const char *text;
} mistakes[] = {
	{ { "gcr" }, GCR_USAGE, "gcr: nothing to do; write: gcr run ubuntu bash" },
	{ { "gcr", "start" }, GCR_USAGE, "gcr: start: no such command" },
	{ { "gcr", "run" }, GCR_USAGE, "gcr: run needs a ROOTFS and a COMMAND" },
	{ { "gcr", "run", "/tmp" }, GCR_USAGE, "gcr: run needs a COMMAND" },
	{ { "gcr", "run", "--no", "/tmp", "ls" }, GCR_USAGE, "gcr: --no: no such option" },
	{ { "gcr", "run", "-qz", "/tmp", "ls" }, GCR_USAGE, "gcr: -z: no such option" },
	{ { "gcr", "run", "--quiet=1", "/tmp", "ls" }, GCR_USAGE, "gcr: --quiet takes no value" },
	{ { "gcr", "run", "--size" }, GCR_USAGE, "gcr: --size needs a value" },
	{ { "gcr", "run", "-s" }, GCR_USAGE, "gcr: -s needs a value" },
	{ { "gcr", "run", "-e", "=x", "/tmp", "ls" }, GCR_USAGE, "gcr: -e =x: Invalid argument" },
	{ { "gcr", "run", "none", "ls" }, GCR_FAILED,
		"gcr: no rootfs 'none' in /places, ./rootfs, " },
	{ { "gcr", "run", "", "ls" }, GCR_FAILED, "gcr: no rootfs ''" },
	{ { "gcr", "run", "/none", "ls" }, GCR_FAILED, "gcr: rootfs /none: no such directory" },
	{ { "gcr", "run", "./none", "ls" }, GCR_FAILED, "gcr: rootfs ./none: no such directory\n" },
	{ { "gcr", "run", "library/none", "ls" }, GCR_FAILED,
		"gcr: rootfs library/none: no such directory; if it is an image: "
		"scripts/img2rootfs -image library/none -output rootfs/none\n" },
	{ { "gcr", "run", "/etc/passwd", "ls" }, GCR_FAILED, "gcr: rootfs /etc/passwd: Not a dir" },
	{ { "gcr", "run", "/", "ls" }, GCR_FAILED, "gcr: rootfs /: this is the host's own /" },
};

START_TEST(mistake_gets_one_line)
{
	char **words = (char **)mistakes[_i].words;

	setenv("GCR_ROOTFS_DIR", "/places", 1);
	capture_stderr();
	ck_assert_int_eq(STATUS_OF(read_line(words)), mistakes[_i].status);
	const char *text = captured_stderr();
	ck_assert_msg(strstr(text, mistakes[_i].text) == text, "got: %s", text);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}
END_TEST

START_TEST(help_and_version_succeed)
{
	capture_stderr();
	ck_assert_int_ne(dup2(STDERR_FILENO, STDOUT_FILENO), -1);
	ck_assert_int_eq(STATUS_OF(READ("--help")), 0);
	ck_assert_int_eq(STATUS_OF(READ("run", "-h")), 0);
	ck_assert_ptr_nonnull(strstr(captured_stderr(), "-s, --size N  "));
	ck_assert_int_eq(STATUS_OF(READ("--version")), 0);
	ck_assert_ptr_nonnull(strstr(captured_stderr(), "\ngcr v9.9-test\n"));
}
END_TEST

TCase *cli_tests(void)
{
	TCase *tests = tcase_create("cli");

	tcase_add_test(tests, rootfs_and_command_are_read);
	tcase_add_test(tests, options_stand_before_or_after_run);
	tcase_add_test(tests, another_command_acts_and_ends);
	tcase_add_loop_test(
		tests, mistake_gets_one_line, 0, (int)(sizeof(mistakes) / sizeof(*mistakes)));
	tcase_add_test(tests, help_and_version_succeed);
	return tests;
}
