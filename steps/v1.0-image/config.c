// An image's config.

#include "config.h"
#include "beside.h"
#include "fd.h"
#include "file.h"
#include "log.h"

#include <ctype.h>
#include <errno.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 16 // a config has 4 levels

// A value of the config, and what to call it, as in config.Env[3].
struct value {
	const char *path; // of the file
	const char *parent, *name; // "config." and "Env"
	char index[32]; // "[3]"; "" if it is no element of an array
	struct json_object *json; // NULL if it is absent or null
};

static noreturn void die_of_value(const struct value *value, const char *what)
{
	die("%s: %s%s%s %s", value->path, value->parent, value->name, value->index, what);
}

// Dies if the value is there and has another type.
static void require_type(const struct value *value, json_type type)
{
	char what[64];

	if (!value->json || json_object_is_type(value->json, type))
		return;
	snprintf(what, sizeof(what), "is of type %s instead of %s",
		json_type_to_name(json_object_get_type(value->json)), json_type_to_name(type));
	die_of_value(value, what);
}

static struct value member_of(
	const struct value *object, const char *parent, const char *name, json_type type)
{
	struct value value = { object->path, parent, name, "",
		json_object_object_get(object->json, name) };

	require_type(&value, type);
	return value;
}

static char *copy_of(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		die("%s", strerror(errno));
	return copy;
}

static char *text_of(const struct value *value)
{
	const char *text = value->json ? json_object_get_string(value->json) : "";

	if (value->json && strlen(text) != (size_t)json_object_get_string_len(value->json))
		die_of_value(value, "has a NUL in it");
	return copy_of(text);
}

// A text that gcr prints in one line.
static char *line_of(const struct value *value)
{
	char *text = text_of(value);

	for (const char *letter = text; *letter; letter++)
		if (iscntrl((unsigned char)*letter))
			die_of_value(value, "has a control character in it");
	return text;
}

static char **new_list(size_t count)
{
	char **list = calloc(count + 1, sizeof(*list));

	if (!list)
		die("%s", strerror(errno));
	return list;
}

static char **texts_of(const struct value *array)
{
	size_t count = array->json ? json_object_array_length(array->json) : 0;
	char **list = new_list(count);

	for (size_t i = 0; i < count; i++) {
		struct value value = *array;
		snprintf(value.index, sizeof(value.index), "[%zu]", i);
		value.json = json_object_array_get_idx(array->json, i);
		if (!value.json)
			die_of_value(&value, "is null");
		require_type(&value, json_type_string);
		list[i] = text_of(&value);
	}
	return list;
}

// The names of an object's members.
static char **names_of(const struct value *object)
{
	if (!object->json)
		return new_list(0);
	char **list = new_list((size_t)json_object_object_length(object->json)), **name = list;
	struct json_object_iterator member = json_object_iter_begin(object->json);
	struct json_object_iterator end = json_object_iter_end(object->json);

	for (; !json_object_iter_equal(&member, &end); json_object_iter_next(&member))
		*name++ = copy_of(json_object_iter_peek_name(&member));
	return list;
}

// A variable without a value would be taken from gcr's environment, and the image would learn what the host keeps in it.
static void require_values(char **environment, const char *path)
{
	for (size_t i = 0; environment[i]; i++)
		if (environment[i][0] == '=' || !strchr(environment[i], '='))
			die("%s: config.Env[%zu] is not as NAME=VALUE", path, i);
}

static void require_absolute(const struct value *value, const char *directory)
{
	if (*directory != '/')
		die_of_value(value, "is not an absolute path");
}

static struct json_object *parse(const char *path, const char *text, size_t length)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH);

	if (!tokener)
		die("%s: %s", path, strerror(errno));
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	// With its NUL, so that the tokener knows that the text has an end.
	struct json_object *json = json_tokener_parse_ex(tokener, text, (int)length + 1);
	enum json_tokener_error error = json_tokener_get_error(tokener);
	size_t end = json_tokener_get_parse_end(tokener);

	json_tokener_free(tokener);
	// The text itself is not printed. Under sudo, it might be what only root may read.
	if (error != json_tokener_success)
		die("%s: not JSON: %s at byte %zu", path, json_tokener_error_desc(error), end);
	if (strlen(text) != length)
		die("%s: not JSON: a NUL at byte %zu", path, strlen(text));
	return json;
}

void config_parse(const char *path, const char *text, size_t length, struct image_config *config)
{
	struct value image = { .path = path, .json = parse(path, text, length) };

	if (!json_object_is_type(image.json, json_type_object))
		die("%s: not an image's config, which is a JSON object", path);
	struct value own = member_of(&image, "", "config", json_type_object);
	struct value user = member_of(&own, "config.", "User", json_type_string);
	struct value directory = member_of(&own, "config.", "WorkingDir", json_type_string);
	struct value environment = member_of(&own, "config.", "Env", json_type_array);
	struct value entrypoint = member_of(&own, "config.", "Entrypoint", json_type_array);
	struct value command = member_of(&own, "config.", "Cmd", json_type_array);
	struct value volumes = member_of(&own, "config.", "Volumes", json_type_object);

	*config = (struct image_config){
		.user = line_of(&user),
		.directory = line_of(&directory),
		.environment = texts_of(&environment),
		.entrypoint = texts_of(&entrypoint),
		.command = texts_of(&command),
		.volumes = names_of(&volumes),
	};
	json_object_put(image.json);
	require_values(config->environment, path);
	if (*config->directory)
		require_absolute(&directory, config->directory);
	for (char **volume = config->volumes; *volume; volume++)
		require_absolute(&volumes, *volume);
}

bool config_read(const struct gcr_rootfs *rootfs, struct image_config *config)
{
	char path[PATH_MAX];
	size_t length;

	int file = open_beside(rootfs, ".json", path);
	if (file == -1) {
		*config = (struct image_config){
			.user = "",
			.directory = "",
			.environment = new_list(0),
			.entrypoint = new_list(0),
			.command = new_list(0),
			.volumes = new_list(0),
		};
		return false;
	}
	char *text = read_small_file(file, path, &length);
	config_parse(path, text, length, config);
	free(text);
	return true;
}
