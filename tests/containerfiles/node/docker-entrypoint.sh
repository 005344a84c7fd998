#!/bin/sh
# Runs node if the command is an option or a script, else the command.
set -e
if [ "${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ]; then set -- node "$@"; fi
exec "$@"
