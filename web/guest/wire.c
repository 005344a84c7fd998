// The page's wire to the machine: wire DEVICE. It reads lines "ID VERB ARG…" from the device and answers each with a line
// "ID ok TEXT" or "ID error TEXT". It runs as root, because the clock, the randomness and the terminals' sizes are root's. What has
// to do with the learner's files, the program files beside it does with the learner's rights.
//
//   date SECONDS             sets the clock, which stands still while the state lies on a server
//   seed HEX                 gives the kernel randomness: every page starts from the same state
//   size TTY ROWS COLUMNS    sets the size of a terminal
//   get, put, save, restore  see files
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 8

static int wire;
static const char *id;

// Answers a request. Whatever the text has in it, it stays one line.
__attribute__((format(printf, 2, 3))) static void answer(bool ok, const char *format, ...)
{
	char text[4096], line[4200];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	text[strcspn(text, "\r\n")] = '\0';
	int length = snprintf(line, sizeof(line), "%s %s%s%s\n", id, ok ? "ok" : "error",
		text[0] ? " " : "", text);
	for (int sent = 0, n; sent < length; sent += n)
		if ((n = write(wire, line + sent, length - sent)) == -1)
			_exit(EXIT_FAILURE);
}

// Answers by how a system call ended.
static void answer_call(int result, const char *what)
{
	if (result == -1)
		answer(false, "%s: %s", what, strerror(errno));
	else
		answer(true, "%s", "");
}

static void set_date(char *words[])
{
	struct timespec now = { .tv_sec = atoll(words[1]) };
	answer_call(clock_settime(CLOCK_REALTIME, &now), "the clock can't be set");
}

// Reads bytes that are written as hexadecimal digits, and returns how many there are.
static int read_hex(const char *digits, unsigned char *bytes, int size)
{
	int count = 0;

	while (count < size && sscanf(digits + 2 * count, "%2hhx", &bytes[count]) == 1)
		count++;
	return count;
}

static void add_randomness(char *words[])
{
	struct {
		struct rand_pool_info info;
		unsigned char bytes[64];
	} pool;
	int size = read_hex(words[1], pool.bytes, sizeof(pool.bytes));
	int device = open("/dev/urandom", O_RDWR | O_CLOEXEC);

	pool.info = (struct rand_pool_info){ .entropy_count = 8 * size, .buf_size = size };
	int result = ioctl(device, RNDADDENTROPY, &pool);
	if (result == 0)
		result = ioctl(device, RNDRESEEDCRNG);
	answer_call(result, "the kernel takes no randomness");
	close(device);
}

static void set_size(char *words[])
{
	struct winsize size = { .ws_row = atoi(words[2]), .ws_col = atoi(words[3]) };
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", words[1]);
	int terminal = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	answer_call(terminal == -1 ? -1 : ioctl(terminal, TIOCSWINSZ, &size), path);
	close(terminal);
}

// Runs the program files, and answers with the last line that it prints.
static void run_files(char *words[])
{
	char line[4096], text[4096] = "";
	int ends[2], status;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return answer_call(-1, "pipe");
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execv("/usr/lib/gcr-lab/files",
			(char *[]){ "files", words[0], words[1], words[2], NULL });
		_exit(EXIT_FAILURE);
	}
	close(ends[1]);
	FILE *output = fdopen(ends[0], "r");
	while (fgets(line, sizeof(line), output))
		strcpy(text, line);
	fclose(output);
	if (child == -1 || waitpid(child, &status, 0) == -1)
		return answer_call(-1, "no process");
	answer(status == 0, "%s", text);
}

static const struct verb {
	const char *name;
	int arguments;
	void (*run)(char *words[]);
} verbs[] = {
	{ "date", 1, set_date },
	{ "seed", 1, add_randomness },
	{ "size", 3, set_size },
	{ "get", 2, run_files },
	{ "put", 2, run_files },
	{ "save", 1, run_files },
	{ "restore", 1, run_files },
	{ NULL, 0, NULL },
};

static void serve(char *line)
{
	char *words[MAX_WORDS + 2] = { NULL }, *rest = NULL;
	const struct verb *verb = verbs;
	int count = 0;

	id = strtok_r(line, " \r\n", &rest);
	while (id && count <= MAX_WORDS && (words[count] = strtok_r(NULL, " \r\n", &rest)))
		count++;
	if (!id)
		return;
	while (verb->name && (count == 0 || strcmp(verb->name, words[0]) != 0))
		verb++;
	if (!verb->name)
		answer(false, "no verb '%s'", count ? words[0] : "");
	else if (count != verb->arguments + 1)
		answer(false, "%s takes %d arguments", verb->name, verb->arguments);
	else
		verb->run(words);
}

int main(int argc, char *argv[])
{
	char line[4096];
	struct termios settings;

	if (argc != 2 || (wire = open(argv[1], O_RDWR | O_NOCTTY | O_CLOEXEC)) == -1) {
		perror("usage: wire DEVICE");
		return EXIT_FAILURE;
	}
	if (tcgetattr(wire, &settings) == 0) {
		cfmakeraw(&settings);
		tcsetattr(wire, TCSANOW, &settings);
	}
	FILE *requests = fdopen(dup(wire), "r");
	while (fgets(line, sizeof(line), requests))
		serve(line);
	return EXIT_SUCCESS;
}
