// An image's config. An input is one.

#include "../../steps/v1.0-image/config.c"
#include "../../steps/v1.0-image/beside.c"
#include "../../steps/v1.0-image/file.c"
#include "fuzz.h"

// A process that dies frees nothing.
int __lsan_is_turned_off(void)
{
	return 1;
}

// What the config says: the member of this name, or NULL.
static struct json_object *said(struct json_object *image, const char *name)
{
	return json_object_object_get(json_object_object_get(image, "config"), name);
}

static void check_text(struct json_object *json, const char *text)
{
	assert(strcmp(json ? json_object_get_string(json) : "", text) == 0);
	assert(!strpbrk(text, "\n\r\x1b"));
	free((char *)text);
}

static void check_list(struct json_object *json, char **list)
{
	size_t count = 0;

	for (; list[count]; count++) {
		const char *text = json_object_get_string(json_object_array_get_idx(json, count));
		assert(strcmp(text, list[count]) == 0);
		free(list[count]);
	}
	assert(count == (json ? json_object_array_length(json) : 0));
	free(list);
}

static void check_volumes(struct json_object *json, char **list)
{
	int count = 0;

	for (; list[count]; count++) {
		assert(list[count][0] == '/' && json_object_object_get_ex(json, list[count], NULL));
		free(list[count]);
	}
	assert(count == (json ? json_object_object_length(json) : 0));
	free(list);
}

// One line says what is wrong, and shows nothing of the text.
static void check_refusal(void)
{
	static const char start[] = "gcr: x.json: ";
	size_t length = strlen(fuzz_said);

	assert(fuzz_status == GCR_FAILED && strncmp(fuzz_said, start, strlen(start)) == 0);
	assert(length < 128 && strchr(fuzz_said, '\n') == fuzz_said + length - 1);
}

static void check_config(struct json_object *image, const struct image_config *config)
{
	assert(json_object_is_type(image, json_type_object));
	for (char **variable = config->environment; *variable; variable++)
		assert(**variable != '=' && strchr(*variable, '='));
	assert(!*config->directory || *config->directory == '/');
	check_text(said(image, "User"), config->user);
	check_text(said(image, "WorkingDir"), config->directory);
	check_list(said(image, "Env"), config->environment);
	check_list(said(image, "Entrypoint"), config->entrypoint);
	check_list(said(image, "Cmd"), config->command);
	check_volumes(said(image, "Volumes"), config->volumes);
}

void fuzz(char *input, size_t size)
{
	struct image_config config;

	if (STATUS_OF(config_parse("x.json", input, size, &config)) != -1) {
		check_refusal();
		return;
	}
	struct json_object *image = json_tokener_parse(input);
	check_config(image, &config);
	json_object_put(image);
}
