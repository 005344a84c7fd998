#include "../../steps/v1.0-image/config.h"
#include "unit.h"

static void parse(const char *text, size_t length, struct image_config *config)
{
	config_parse("x.json", text, length, config);
}

static const char *joined(char *const list[])
{
	static char text[256];

	return gcr_join(list, "|", text, sizeof(text));
}

START_TEST(config_is_read)
{
	static const char text[] =
		"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\"web:logs\","
		"\"ExposedPorts\":{\"80/tcp\":{}},\"Env\":[\"A=1\",\"EMPTY=\",\"B=a=b\\nc\"],"
		"\"Entrypoint\":[\"/start\",\"\"],\"Cmd\":[\"a b\"],\"Volumes\":{\"/data\":{},"
		"\"/logs\":null},\"WorkingDir\":\"/srv\",\"Labels\":{\"Cmd\":7},\"StopSignal\":15}"
		",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"history\":[{\"Env\":1}]}\n ";
	static struct image_config config; // as gcr has it, to its end

	parse(text, strlen(text), &config);
	ck_assert_str_eq(config.user, "web:logs");
	ck_assert_str_eq(config.directory, "/srv");
	ck_assert_str_eq(joined(config.environment), "A=1|EMPTY=|B=a=b\nc");
	ck_assert_str_eq(joined(config.entrypoint), "/start|");
	ck_assert_str_eq(joined(config.command), "a b");
	ck_assert_str_eq(joined(config.volumes), "/data|/logs");
}
END_TEST

static const char *const empty[] = {
	"{}", "{\"config\":null}", "{\"config\":{}}",
	"{\"config\":{\"User\":null,\"Env\":null,\"Entrypoint\":null,\"Cmd\":null,\"Volumes\":null,"
	"\"WorkingDir\":null}}",
	"{\"config\":{\"User\":\"\",\"Env\":[],\"Entrypoint\":[],\"Cmd\":[],\"Volumes\":{},"
	"\"WorkingDir\":\"\"}}",
	"{\"config\":{\"User\":\"a\"},\"config\":{\"Cmd\":[\"b\"],\"Cmd\":[]}}"
}; // the last counts

START_TEST(config_says_nothing)
{
	static struct image_config config;

	parse(empty[_i], strlen(empty[_i]), &config);
	ck_assert_str_eq(config.user, "");
	ck_assert_str_eq(config.directory, "");
	ck_assert_ptr_null(config.environment[0]);
	ck_assert_ptr_null(config.entrypoint[0]);
	ck_assert_ptr_null(config.command[0]);
	ck_assert_ptr_null(config.volumes[0]);
}
END_TEST

static const struct {
	const char *text, *line;
	size_t length; // if there is a NUL
} refused[] = {
	{ "", "not JSON: " },
	{ "{\"config\":", "not JSON: unexpected end of data at byte " },
	{ "{} x", "not JSON: unexpected character" },
	{ "{}{}", "not JSON: unexpected character" },
	{ "{\"config\":{\"User\":'web'}}", "not JSON: unexpected character at byte " },
	{ "{\"config\" {}}", "not JSON: object property name separator ':' expected at byte 10\n" },
	{ "{\"config\":{},}", "not JSON: " },
	{ "{\"config\":{\"Cmd\":[\"a\",]}}", "not JSON: " },
	{ "{} // a comment", "not JSON: " },
	{ "{}\0{}", "not JSON: a NUL at byte 2\n", 5 },
	{ "{\"config\":{\"User\":\"\xff\"}}", "not JSON: invalid utf-8 string" },
	{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "not JSON: nesting too deep" },
	{ "[]", "not an image's config, which is a JSON object\n" },
	{ "null", "not an image's config, which is a JSON object\n" },
	{ "{\"config\":[]}", "config is of type array instead of object\n" },
	{ "{\"config\":{\"User\":1000}}", "config.User is of type int instead of string\n" },
	{ "{\"config\":{\"User\":\"root\\u0000x\"}}", "config.User has a NUL in it\n" },
	{ "{\"config\":{\"User\":\"a\\nb\"}}", "config.User has a control character in it\n" },
	{ "{\"config\":{\"WorkingDir\":\"/\\u001b[2J\"}}",
		"config.WorkingDir has a control character in it\n" },
	{ "{\"config\":{\"WorkingDir\":\"srv\"}}", "config.WorkingDir is not an absolute path\n" },
	{ "{\"config\":{\"Env\":{\"A\":\"1\"}}}",
		"config.Env is of type object instead of array\n" },
	{ "{\"config\":{\"Env\":[\"A=1\",2]}}",
		"config.Env[1] is of type int instead of string\n" },
	{ "{\"config\":{\"Env\":[\"A=1\",\"B=\\u0000\"]}}", "config.Env[1] has a NUL in it\n" },
	{ "{\"config\":{\"Env\":[\"=x\"]}}", "config.Env[0] is not as NAME=VALUE\n" },
	{ "{\"config\":{\"Env\":[\"A=1\",\"HOME\"]}}", "config.Env[1] is not as NAME=VALUE\n" },
	{ "{\"config\":{\"Cmd\":\"sh\"}}", "config.Cmd is of type string instead of array\n" },
	{ "{\"config\":{\"Cmd\":[null]}}", "config.Cmd[0] is null\n" },
	{ "{\"config\":{\"Entrypoint\":[[\"sh\"]]}}",
		"config.Entrypoint[0] is of type array instead of string\n" },
	{ "{\"config\":{\"Volumes\":[\"/data\"]}}",
		"config.Volumes is of type array instead of object\n" },
	{ "{\"config\":{\"Volumes\":{\"data\":{}}}}", "config.Volumes is not an absolute path\n" },
	{ "{\"config\":{\"Volumes\":{\"\":{}}}}", "config.Volumes is not an absolute path\n" },
};

START_TEST(config_is_refused)
{
	size_t length = refused[_i].length ? refused[_i].length : strlen(refused[_i].text);
	struct image_config config;
	char line[256];

	snprintf(line, sizeof(line), "gcr: x.json: %s", refused[_i].line);
	capture_stderr();
	ck_assert_int_eq(STATUS_OF(parse(refused[_i].text, length, &config)), GCR_FAILED);
	ck_assert_ptr_eq(strstr(captured_stderr(), line), captured_stderr());
	const char *end = strchr(captured_stderr(), '\n');
	ck_assert(end && end[1] == '\0');
}
END_TEST

TCase *config_tests(void)
{
	TCase *tests = tcase_create("config");

	tcase_add_test(tests, config_is_read);
	tcase_add_loop_test(tests, config_says_nothing, 0, COUNT(empty));
	tcase_add_loop_test(tests, config_is_refused, 0, COUNT(refused));
	return tests;
}
