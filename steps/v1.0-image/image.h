// What a container runs, and as whom, where and with which variables: by the image's config (config.h) and the command line. An
// image's user says it with docker's options, and gcr combines both as docker does.

#ifndef IMAGE_H
#define IMAGE_H

#include "cli.h"

// --entrypoint, --env-file, -u and -w, and the words of docker for what gcr always does.
extern const struct gcr_option image_options[];

// Reads the image's config, if there is one, and completes what to run: the image's Entrypoint before the command, its Cmd if no
// command was given, its Env below the variables of --env-file and -e. Dies if the config is wrong (config.h), and if there is no
// command at all.
void image_complete_run(struct gcr_run *run);

// Whom the command runs as, USER[:GROUP] of -u or of the image, and where, of -w or of the image. "" if neither says it.
const char *image_user(void);
const char *image_directory(void);

// Whether the image, --env-file or -e sets HOME.
bool image_sets_home(void);

// The directories that the image wants to be volumes: absolute paths. Ends with NULL.
const char *const *image_volumes(void);

#endif
